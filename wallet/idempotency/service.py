"""
Keys of parties: insert first, in the transaction of the intent itself.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.copies import insist
from wallet.errors import OverloadedError, ValidationFailedError
from wallet.idempotency import repository
from wallet.idempotency.errors import IdempotencyKeyMissingError, IdempotencyMismatchError
from wallet.vault import Place, Vault

HEADER: Final = "Idempotency-Key"
_KEY = re.compile(r"\A[\x21-\x7e]{1,255}\Z")
_BLIND_DOMAIN: Final = "idempotency"


class Fresh(Struct, frozen=True):
    """
    The key is the caller's; do the work.
    """


class Replay(Struct, frozen=True, kw_only=True):
    """
    The same request came before.

    Attributes:
        target: resident id and local id of what it was about to make.
        terminal_id: the terminal that sent it first.
        created_at: when it came first.
        response: what was answered; None when it was never finished or the answer has outlived
            its use: answer from the target's present state.
    """

    target: tuple[int, int]
    terminal_id: int
    created_at: datetime
    response: bytes | None

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "Replay(…)"


def idempotency_key(headers: Any) -> str:  # noqa: ANN401
    """
    Return the key of a request.

    Args:
        headers: the request's, with ``getall(name, default)``.

    Raises:
        IdempotencyKeyMissingError: there is none.
        ValidationFailedError: there are several, or it is not 1 to 255 visible ASCII characters.
    """
    sent: list[str] = headers.getall(HEADER, [])
    if not sent:
        raise IdempotencyKeyMissingError
    if len(sent) != 1 or not well_formed(sent[0]):
        raise ValidationFailedError("Idempotency-Key is 1 to 255 visible ASCII characters, once.")
    return sent[0]


def well_formed(key: str) -> bool:
    """
    Tell whether a text can be a key: 1 to 255 visible ASCII characters.
    """
    return _KEY.match(key) is not None


class IdempotencyService:
    """
    Keeps keys.

    Args:
        clock: tells when they expire.
        vault: hashes requests and encrypts responses.
        keep_keys: how long a key is remembered; money must not be asked for again with an old
            one, so it is long.
        keep_responses: how long an answer can be repeated word by word.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        vault: Vault,
        keep_keys: timedelta = timedelta(days=30),
        keep_responses: timedelta = timedelta(hours=24),
    ) -> None:
        self._clock = clock
        self._vault = vault
        self._keep_keys = keep_keys
        self._keep_responses = keep_responses

    def fingerprint(self, method: str, target: str, body: bytes) -> bytes:
        """
        Return the keyed hash of a request: 32 bytes that tell nothing of a number in the body.

        Args:
            method: such as ``POST``.
            target: path and query.
            body: its bytes as they came.
        """
        parts = (method.encode(), target.encode(), body)
        digest = hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts))
        return self._vault.blind(_BLIND_DOMAIN, digest.hexdigest())

    async def begin(
        self,
        session: AsyncSession,
        *,
        party_id: int,
        terminal_id: int,
        route: str,
        key: str,
        fingerprint: bytes,
        target: tuple[int, int],
    ) -> Fresh | Replay:
        """
        Take a key, or tell what became of the request that took it.

        Call it in the transaction that writes the intent: both are there or neither is. Where two
        requests come at once, the second waits for the first one's commit.

        Args:
            session: the intent's transaction.
            party_id: the key is this party's alone.
            terminal_id: who sends it now.
            route: the route's template, such as ``/v1/visits/{visit_id}/settlements``.
            key: from `idempotency_key`.
            fingerprint: from `fingerprint`.
            target: resident id and local id of what is about to be made.

        Raises:
            IdempotencyMismatchError: the key stands for another request.
        """
        now = self._clock.now()
        values: Mapping[str, Any] = {
            "terminal_id": terminal_id,
            "fingerprint": fingerprint,
            "target_resident_id": target[0],
            "target_id": target[1],
            "created_at": now,
            "expires_at": now + self._keep_keys,
        }
        place = (party_id, route, key)
        named = {"party_id": party_id, "route": route, "key": key}
        if await repository.insert(session, {**named, **values}):
            return Fresh()
        if await repository.take_over(session, place, now, values):
            return Fresh()
        replay = await self.find(
            session, party_id=party_id, route=route, key=key, fingerprint=fingerprint
        )
        if replay is None:  # pruned between the two statements
            raise OverloadedError(retry_after_seconds=1)
        return replay

    async def find(
        self, session: AsyncSession, *, party_id: int, route: str, key: str, fingerprint: bytes
    ) -> Replay | None:
        """
        Tell what became of the request that took a key, without taking it; None if nobody did.

        Call it in a transaction that is committed before anything is answered.

        Raises:
            IdempotencyMismatchError: the key stands for another request.
        """
        now = self._clock.now()
        place = (party_id, route, key)
        row = await repository.find(session, place)
        if row is None or row.expires_at <= now:
            return None
        if not hmac.compare_digest(row.fingerprint, fingerprint):
            raise IdempotencyMismatchError
        await insist(session)
        response = row.response
        if response is not None and (row.response_until is None or row.response_until <= now):
            response = None
        if response is not None:
            response = self._vault.decrypt_deployment(_place(*place), response)
        return Replay(
            target=(row.target_resident_id, row.target_id),
            terminal_id=row.terminal_id,
            created_at=row.created_at,
            response=response,
        )

    async def finish(
        self,
        session: AsyncSession,
        party_id: int,
        route: str,
        key: str,
        response: bytes,
        *,
        keep: timedelta | None = None,
    ) -> None:
        """
        Keep the answer of a request for those who ask again.

        Args:
            session: the transaction in which the work ended.
            party_id: as in `begin`.
            route: as in `begin`.
            key: as in `begin`.
            response: the answer's body; kept encrypted.
            keep: how long; the service's own time unless said otherwise.

        Raises:
            LookupError: `begin` never took this key.
        """
        place = (party_id, route, key)
        sealed = self.sealed(party_id, route, key, response)
        until = self._clock.now() + (self._keep_responses if keep is None else keep)
        if not await repository.finish(session, place, sealed, until):
            msg = "the idempotency key was never taken"
            raise LookupError(msg)

    def sealed(self, party_id: int, route: str, key: str, response: bytes) -> bytes:
        """
        Return an answer encrypted, for whoever keeps the row in a statement of theirs.
        """
        return self._vault.encrypt_deployment(_place(party_id, route, key), response)

    @property
    def keep_keys(self) -> timedelta:
        """
        How long a key is remembered.
        """
        return self._keep_keys

    async def prune(self, session: AsyncSession) -> int:
        """
        Forget what has outlived its use; returns how many keys went.
        """
        return await repository.prune(session, self._clock.now())


def _place(party_id: int, route: str, key: str) -> Place:
    return Place("idempotency", "response", f"{party_id}|{route}|{key}")
