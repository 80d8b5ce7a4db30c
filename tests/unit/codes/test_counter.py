import pytest

from codes.counter import counter_at, counter_in_pass, instant_of, low_byte
from codes.errors import OutOfRangeError
from codes.profiles import FUSION_1
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


class TestCounterInPass:
    @pytest.mark.parametrize("start", [0, 30, T0, T0 + 600, T0 + 360, 2**32 // 30 * 30 - 600])
    def test_each_low_byte(self, start):
        """
        Each of the 160 counters of a pass comes back, and the 96 other low bytes have none.
        """
        shown = [counter_at(at, sub) for at in range(start, start + 600, 30) for sub in range(8)]
        rebuilt = [counter_in_pass(low, start + 600) for low in range(256)]

        assert 160 == len(shown)
        assert shown == sorted(counter for counter in rebuilt if counter is not None)
        assert all(
            low == low_byte(counter) for low, counter in enumerate(rebuilt) if counter is not None
        )

    @pytest.mark.parametrize("low_step", range(32))
    def test_each_phase(self, low_step):
        """
        Wherever the five bits begin anew within a pass, its borders are exact.
        """
        start = T0 + 30 * low_step
        steps = {
            offset: counter_in_pass(low_byte(counter_at(start + 30 * offset, 5)), start + 600)
            for offset in range(-12, 20)
        }

        assert {
            offset: counter_at(start + 30 * offset, 5) if offset >= 0 else None
            for offset in range(-12, 20)
        } == steps

    def test_enough_bits(self):
        """
        A pass shows fewer steps than the bits in the text can tell apart.
        """
        assert FUSION_1.pass_seconds // FUSION_1.step_seconds < 256 // FUSION_1.subs
