"""A clock that runs faster than the machine's, the same in every process."""

import time
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from tests.fakes.clock import START


class HastyClock(Struct, frozen=True, kw_only=True):
    """
    Began at `start`, when the machine's monotonic clock showed `began` seconds.

    That one is shared by all processes of the machine, so that whoever has the three numbers tells
    the same time. Leases, polls and limits of the wallet then take a part of their usual time.

    Attributes:
        shift: a file with seconds by which the clock is wrong at the moment; empty: it is right.
    """

    start: datetime = START
    began: float
    speed: float
    shift: str = ""

    def now(self) -> datetime:
        """
        Return an aware UTC instant.
        """
        wrong = float(Path(self.shift).read_text()) if self.shift else 0.0
        return self.start + timedelta(seconds=self.elapsed() + wrong)

    def elapsed(self) -> float:
        """
        Return seconds of a clock that is as fast and never jumps.
        """
        return (time.monotonic() - self.began) * self.speed
