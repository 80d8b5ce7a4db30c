"""
The loop: claim what is due, do its steps, give it back.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from wallet.work.service import Lease, WorkService
from wallet.work.stepping import Handler, Stepper

__all__ = ("Handler", "Loop", "Stepper")

_log = structlog.get_logger("wallet.work")


class Loop:
    """
    One worker. A slow thing keeps its own place busy and no other.

    Args:
        owner: this worker's name, unique among the living.
        idle_seconds: how long to rest when nothing was due.
        concurrency: how many things are worked on at a time.
        drain_seconds: how long steps under way may take to end when the loop is to stop.
        held_back: tells whether nothing may be begun at the moment.
    """

    def __init__(
        self,
        *,
        work: WorkService,
        stepper: Stepper,
        owner: str,
        idle_seconds: float = 0.5,
        concurrency: int = 8,
        drain_seconds: float = 25,
        held_back: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self._work = work
        self._stepper = stepper
        self._owner = owner
        self._idle = idle_seconds
        self._concurrency = concurrency
        self._drain_seconds = drain_seconds
        self._held_back = held_back
        self._stopping = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """
        Ask the loop to end after the steps it is in.
        """
        self._stopping.set()

    async def run(self) -> None:
        """
        Work until `stop` is called, then finish the steps under way.

        What is not finished in time is cut off; another worker takes it up when its lease ends.
        """
        while not self._stopping.is_set():
            if not await self._turn():
                await self._rest()
        if self._running:
            await self._drain()

    async def run_due(self) -> int:
        """
        Work once on each thing that is due now; for tests and for stopping in order.

        Returns:
            How many things there were.
        """
        leases = await self._work.claim(self._owner, self._concurrency)
        for lease in leases:
            self._start(lease)
        if self._running:
            await asyncio.wait(self._running)
        return len(leases)

    async def _turn(self) -> bool:
        free = self._concurrency - len(self._running)
        if free == 0:
            return False
        try:
            if self._held_back is not None and await self._held_back():
                return False
            leases = await self._work.claim(self._owner, free)
        except Exception:  # noqa: BLE001 - the database may be back at the next turn
            _log.exception("claiming failed")
            return False
        for lease in leases:
            self._start(lease)
        return bool(leases)

    async def _rest(self) -> None:
        """
        Wait until a place becomes free, something may be due, or the loop is to stop.
        """
        stopping = asyncio.ensure_future(self._stopping.wait())
        waiting: set[asyncio.Future[object]] = {stopping, *self._running}  # type: ignore[arg-type]
        try:
            await asyncio.wait(waiting, timeout=self._idle, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()

    async def _drain(self) -> None:
        _ended, late = await asyncio.wait(self._running, timeout=self._drain_seconds)
        if not late:
            return
        _log.warning("steps cut off", count=len(late))
        for task in late:
            task.cancel()
        await asyncio.wait(late, timeout=1)

    def _start(self, lease: Lease) -> None:
        task = asyncio.create_task(self._stepper.run(lease, lambda: not self._stopping.is_set()))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
