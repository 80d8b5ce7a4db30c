"""
Transactions. The only commit of the whole wallet stands here.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from wallet.db import sqlite
from wallet.db.direct import Direct
from wallet.db.engine import file_of, reading
from wallet.db.faults import FAULTS, translated
from wallet.db.pinned import Pinned
from wallet.db.places import Places
from wallet.errors import OverloadedError

_COMMIT_SECONDS: Final = 10.0
Witness = Callable[[AsyncSession], Awaitable[None]]


async def nobody(_session: AsyncSession) -> None:
    """
    Write nothing down.
    """


class Database:
    """
    Hands out transactions. One whose caller no longer waits is cut off before its commit.

    Args:
        engine: from `wallet.db.engine.create_engine`.
        elapsed: a clock that only moves forward, in seconds.
    """

    def __init__(
        self, engine: AsyncEngine, *, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self.engine = engine
        self._reading = reading(engine)
        self._places = Places(engine, elapsed)
        self._pinned: Pinned | None = None
        self._direct: Direct | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """
        Open a transaction, commit it at the end, roll it back on any exception.

        Raises:
            OverloadedError: no connection or lock could be had in time, nobody waits any more, or
                the way was cut; what was cut at its commit may have happened.
            RolledBackError: another transaction was preferred to this one.
            StorageFullError: the database has no room.
        """
        with _told():
            async with (
                self._places.one() as asked_at,
                _opened(self.engine) as session,
            ):
                try:
                    async with self._places.in_time(session, asked_at):
                        yield session
                    await self._commit(session)
                except FAULTS:
                    with suppress(*FAULTS):  # the connection may be gone
                        await session.rollback()
                    raise

    async def _commit(self, session: AsyncSession) -> None:
        """
        Commit; give up waiting for a standby that does not come (PostgreSQL).
        """
        waits = self.engine.dialect.name == "postgresql"
        try:
            async with asyncio.timeout(_COMMIT_SECONDS if waits else None):
                await session.commit()
        except TimeoutError as fault:
            raise OverloadedError(retry_after_seconds=1) from fault

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """
        Open a session that only reads; it takes no write lock on SQLite.
        """
        with _told():
            async with (
                self._places.one() as asked_at,
                _opened(self._reading) as session,
                self._places.in_time(session, asked_at),
            ):
                yield session

    def report_waits(self, to: Callable[[float], None]) -> None:
        """
        Tell somebody how long each transaction stood in line for a connection, in seconds.
        """
        self._places.waited = to

    def pinned(self) -> Pinned | None:
        """
        Return connections for single statements, beside the engine's; None on SQLite.
        """
        if self._pinned is None and self.engine.dialect.name == "postgresql":
            self._pinned = Pinned(self.engine)
        return self._pinned

    def direct(self) -> Direct | None:
        """
        Return raw connections beside the engine's; None unless it is a SQLite file.
        """
        path = file_of(self.engine)
        if self._direct is None and path is not None:
            self._direct = Direct(path, sqlite.PRAGMAS)
        return self._direct

    async def close(self) -> None:
        """
        Close every connection; transactions under way may end before.
        """
        if self._direct is not None:
            await self._direct.close()
        if self._pinned is not None:
            await self._pinned.close()
        await self._places.emptied()
        await self.engine.dispose()


@asynccontextmanager
async def _opened(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """
    Open a session; whoever was cancelled stays so, also where its end meets a fault.
    """
    gone: asyncio.CancelledError | None = None
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            try:
                yield session
            except asyncio.CancelledError as cancelled:
                gone = cancelled
                raise
    except FAULTS:
        if gone is None:
            raise
        raise gone from None


@contextmanager
def _told() -> Iterator[None]:
    """
    Tell a client what it may know of a fault, also of one that comes with the end of a session.
    """
    try:
        yield
    except FAULTS as fault:
        raise translated(fault) from fault
