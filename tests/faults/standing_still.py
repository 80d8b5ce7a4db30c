"""Processes that stand still, and go on when others have taken over."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.fixtures.nursery.client import Child

_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02


async def until(holds: Callable[[], bool], seconds: float = _PATIENCE_SECONDS) -> None:
    """
    Wait until something holds that nobody announces.

    Raises:
        TimeoutError: it does not.
    """
    latest = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > latest:
            raise TimeoutError
        await asyncio.sleep(_PAUSE_SECONDS)


def stands_still(child: Child) -> bool:
    """
    Tell whether a process is stopped.
    """
    state = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"


def stop(child: Child) -> None:
    """
    Stop a process where it is.
    """
    os.kill(child.pid, signal.SIGSTOP)


def go_on(child: Child) -> None:
    """
    Let a stopped process go on.
    """
    os.kill(child.pid, signal.SIGCONT)


def logged(log: Path, event: str) -> Callable[[], bool]:
    """
    Return what tells whether a process has written an event into its log since now.
    """
    seen = log.stat().st_size if log.exists() else 0

    def has() -> bool:
        with log.open("rb") as file:
            file.seek(seen)
            return f'"{event}"'.encode() in file.read()

    return has
