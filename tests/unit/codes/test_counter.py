import pytest

from codes.counter import counter_at, instant_of, low_byte, nearest_counter, step_at
from codes.errors import OutOfRangeError
from tests.vectors.codes.setting import T0


class TestCounterAt:
    def test_value(self):
        """
        The counter is eight times the step plus the sub.
        """
        assert (T0 // 30 + 1) * 8 + 5 == counter_at(T0 + 31, 5)

    @pytest.mark.parametrize(("seconds", "sub"), [(-1, 0), (0, -1), (0, 8)])
    def test_out_of_range(self, seconds, sub):
        """
        A time before 1970 and a ninth sub are faults.
        """
        with pytest.raises(OutOfRangeError):
            counter_at(seconds, sub)


class TestInstantOf:
    def test_start_of_step(self):
        """
        The instant of a counter is the first second of its step.
        """
        assert T0 + 30 == instant_of(counter_at(T0 + 59, 7))


class TestNearestCounter:
    def test_each_offset(self):
        """
        Each of the 32 nearest steps is rebuilt with its own offset.
        """
        now = T0 + 12_345
        found = [
            nearest_counter(low_byte(counter), now)
            for offset in range(-16, 16)
            for counter in [counter_at(now + 30 * offset, 3)]
        ]

        assert [((step_at(now) + offset) * 8 + 3, offset) for offset in range(-16, 16)] == found

    def test_far(self):
        """
        A step farther away is taken for the one of the same low bits that is near.
        """
        counter = counter_at(T0 - 16 * 30 - 1, 0)

        assert (counter + 256, 15) == nearest_counter(low_byte(counter), T0)

    def test_before_1970(self):
        """
        There is no counter below zero.
        """
        assert nearest_counter(31 << 3, 0) is None

    def test_first_step(self):
        """
        The very first step can be rebuilt.
        """
        assert (7, 0) == nearest_counter(7, 29)
