"""
How long somebody still waits for what is being done, and whether it goes before other things.

Set at the edge, kept with the task. The database and calls of integrations read it, so that nobody
works for a caller who has gone, and payments being finished find a connection.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Final

# of a partner's time, so that its verdict can still be written down and told
KEPT_BACK_SECONDS: Final = 0.25


class Deadline:
    """
    An instant on a clock that only moves forward.

    Args:
        until: the instant, in seconds.
        elapsed: the clock.
        yields: whether what is done leaves some room to what matters more.
    """

    __slots__ = ("_elapsed", "_until", "yields")

    def __init__(
        self, until: float, elapsed: Callable[[], float], *, yields: bool = False
    ) -> None:
        self._until = until
        self._elapsed = elapsed
        self.yields = yields

    def left(self) -> float:
        """
        Return the seconds that are left; 0 when it is over.
        """
        return max(0.0, self._until - self._elapsed())


_present: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(deadline: Deadline | None) -> Iterator[None]:
    """
    Let everything in the block, and every task begun in it, end by then; None: in its own time.
    """
    token = _present.set(deadline)
    try:
        yield
    finally:
        _present.reset(token)


def left() -> float | None:
    """
    Return the seconds that are left, or None where nobody waits.
    """
    deadline = _present.get()
    return None if deadline is None else deadline.left()


def yields() -> bool:
    """
    Tell whether what is done leaves some room to what matters more.
    """
    deadline = _present.get()
    return deadline is not None and deadline.yields


def cut(seconds: float) -> float:
    """
    Return how long somebody outside may take who is otherwise given that long.
    """
    remaining = left()
    return seconds if remaining is None else min(seconds, remaining - KEPT_BACK_SECONDS)


def enforced(most: float | None = None) -> asyncio.Timeout:
    """
    Return a context that is cut off, by `TimeoutError`, when the time is over.

    Args:
        most: seconds after which it is cut off in any case.
    """
    remaining = left()
    if most is not None:
        remaining = most if remaining is None else min(most, remaining)
    return asyncio.timeout(remaining)


def freed() -> Context:
    """
    Return a copy of the present context without a deadline, for what must go on by itself.
    """
    context = copy_context()
    context.run(_present.set, None)
    return context
