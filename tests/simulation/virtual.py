"""
An event loop whose time passes in jumps: nothing ever sleeps, and nothing else decides the order.

Libraries that do this keep one eye on sockets and on the machine's own clock, since they serve
tests that talk to the world. Here there is no world: no selector, no threads, no signals.
"""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


class StuckError(Exception):
    """
    Everybody waits for somebody else.
    """


class VirtualLoop(asyncio.BaseEventLoop):
    """
    Runs what is ready in order, then jumps to whatever is due next.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector = self

    def time(self) -> float:
        """
        Return seconds since the history began.
        """
        return self._now

    def select(self, timeout: float | None) -> list[Any]:
        """
        Let time pass; the base class calls this instead of waiting for sockets.
        """
        if timeout is None:
            raise StuckError
        self._now += timeout
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        del event_list

    def _write_to_self(self) -> None:
        pass


class Watch:
    """
    A machine's clock: it may be wrong, and it may jump.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.wrong_seconds = 0.0

    def now(self) -> datetime:
        """
        Return an aware UTC instant.
        """
        return START + timedelta(seconds=self._loop.time() + self.wrong_seconds)


def run(loop: VirtualLoop, main: Coroutine[Any, Any, T]) -> T:
    """
    Run a history to its end; whatever is still under way then is thrown away.
    """
    try:
        return loop.run_until_complete(main)
    finally:
        loop.set_task_factory(None)
        loop.set_exception_handler(lambda _loop, _context: None)
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks))
        loop.close()
