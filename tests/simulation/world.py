"""What one history takes place in: time, decisions, storage, and what is watched."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from tests.simulation.draws import Draws
from tests.simulation.storage.tables import Changed, Store
from tests.simulation.virtual import VirtualLoop

PARTY, TERMINAL, RESIDENT = 7, 70, 4711


class BrokenError(AssertionError):
    """
    Something happened that must never happen.
    """


class World:
    """
    One history's surroundings.

    Attributes:
        lock: held by whoever writes.
        trace: what happened, in order, where somebody wants to read it.
        lied: a partner said that it did what it did not do; then its books are no measure.
        verdict: what went wrong first; empty while nothing did.
    """

    def __init__(self, loop: VirtualLoop, draws: Draws, *, tell: bool) -> None:
        self.loop, self.draws = loop, draws
        self.store = Store()
        self.lock = asyncio.Lock()
        self.trace: list[str] = []
        self.verdict = ""
        self.over = loop.create_future()
        self.watchers: list[Callable[[str, list[Changed]], None]] = []
        self.changed: asyncio.Future[None] = loop.create_future()
        self.spent: set[str] = set()
        self.tell = tell
        self.lied = False

    def note(self, who: str, what: str) -> None:
        """
        Write something into the trace.
        """
        if self.tell:
            self.trace.append(f"{self.loop.time():10.3f}  {who:<9} {what}")

    def fail(self, what: str) -> None:
        """
        End the history: something happened that must never happen.
        """
        self.note("BROKEN", what)
        if not self.verdict:
            self.verdict = what
        if not self.over.done():
            self.over.set_result(None)

    def insist(self, held: bool, what: str) -> None:  # noqa: FBT001 - reads like an assertion
        """
        End the history unless this holds.
        """
        if not held:
            self.fail(what)

    def committed(self, who: str, changes: list[Changed]) -> None:
        """
        Show everybody what has just become true.
        """
        for watcher in self.watchers:
            watcher(who, changes)
        if not self.changed.done():
            self.changed.set_result(None)
        self.changed = self.loop.create_future()


CURRENT: ContextVar[Any] = ContextVar("CURRENT", default=None)
