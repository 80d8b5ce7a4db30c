"""How a soak judges its series."""

import pytest

from tools.soak.judging import judge


class TestJudge:
    @pytest.mark.parametrize(
        ("name", "values", "flat"),
        [
            ("server rss", [100.0 + n * 0.5 for n in range(90)], False),
            ("server rss", [*(n * 10.0 for n in range(12)), *([120.0] * 28)], True),
            ("server fds", [40.0 + n % 3 for n in range(60)], True),
            ("server fds", [40.0 + n / 5 for n in range(60)], False),
            ("connections", [20.0] * 30 + [26.0] * 2 + [20.0] * 28, True),
            ("wal", [16.0 + n for n in range(60)], False),
        ],
        ids=["leak", "warm-up", "noise", "descriptors", "peak", "log"],
    )
    def test_growth(self, name, values, flat):
        """
        What grows after the warm-up is seen; a warm-up, noise and a peak are not growth.
        """
        assert flat == judge(name, values).flat
