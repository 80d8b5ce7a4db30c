"""
How many requests may be under way at once, learnt from how long they stand in line inside.

The sign of overload is time in line, as in WeChat's DAGOR (SoCC 2018), not time of answers: a slow
partner makes answers slow without any load of ours. Additive increase, multiplicative decrease.
"""

from typing import Final

# of our own work that stands before a request in each turn of the event loop, in processor time:
# a payment takes some sixty turns; what other processes of the machine do is no load of ours
LOOP: Final = "loop"
# until a connection was had, or on SQLite the right to write
DATABASE: Final = "database"
TARGETS: Final = {LOOP: 0.005, DATABASE: 0.020}
WINDOW_SECONDS: Final = 0.1
_KEPT: Final = 0.8
_GROWTH: Final = 8


class Limit:
    """
    A number between two bounds.

    Args:
        lowest: of overload it never falls further.
        highest: it never grows further.
        first: what it begins with.
    """

    def __init__(self, *, lowest: int, highest: int, first: int) -> None:
        self._lowest = lowest
        self._highest = highest
        self.now = first
        self.reached = False

    def shrink(self) -> bool:
        """
        Take a fifth off; returns whether there was anything to take.
        """
        before, self.reached = self.now, False
        self.now = max(self._lowest, int(self.now * _KEPT))
        return self.now < before

    def grow(self) -> None:
        """
        Add a little, if somebody had to wait for it.
        """
        if self.reached:
            self.now = min(self._highest, self.now + max(1, self.now // _GROWTH))
        self.reached = False


class Pressure:
    """
    The mean time in line over a window by what is aimed at, of the worst of several lines.
    """

    def __init__(self) -> None:
        self._sums: dict[str, tuple[float, int]] = {}
        self._ends_at = 0.0

    def note(self, line: str, seconds: float) -> None:
        """
        Take note of a wait in one of the lines.
        """
        total, count = self._sums.get(line, (0.0, 0))
        self._sums[line] = (total + seconds, count + 1)

    def over(self, now: float) -> float | None:
        """
        Return the pressure of the window that ended, or None while it goes on or was empty.

        More than 1 is too much.
        """
        if now < self._ends_at:
            return None
        sums, self._sums = self._sums, {}
        self._ends_at = now + WINDOW_SECONDS
        means = (total / count / TARGETS[line] for line, (total, count) in sums.items())
        return max(means, default=None)
