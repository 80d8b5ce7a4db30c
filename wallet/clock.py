"""
The only place that asks the time; everything else is told.
"""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """
    Tells the time.
    """

    def now(self) -> datetime:
        """
        Return an aware UTC instant.
        """
        ...


class SystemClock:
    """
    The machine's clock.
    """

    def now(self) -> datetime:
        """
        Return an aware UTC instant.
        """
        return datetime.now(UTC)  # noqa: TID251 - the one place


def seconds(instant: datetime) -> int:
    """
    Return whole seconds since the Unix epoch.
    """
    return int(instant.timestamp())
