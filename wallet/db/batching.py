"""
A queue whose work is done many pieces at a time, without anybody waiting for company.

Whoever works takes what is there as soon as he is free; while he is busy the next lot gathers.
There is no timer, so a single piece goes at once.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Final, Generic, TypeVar

from wallet import deadlines
from wallet.db.errors import NotServedError, RivalryError
from wallet.db.in_time import InTime
from wallet.errors import OverloadedError

MOST: Final = 64
_WAITING_MOST: Final = 256

Job = TypeVar("Job")
Result = TypeVar("Result")


class _Place(Generic[Job, Result]):
    """
    One piece of work in the queue, and who waits for it.
    """

    __slots__ = ("done", "job", "names")

    def __init__(self, job: Job, names: frozenset[Hashable], done: asyncio.Future[Result]) -> None:
        self.job = job
        self.names = names
        self.done = done

    def told(self, result: Result) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def failed(self, fault: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(fault)


class Batches(Generic[Job, Result]):
    """
    Gathers pieces of work and has them done together.

    Args:
        run: does several, and returns their results in the same order. Raising `RivalryError` it
            promises that it did none of them; they are then done one by one, so that the one
            that was in the way fails alone.
        names: of what a piece of work touches. A name is touched by one piece at a time: another
            one waits for the next lot.
        most: pieces in a lot.
        at_once: lots under way at a time.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Job]], Awaitable[Sequence[Result]]],
        *,
        names: Callable[[Job], Iterable[Hashable]] = lambda _job: (),
        most: int = MOST,
        at_once: int = 2,
    ) -> None:
        self._run = run
        self._names = names
        self._most = most
        self._at_once = at_once
        self._waiting: deque[_Place[Job, Result]] = deque()
        self._touched: set[Hashable] = set()
        self._workers = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def put(self, job: Job) -> Result:
        """
        Have a piece of work done and return its result.

        Work that was begun is ended even where the caller gives up waiting.

        Raises:
            OverloadedError: too many are waiting, or nobody waits for the result any more.
        """
        if len(self._waiting) >= _WAITING_MOST:
            raise OverloadedError(retry_after_seconds=1)
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        async with InTime():
            self._waiting.append(_Place(job, frozenset(self._names(job)), done))
            self._begin()
            return await done

    def _begin(self) -> None:
        """
        Let another one work, unless there are enough; he is in no caller's hurry.
        """
        if self._workers < self._at_once:
            self._workers += 1
            loop = asyncio.get_running_loop()
            worker = loop.create_task(self._work(), context=deadlines.freed())
            self._tasks.add(worker)  # the loop itself holds tasks but weakly
            worker.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        try:
            while lot := self._taken():
                await self._done(lot)
        finally:
            # in one go with having found nothing, so that nothing is put and left lying in between
            self._workers -= 1

    async def _done(self, lot: Sequence[_Place[Job, Result]]) -> None:
        try:
            await self._do(lot)
        finally:
            for place in lot:
                self._touched -= place.names
                place.failed(NotServedError())  # unless it was told; the worker was cancelled

    def _taken(self) -> list[_Place[Job, Result]]:
        """
        Take the oldest pieces whose names nobody touches.
        """
        lot: list[_Place[Job, Result]] = []
        left: list[_Place[Job, Result]] = []
        while self._waiting and len(lot) < self._most:
            place = self._waiting.popleft()
            if place.done.done():  # whoever asked for it has gone, and it was not begun
                continue
            if self._touched.isdisjoint(place.names):
                self._touched |= place.names
                lot.append(place)
            else:
                left.append(place)
        self._waiting.extendleft(reversed(left))
        return lot

    async def _do(self, lot: Sequence[_Place[Job, Result]]) -> None:
        try:
            results = await self._run([place.job for place in lot])
        except RivalryError as fault:
            if len(lot) == 1:
                lot[0].failed(fault)
                return
            for place in lot:
                await self._do([place])
        except Exception as fault:  # noqa: BLE001 - it is for those who wait, whatever it is
            for place in lot:
                place.failed(fault)
        else:
            for place, result in zip(lot, results, strict=True):
                place.told(result)
