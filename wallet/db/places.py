"""
Places: who may have a connection now, and for how long.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.pool import QueuePool

from wallet import deadlines
from wallet.db.in_time import InTime
from wallet.errors import OverloadedError

# connections that only what matters most may take
_KEPT_FREE: Final = 2
_LEAVING_SECONDS: Final = 5.0
_LOOKING_SECONDS: Final = 0.01


class Places:
    """
    The line for an engine's connections.

    Args:
        engine: keeps them in a pool.
        elapsed: a clock that only moves forward, in seconds.

    Attributes:
        waited: is told how long each transaction stood in line, in seconds; on SQLite for the
            right to write.
    """

    def __init__(self, engine: AsyncEngine, elapsed: Callable[[], float]) -> None:
        pool = engine.pool
        if not isinstance(pool, QueuePool):
            raise TypeError("the engine keeps its connections in another way")
        self._elapsed = elapsed
        self._pool = pool
        # every writer of SQLite stands in line for the one right to write
        self._always = engine.dialect.name == "sqlite"
        self._free = asyncio.Semaphore(max(1, pool.size() - _KEPT_FREE))
        self._patience = pool.timeout()
        self.waited: Callable[[float], None] | None = None

    @asynccontextmanager
    async def one(self) -> AsyncIterator[float | None]:
        """
        Leave some connections to what matters more, where that yields.

        Gives since when it stands in line; None where a connection is free.

        Raises:
            OverloadedError: there was no place in time.
        """
        full = self._pool.checkedout() >= self._pool.size() or self._free.locked()
        asked_at = self._elapsed() if full or self._always else None
        if not deadlines.yields():
            yield asked_at
            return
        try:
            async with deadlines.enforced(self._patience):
                await self._free.acquire()
        except TimeoutError as fault:
            raise OverloadedError(retry_after_seconds=1) from fault
        try:
            yield asked_at
        finally:
            self._free.release()

    async def emptied(self) -> None:
        """
        Wait until every connection was given back; some seconds at most.

        One that comes back after its pool was closed would be left open: a transaction that was
        cancelled is rolled back by a task of its own.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING_SECONDS):
                while self._pool.checkedout():  # noqa: ASYNC110 - the pool announces nothing
                    await asyncio.sleep(_LOOKING_SECONDS)

    @asynccontextmanager
    async def in_time(self, session: AsyncSession, asked_at: float | None) -> AsyncIterator[None]:
        """
        Cut off what is in the block when its caller's time is over; the driver tells the database.

        Raises:
            OverloadedError: it was cut off.
        """
        async with InTime():
            if self.waited is not None:
                await session.connection()
                self.waited(0.0 if asked_at is None else self._elapsed() - asked_at)
            yield
