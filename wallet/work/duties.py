"""
Small duties of the whole deployment, such as pruning: again and again, by one worker at a time.

Each is an item on the list like any other, so that a lease keeps two workers apart and a duty
that breaks is tried again later and later; it belongs to nobody.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.work.service import Lease, WorkService

_log = structlog.get_logger("wallet.work")

NOBODY: Final = 0
EVERY: Final = timedelta(minutes=5)


class Duty:
    """
    Does one duty, then rests.

    Args:
        do: does it in a transaction of its own; returns how many rows it changed.
        every: how long to rest.
    """

    def __init__(
        self,
        *,
        database: Database,
        work: WorkService,
        clock: Clock,
        do: Callable[[AsyncSession], Awaitable[int]],
        every: timedelta = EVERY,
    ) -> None:
        self._database = database
        self._work = work
        self._clock = clock
        self._do = do
        self._every = every

    async def step(self, lease: Lease) -> datetime:
        """
        Do it once.
        """
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            count = await self._do(session)
        if count:
            _log.info("duty done", kind=lease.kind, count=count)
        return self._clock.now() + self._every


async def schedule(database: Database, work: WorkService, clock: Clock, *kinds: str) -> None:
    """
    Make duties due now; a worker does so when it starts.
    """
    async with database.transaction() as session:
        for kind in kinds:
            await work.schedule(session, kind, NOBODY, NOBODY, clock.now())
