"""
Parties and terminals as an operator sees to them.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

from wallet.clock import Clock
from wallet.db.session import Database, Witness, nobody
from wallet.ids import Ids
from wallet.parties import repository
from wallet.parties.errors import InvalidProfileError, UnknownPartyError
from wallet.parties.listed import PartyListed, PartyNames, TerminalListed
from wallet.parties.models import EnrolmentTokenRow, PartyRow
from wallet.parties.service import PartiesService, profile_place, settings_of
from wallet.parties.words import PartySettings, PartyStatus, Scope, TerminalKind, scope_text
from wallet.vault import Vault

ENROLMENT_PREFIX: Final = "fwe_"
_PATH = re.compile(r"`(\$[A-Za-z0-9_.\[\]]*)`")


class EnrolmentIssued(Struct, frozen=True, kw_only=True):
    """
    The right to enrol one terminal; its text is shown once and kept nowhere.
    """

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "EnrolmentIssued(…)"


class PartiesAdministration:
    """
    What the command line and the operators' pages do with parties.

    Args:
        database: each method is a transaction of its own.
        clock: stamps rows.
        ids: source of ids and enrolment tokens.
        vault: encrypts profiles.
        parties: the service they share ids with.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        vault: Vault,
        parties: PartiesService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._parties = parties
        self.names = PartyNames(vault)

    async def create_party(
        self, settings: PartySettings, witness: Callable[[int], Witness] | None = None
    ) -> int:
        """
        Create an active party; returns its id, which `witness` is told before.
        """
        party_id = self._ids.local()
        row = PartyRow(
            party_id=party_id,
            name=settings.name,
            kind=settings.kind,
            status=PartyStatus.ACTIVE.value,
            settled_by=settings.settled_by,
            otp_limit_minor=settings.otp_limit_minor,
            signed_limit_minor=settings.signed_limit_minor,
            cash_due_seconds=settings.cash_due_seconds,
            sign_resolve=settings.sign_resolve,
            screen_limit_minor=settings.screen_limit_minor,
            created_at=self._clock.now(),
        )
        async with self._database.transaction() as session:
            await repository.add(session, row)
            await (witness(party_id) if witness else nobody)(session)
        return party_id

    async def set_status(
        self, party_id: int, status: PartyStatus, witness: Witness = nobody
    ) -> None:
        """
        Suspend a party, or let it work again; effective at once.

        Raises:
            UnknownPartyError: there is no such party.
        """
        async with self._database.transaction() as session:
            if not await repository.set_party_status(session, party_id, status):
                raise UnknownPartyError
            await witness(session)

    async def set_profile(
        self, party_id: int, integration_id: str, profile: bytes, schema: type[Struct] | None
    ) -> None:
        """
        Set what an integration must know of a party.

        Args:
            party_id: whose.
            integration_id: which integration's.
            profile: JSON.
            schema: the ``party_profile`` of the integration's manifest.

        Raises:
            InvalidProfileError: not of that form, or the integration knows no profiles; the text
                names the place, never a value.
            UnknownPartyError: there is no such party.
        """
        if schema is None:
            raise InvalidProfileError("this integration knows no profiles")
        try:
            parsed = msgspec.json.decode(profile, type=schema)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            place = _PATH.search(str(fault))
            where = place.group(1) if place else "$"
            raise InvalidProfileError(f"look at {where}") from None
        sealed = self._vault.encrypt_deployment(
            profile_place(party_id, integration_id), msgspec.json.encode(parsed)
        )
        async with self._database.transaction() as session:
            if await repository.party(session, party_id) is None:
                raise UnknownPartyError
            await repository.put_profile(
                session, party_id, integration_id, sealed, self._clock.now()
            )

    async def issue_enrolment_token(
        self,
        party_id: int,
        *,
        kind: TerminalKind,
        scopes: frozenset[Scope],
        life: timedelta = timedelta(hours=24),
        witness: Witness = nobody,
    ) -> EnrolmentIssued:
        """
        Give the right to enrol one terminal of a kind, with scopes.

        Raises:
            UnknownPartyError: there is no such party.
        """
        text = base64.urlsafe_b64encode(self._ids.secret(32)).rstrip(b"=").decode()
        token = ENROLMENT_PREFIX + text
        now = self._clock.now()
        row = EnrolmentTokenRow(
            digest=enrolment_digest(token),
            party_id=party_id,
            kind=kind.value,
            scopes=scope_text(scopes),
            created_at=now,
            expires_at=now + life,
        )
        async with self._database.transaction() as session:
            if await repository.party(session, party_id) is None:
                raise UnknownPartyError
            await repository.add(session, row)
            await witness(session)
        return EnrolmentIssued(token=token, expires_at=row.expires_at)

    async def list_parties(self) -> Sequence[PartyListed]:
        """
        Return every party, the oldest first.
        """
        async with self._database.reading() as session:
            return [
                PartyListed(
                    id=self.names.party(row.party_id),
                    party_id=row.party_id,
                    status=row.status,
                    settings=settings_of(row),
                )
                for row in await repository.parties(session)
            ]

    async def called(self) -> Mapping[int, str]:
        """
        Return what each party is called.
        """
        async with self._database.reading() as session:
            return {row.party_id: row.name for row in await repository.parties(session)}

    async def list_terminals(self, party_id: int) -> Sequence[TerminalListed]:
        """
        Return every terminal of a party, the oldest first.
        """
        async with self._database.reading() as session:
            rows = await repository.terminals(session, party_id)
        return [
            TerminalListed(
                id=self.names.terminal(row.party_id, row.terminal_id),
                party_id=row.party_id,
                terminal_id=row.terminal_id,
                client_id=self._parties.terminal_name(row.party_id, row.terminal_id),
                name=row.name,
                kind=row.kind,
                status=row.status,
                scopes=row.scopes,
                created_at=row.created_at,
                revoked_at=row.revoked_at,
            )
            for row in rows
        ]

    async def revoke_terminal(
        self, party_id: int, terminal_id: int, witness: Witness = nobody
    ) -> None:
        """
        Revoke a terminal for good; effective at once.

        Raises:
            UnknownPartyError: no active terminal is there.
        """
        async with self._database.transaction() as session:
            if not await repository.revoke(session, party_id, terminal_id, self._clock.now()):
                raise UnknownPartyError
            await witness(session)


def enrolment_digest(token: str) -> bytes:
    """
    Return what is stored of an enrolment token.
    """
    return hashlib.sha256(token.encode()).digest()
