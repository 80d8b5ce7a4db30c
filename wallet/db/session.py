"""
Transactions. The only commit of the whole wallet stands here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from wallet.db.connecting import NoPrimaryError
from wallet.db.engine import READ_ONLY
from wallet.db.pinned import Pinned
from wallet.errors import OverloadedError, StorageFullError

_COMMIT_SECONDS: Final = 10.0
_FAULTS: Final = (DBAPIError, PoolTimeoutError, NoPrimaryError)
Witness = Callable[[AsyncSession], Awaitable[None]]


async def nobody(_session: AsyncSession) -> None:
    """
    Write nothing down.
    """


class Database:
    """
    Hands out transactions.

    Args:
        engine: from `wallet.db.engine.create_engine`.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._pinned: Pinned | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """
        Open a transaction, commit it at the end, roll it back on any exception.

        Raises:
            OverloadedError: no connection or lock could be had in time.
            StorageFullError: the database has no room.
        """
        with _told():
            async with AsyncSession(self.engine, expire_on_commit=False) as session:
                try:
                    yield session
                    await self._commit(session)
                except _FAULTS:
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
        Open a transaction that only reads; it takes no write lock on SQLite.
        """
        engine = self.engine.execution_options(**{READ_ONLY: True})
        with _told():
            async with AsyncSession(engine, expire_on_commit=False) as session:
                yield session

    def pinned(self) -> Pinned | None:
        """
        Return connections for single statements, beside the engine's; None on SQLite.
        """
        if self._pinned is None and self.engine.dialect.name == "postgresql":
            self._pinned = Pinned(self.engine)
        return self._pinned

    async def close(self) -> None:
        """
        Close every connection.
        """
        if self._pinned is not None:
            await self._pinned.close()
        await self.engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """
    Tell a client what it may know of a fault, also of one that comes with the end of a session.
    """
    try:
        yield
    except _FAULTS as fault:
        raise translated(fault) from fault


def translated(fault: Exception) -> Exception:
    """
    Return what a client may be told of a driver's fault, or the fault itself.
    """
    text = str(fault).lower()
    if "database or disk is full" in text or "no space left" in text:
        return StorageFullError()
    if isinstance(fault, PoolTimeoutError | NoPrimaryError):
        return OverloadedError(retry_after_seconds=1)
    lost = isinstance(fault, DBAPIError) and fault.connection_invalidated
    if lost or (isinstance(fault, OperationalError) and "locked" in text):
        return OverloadedError(retry_after_seconds=1)
    return fault
