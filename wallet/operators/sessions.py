"""
Sessions of operators: an opaque token, of which only a hash is kept, and a row that ends it.

Statements on sessions stand here, beside the rules that they are.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.http.callers import OperatorCaller
from wallet.http.errors import TokenInvalidError
from wallet.ids import Ids
from wallet.operators import lockouts, repository
from wallet.operators.credentials import matching_step
from wallet.operators.events import EventsService
from wallet.operators.models import OperatorRow, OperatorSessionRow
from wallet.operators.tokens import SESSION_PREFIX, new_token, stored, token_digest
from wallet.operators.words import Detail, EventKind, Status
from wallet.vault import Vault

IDLE: Final = timedelta(minutes=15)
LIFE: Final = timedelta(hours=12)
_SEEN_EVERY: Final = timedelta(seconds=30)


class Opened(Struct, frozen=True, kw_only=True):
    """
    A new session. The token is shown this once.
    """

    token: str
    caller: OperatorCaller
    ends_at: datetime

    def __repr__(self) -> str:
        """
        Show no token.
        """
        return "Opened(…)"


class SessionsService:
    """
    Opens, reads and ends sessions of operators.

    A session ends after 15 minutes without a request (to within 30 s, the rate at which requests
    are noted), after 12 hours, by signing out, and when its operator is disabled or reset.
    """

    def __init__(
        self, *, database: Database, clock: Clock, ids: Ids, vault: Vault, events: EventsService
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._events = events

    async def open(
        self, session: AsyncSession, row: OperatorRow, *, stepped_up_at: datetime | None
    ) -> Opened:
        """
        Open a session for an operator who proved who they are.

        Args:
            session: of the transaction that spent the code.
            row: the operator.
            stepped_up_at: when a code of the authenticator was shown, or what the provider asks
                for; None for a recovery code.
        """
        now = self._clock.now()
        token = new_token(self._ids, SESSION_PREFIX)
        added = OperatorSessionRow(
            session_id=self._ids.local(),
            digest=stored(token),
            operator_id=row.operator_id,
            created_at=now,
            seen_at=now,
            ends_at=now + LIFE,
            stepped_up_at=stepped_up_at,
        )
        session.add(added)
        await session.flush()
        return Opened(token=token, caller=_caller(added, row), ends_at=added.ends_at)

    async def operator(self, token: str, *, noted: bool = True) -> OperatorCaller:
        """
        Authenticate a request by its session's token.

        Args:
            token: the session's.
            noted: whether the request tells that somebody is there.

        Raises:
            TokenInvalidError: malformed, unknown, idle for too long, too old or ended.
        """
        digest = token_digest(token, SESSION_PREFIX)
        if digest is None:
            raise TokenInvalidError
        now = self._clock.now()
        async with self._database.reading() as session:
            found = (await session.execute(_live(now, digest))).first()
        if found is None:
            raise TokenInvalidError
        caller = _caller(found[0], found[1])
        if noted and found[0].seen_at + _SEEN_EVERY <= now:
            async with self._database.transaction() as session:
                await _note(session, caller.session_id, seen_at=now)
        return caller

    async def step_up(self, caller: OperatorCaller, code: str) -> OperatorCaller:
        """
        Take another TOTP code in a session; recovery codes do not serve.

        Returns:
            The caller with `stepped_up_at` set.

        Raises:
            TokenInvalidError: the code is not right or was used, or the session has ended.
            RateLimitedError: too many failures of this account.
        """
        now = self._clock.now()
        async with self._database.transaction() as session:
            row = await repository.known(session, caller.operator_id)
            if row is None:
                raise TokenInvalidError
            step = matching_step(self._vault, row, code.strip(), now_seconds=seconds(now))
            right = step is not None and await repository.spend_step(
                session, row.operator_id, step
            )
            subjects = (lockouts.account(self._vault, row.name),)
            locked = await lockouts.count(session, subjects, now)
            if right and await _note(session, caller.session_id, stepped_up_at=now):
                await lockouts.forgive(session, subjects)
                await self._events.write(session, EventKind.STEPPED_UP, row.operator_id)
            else:
                right = False
                await self._events.refused(session, row.operator_id, Detail.CODE, locked)
        if not right:
            raise TokenInvalidError
        return OperatorCaller(
            operator_id=caller.operator_id,
            session_id=caller.session_id,
            role=caller.role,
            display=caller.display,
            stepped_up_at=now,
        )

    async def refreshed(self, caller: OperatorCaller, code: str) -> OperatorCaller:
        """
        Take another TOTP code; of who has no authenticator here, factors that the provider saw.

        Raises:
            TokenInvalidError: the code is not right or was used, the session has ended, or the
                provider saw no factors within ten minutes.
            RateLimitedError: too many failures of this account.
        """
        if not code.strip():
            async with self._database.reading() as session:
                row = await repository.known(session, caller.operator_id)
            if row is not None and row.totp_secret is None and self._events.stepped_up(caller):
                return caller
        return await self.step_up(caller, code)

    async def sign_out(self, caller: OperatorCaller) -> None:
        """
        End the session that a request came with; ending it twice is harmless.
        """
        async with self._database.transaction() as session:
            if await _note(session, caller.session_id, ended_at=self._clock.now()):
                await self._events.write(session, EventKind.SIGNED_OUT, caller.operator_id)

    async def end_all(self, session: AsyncSession, operator_id: int) -> None:
        """
        End every session of an operator.
        """
        await session.execute(
            update(OperatorSessionRow)
            .where(
                col(OperatorSessionRow.operator_id) == operator_id,
                col(OperatorSessionRow.ended_at).is_(None),
            )
            .values(ended_at=self._clock.now())
        )


def _live(now: datetime, digest: bytes) -> Any:  # noqa: ANN401
    return (
        select(OperatorSessionRow, OperatorRow)
        .join(OperatorRow, col(OperatorRow.operator_id) == col(OperatorSessionRow.operator_id))
        .where(
            col(OperatorSessionRow.digest) == digest,
            col(OperatorSessionRow.ended_at).is_(None),
            col(OperatorSessionRow.ends_at) > now,
            col(OperatorSessionRow.seen_at) > now - IDLE,
            col(OperatorRow.status) == Status.ACTIVE.value,
        )
    )


async def _note(session: AsyncSession, session_id: int, **values: datetime) -> bool:
    """
    Write an instant into a session that was not ended; False when it was.
    """
    statement = (
        update(OperatorSessionRow)
        .where(
            col(OperatorSessionRow.session_id) == session_id,
            col(OperatorSessionRow.ended_at).is_(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    result: Any = await session.execute(statement)
    return bool(result.rowcount == 1)


def _caller(row: OperatorSessionRow, operator: OperatorRow) -> OperatorCaller:
    return OperatorCaller(
        operator_id=operator.operator_id,
        session_id=row.session_id,
        role=operator.role,
        display=operator.display,
        stepped_up_at=row.stepped_up_at,
    )
