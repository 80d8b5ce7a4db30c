"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


class StandingClock:
    """
    Tells the instant it was set to. It starts on a Monday morning, 09:30 in China.
    """

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        """
        Return an aware UTC instant.
        """
        return self._now

    def set(self, instant: datetime) -> None:
        """
        Move to an instant, forward or back.
        """
        self._now = instant

    def advance(self, seconds: float) -> None:
        """
        Move by that many seconds; a negative number moves back.
        """
        self._now += timedelta(seconds=seconds)
