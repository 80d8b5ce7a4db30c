"""
Transactions. The only commit of the whole wallet stands here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from wallet.db.engine import READ_ONLY
from wallet.db.faults import FAULTS, translated
from wallet.db.pinned import Pinned

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
            OverloadedError: no connection or lock could be had in time, or the way was cut; what
                was cut at its commit may have happened.
            RolledBackError: another transaction was preferred to this one.
            StorageFullError: the database has no room.
        """
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            try:
                yield session
                await session.commit()
            except FAULTS as fault:
                with suppress(*FAULTS):  # the connection may be gone
                    await session.rollback()
                raise translated(fault) from fault

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """
        Open a transaction that only reads; it takes no write lock on SQLite.
        """
        engine = self.engine.execution_options(**{READ_ONLY: True})
        async with AsyncSession(engine, expire_on_commit=False) as session:
            try:
                yield session
            except FAULTS as fault:
                raise translated(fault) from fault

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
