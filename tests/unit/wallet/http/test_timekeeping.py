"""Whether the wall clock can be trusted."""

import pytest

from tests.fakes.clock import StandingClock
from wallet.http.timekeeping import Timekeeping


class Clocks:
    """
    A wall clock and one that only moves forward.
    """

    def __init__(self):
        self.wall, self.steady = StandingClock(), 100.0
        self.timekeeping = Timekeeping(self.wall, lambda: self.steady)

    def pass_time(self, seconds):
        self.wall.advance(seconds)
        self.steady += seconds

    @property
    def wait(self):
        return self.timekeeping.untrusted_seconds()


@pytest.fixture
def clocks():
    """
    Two clocks that keep step so far.
    """
    return Clocks()


class TestUntrustedSeconds:
    def test_keeps_step(self, clocks):
        """
        A clock that moves as time does, give or take a few seconds, is trusted.
        """
        clocks.pass_time(3600)
        clocks.wall.advance(4)

        assert 0 == clocks.wait

    @pytest.mark.parametrize("jump", [-86_400, -6, 6, 86_400])
    def test_jump(self, clocks, jump):
        """
        After a jump, back or forth, it has to keep step for a minute.
        """
        clocks.pass_time(10)
        clocks.wall.advance(jump)
        waits = [clocks.wait]
        for seconds in (59, 1):
            clocks.pass_time(seconds)
            waits.append(clocks.wait)

        assert [60, 1, 0] == waits

    def test_jumps_again(self, clocks):
        """
        Each jump begins the minute anew.
        """
        clocks.wall.advance(60)
        first = clocks.wait
        clocks.pass_time(50)
        clocks.wall.advance(-60)

        assert (60, 60) == (first, clocks.wait)

    def test_creeps_away(self, clocks):
        """
        Small steps add up to a jump.
        """
        waits = []
        for _ in range(3):
            clocks.pass_time(1)
            clocks.wall.advance(2)
            waits.append(clocks.wait)

        assert [0, 0, 60] == waits

    def test_never_set(self):
        """
        A clock before this program's year was never set.
        """
        clock = StandingClock()
        clock.set(clock.now().replace(year=2020))

        assert 60 == Timekeeping(clock, lambda: 0.0).untrusted_seconds()
