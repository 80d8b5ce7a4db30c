"""Where the product leads while a history is played: its failpoints, its logs, its statements."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.simulation.storage.pens import light
from tests.simulation.world import CURRENT, World
from wallet import failpoints
from wallet.calls import guard
from wallet.errors import OverloadedError
from wallet.work import inline, stepping
from wallet.work import loop as work_loop


class Armed(dict[str, int]):
    """
    Stands in for the armed failpoints: asks the process that passes whether it dies.
    """

    def __contains__(self, name: object) -> bool:
        process = CURRENT.get()
        if process is not None:
            process.passes(str(name))
        return False


class Log:
    """
    Takes what the product would log; a step that failed for a fault of ours ends the history.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def exception(self, event: str, **_: Any) -> None:
        fault = sys.exc_info()[1]
        if isinstance(fault, OverloadedError):
            self._world.note("?", f"logs: {event}: {fault}")
            return
        self._world.fail(f"{event}: {type(fault).__name__}: {fault}")
        if self._world.tell:
            self._world.trace.append(traceback.format_exc())

    def __getattr__(self, level: str) -> Callable[..., None]:
        def write(event: str, **_: Any) -> None:
            if self._world.tell:
                process = CURRENT.get()
                self._world.note(process.name if process else "?", f"logs: {event}")

        return write


@contextmanager
def within(world: World) -> Iterator[None]:
    """
    Let the product's failpoints and logs lead here while a history runs.
    """
    places: list[tuple[Any, str, Any]] = [(failpoints, "_armed", Armed())]
    places += [(module, "_log", Log(world)) for module in (stepping, work_loop, inline, guard)]
    before = [getattr(module, name) for module, name, _ in places]
    for module, name, stand_in in places:
        setattr(module, name, stand_in)
    try:
        with light():
            yield
    finally:
        for (module, name, _), was in zip(places, before, strict=True):
            setattr(module, name, was)
