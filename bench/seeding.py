"""
What a run works with: one party with a terminal, and residents with a device and three contexts.

Residents are numbered 1 to N, their bindings and consents alike in every one, so that `pgbench`
can name them too; everything that is encrypted in the wallet is encrypted here.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct
from sqlalchemy import insert

from bench.plugins import FIELDS
from integrations.spi import Person, PersonKey
from wallet.app import Services
from wallet.clock import seconds
from wallet.consents.service import EVERY_PARTY, NOTICE_VERSION, PURPOSES
from wallet.devices.words import SERVER
from wallet.parties.access import Enrolment, TokenAsked
from wallet.parties.assertions import ASSERTION_TYPE, Claims, make
from wallet.parties.keys import enrolment_message, sign, to_der
from wallet.parties.words import PartySettings, Scope, TerminalKind
from wallet.tables import metadata
from wallet.vault.envelope import EnvelopeKey, Keep, Place, derived, seal
from wallet.vault.keyfile import KeyFile

NONCE: Final = b"\x00\x01\x02\x03"
PURPOSE: Final = "registration"
_CHUNK: Final = 250


class Desk(Struct, frozen=True, kw_only=True):
    """
    The terminal that scans.
    """

    party_id: int
    terminal_id: int
    client_id: str
    key: bytes

    def __repr__(self) -> str:
        """
        Show nothing of the key.
        """
        return f"Desk({self.client_id!r})"


async def seed(services: Services, keys: KeyFile, residents: int) -> Desk:
    """
    Fill a migrated, empty database.

    Args:
        services: over that database.
        keys: of the same deployment.
        residents: how many.
    """
    desk = await found_desk(services)
    now = services.basis.clock.now()
    for first in range(1, residents + 1, _CHUNK):
        rows: dict[str, list[dict[str, Any]]] = {}
        for resident_id in range(first, min(first + _CHUNK, residents + 1)):
            sealer = Sealer(services, keys, own_keys(services))
            for table, row in resident(sealer, resident_id, now):
                rows.setdefault(table, []).append(row)
        async with services.basis.database.transaction() as session:
            for table, values in rows.items():
                await session.execute(insert(metadata.tables[table]), values)
    return desk


async def token(services: Services, desk: Desk) -> str:
    """
    Ask for a fresh access token, as a terminal does.
    """
    key = Ed25519PrivateKey.from_private_bytes(desk.key)
    claims = Claims(
        iss=desk.client_id,
        sub=desk.client_id,
        aud=services.people.access.token_url,
        exp=seconds(services.basis.clock.now()) + 60,
        jti=services.basis.ids.secret(12).hex(),
    )
    issued = await services.people.access.token(
        TokenAsked(
            grant_type="client_credentials",
            assertion_type=ASSERTION_TYPE,
            assertion=make(key, claims),
        )
    )
    return issued.token


async def sessions(services: Services, residents: int) -> list[str]:
    """
    Sign the first residents in; return their tokens.
    """
    tokens = []
    async with services.basis.database.transaction() as session:
        for resident_id in range(1, residents + 1):
            opened = await services.people.sessions.open(session, resident_id, "demo")
            tokens.append(opened.token)
    return tokens


async def found_desk(services: Services) -> Desk:
    """
    Create a hospital and enrol a terminal of it.
    """
    people = services.people
    party_id = await people.administration.create_party(
        PartySettings(
            name="示范市第一人民医院",
            kind="hospital",
            settled_by="wallet",
            otp_limit_minor=20_000,
            signed_limit_minor=200_000,
            cash_due_seconds=1800,
            sign_resolve=False,
        )
    )
    right = await people.administration.issue_enrolment_token(
        party_id, kind=TerminalKind.HIS, scopes=frozenset(Scope)
    )
    key = Ed25519PrivateKey.generate()
    enrolled = await people.access.enrol(
        Enrolment(
            token=right.token,
            public_key=key.public_key(),
            name="1",
            proof=sign(key, enrolment_message(right.token, to_der(key.public_key()))),
        )
    )
    place = people.parties.terminal_named(enrolled.client_id)
    if place is None:
        raise LookupError("the terminal has no name")
    return Desk(
        party_id=party_id,
        terminal_id=place[1],
        client_id=enrolled.client_id,
        key=key.private_bytes_raw(),
    )


class Sealer:
    """
    Encrypts what is a resident's.

    Args:
        services: source of secrets.
        keys: of the deployment.
        own: the resident's two keys.
    """

    def __init__(self, services: Services, keys: KeyFile, own: dict[Keep, bytes]) -> None:
        self._secret = services.basis.ids.secret
        self._own = own
        data_key = keys.data_key
        self._wallet = EnvelopeKey(data_key.suite, 1, own[Keep.WALLET])
        self._wrapping = EnvelopeKey(
            data_key.suite, data_key.version, derived(data_key.secret, "wrap")
        )

    def sealed(self, table: str, column: str, row: str, plain: bytes) -> bytes:
        """
        Encrypt a column's value.
        """
        return seal(self._wallet, self._secret(12), Place(table, column, row), plain)

    def wrapped(self, resident_id: int, keep: Keep) -> bytes:
        """
        Encrypt one of the two keys for a resident's row.
        """
        place = Place("person_keys", "wrapped", f"{resident_id}/{keep}")
        return seal(self._wrapping, self._secret(12), place, self._own[keep])

    def person(self, resident_id: int) -> bytes:
        """
        Encrypt who a resident is.
        """
        person = msgspec.json.encode(_person(resident_id))
        return self.sealed("residents", "person", str(resident_id), person)


def own_keys(services: Services) -> dict[Keep, bytes]:
    """
    Make the two keys of a resident.
    """
    return {keep: services.basis.ids.secret(32) for keep in Keep}


def resident(
    sealer: Sealer, resident_id: int, now: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Return the rows of a resident, each with its table.
    """
    for keep in Keep:
        wrapped = sealer.wrapped(resident_id, keep)
        yield "person_keys", {"resident_id": resident_id, "keep": keep.value, "wrapped": wrapped}
    yield (
        "residents",
        {
            "resident_id": resident_id,
            "person": sealer.person(resident_id),
            "level": 3,
            "created_at": now,
        },
    )
    sealed = sealer.sealed
    yield "devices", _device(resident_id, now)
    for number, (context, fields) in enumerate(FIELDS.items(), start=1):
        yield (
            "bindings",
            {
                "resident_id": resident_id,
                "binding_id": number,
                "context": context,
                "integration_id": f"bench_{context}",
                "subject": sealed("bindings", "subject", str(number), f"S{resident_id}".encode()),
                "label": sealed("bindings", "label", str(number), "尾号 1234".encode()),
                "status": "live",
                "is_default": True,
                "version": 1,
                "snapshot": sealed(
                    "bindings", "snapshot", str(number), msgspec.json.encode(fields)
                ),
                "validated_at": now,
                "created_at": now,
            },
        )
    yield from (("consents", row) for row in _consents(resident_id, now))


def _device(resident_id: int, now: datetime) -> dict[str, Any]:
    return {
        "resident_id": resident_id,
        "device_no": SERVER,
        "kind": "server",
        "status": "active",
        "enrolment_nonce": NONCE,
        "drift": 0,
        "high_water": -1,
        "drawn": -1,
        "created_at": now,
    }


def _consents(resident_id: int, now: datetime) -> Iterator[dict[str, Any]]:
    given = [(context, purpose) for purpose in PURPOSES for context in FIELDS]
    for number, (context, purpose) in enumerate(given, start=1):
        yield {
            "resident_id": resident_id,
            "consent_id": number,
            "context": context,
            "purpose": purpose,
            "party_id": EVERY_PARTY,
            "basis": "contract",
            "notice_version": NOTICE_VERSION,
            "granted_at": now,
        }


def _person(resident_id: int) -> Person:
    return Person(
        name="张秀英",
        document_type=PersonKey.ID_CARD,
        document_number=f"44010619560312{resident_id % 10_000:04d}",
        birth_date=date(1956, 3, 12),
        sex="F",
        phone="13800000000",
    )
