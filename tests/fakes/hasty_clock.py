"""A clock that runs faster than the machine's, the same in every process."""

import time
from datetime import datetime, timedelta

from msgspec import Struct

from tests.fakes.clock import START


class HastyClock(Struct, frozen=True, kw_only=True):
    """
    Began at `start`, when the machine's monotonic clock showed `began` seconds.

    That one is shared by all processes of the machine, so that whoever has the three numbers tells
    the same time. Leases, polls and limits of the wallet then take a part of their usual time.
    """

    start: datetime = START
    began: float
    speed: float

    def now(self) -> datetime:
        """
        Return an aware UTC instant.
        """
        return self.start + timedelta(seconds=(time.monotonic() - self.began) * self.speed)
