"""
The loop: claim what is due, do one step of each, give it back.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from wallet.clock import Clock
from wallet.errors import OverloadedError, StateConflictError
from wallet.work.backoff import backoff
from wallet.work.errors import LeaseLostError
from wallet.work.service import Lease, WorkService

_log = structlog.get_logger("wallet.work")


class Handler(Protocol):
    """
    Does the steps of one kind of work.
    """

    async def step(self, lease: Lease) -> datetime | None:
        """
        Do the next step and commit it.

        Returns:
            When the following step is due (now or earlier: at once), or None when there is none.
        """
        ...


class Loop:
    """
    One worker.

    Args:
        handlers: per kind who does its steps; a kind without one is left alone by raising.
        token: source of random bytes for the jitter.
        owner: this worker's name, unique among the living.
        idle_seconds: how long to rest when nothing was due.
        concurrency: how many things are worked on at a time.
    """

    def __init__(
        self,
        *,
        work: WorkService,
        handlers: Mapping[str, Handler],
        clock: Clock,
        token: Callable[[int], bytes],
        owner: str,
        idle_seconds: float = 0.5,
        concurrency: int = 8,
    ) -> None:
        self._work = work
        self._handlers = handlers
        self._clock = clock
        self._token = token
        self._owner = owner
        self._idle = idle_seconds
        self._concurrency = concurrency
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """
        Ask the loop to end after the steps it is in.
        """
        self._stopping.set()

    async def run(self) -> None:
        """
        Work until `stop` is called.
        """
        while not self._stopping.is_set():
            if await self._turn():
                continue
            try:
                await asyncio.wait_for(self._stopping.wait(), self._idle)
            except TimeoutError:
                continue

    async def run_due(self) -> int:
        """
        Do one step of each thing that is due now, once; for tests and for stopping in order.

        Returns:
            How many things there were.
        """
        leases = await self._work.claim(self._owner, self._concurrency)
        async with asyncio.TaskGroup() as group:
            for lease in leases:
                group.create_task(self.work_on(lease))
        return len(leases)

    async def work_on(self, lease: Lease) -> None:
        """
        Do one step under a lease and give the lease back, whatever happens.
        """
        try:
            at = await self._handlers[lease.kind].step(lease)
        except LeaseLostError:
            _log.warning("lease lost", kind=lease.kind)
        except (StateConflictError, OverloadedError) as refusal:
            _log.info("step deferred", kind=lease.kind, code=refusal.code)
            await self._later(lease)
        except Exception:  # noqa: BLE001 - one broken step must not stop the others
            _log.exception("step failed", kind=lease.kind, attempts=lease.attempts)
            await self._later(lease)
        else:
            await self._give_back(lease, at, progressed=True)

    async def _turn(self) -> bool:
        try:
            return await self.run_due() > 0
        except Exception:  # noqa: BLE001 - the database may be back at the next turn
            _log.exception("claiming failed")
            return False

    async def _later(self, lease: Lease) -> None:
        wait = backoff(lease.attempts, self._token)
        await self._give_back(lease, self._clock.now() + wait, progressed=False)

    async def _give_back(self, lease: Lease, at: datetime | None, *, progressed: bool) -> None:
        try:
            await self._work.release(lease, at, progressed=progressed)
        except Exception:  # noqa: BLE001 - the lease runs out by itself
            _log.exception("lease not given back", kind=lease.kind)
