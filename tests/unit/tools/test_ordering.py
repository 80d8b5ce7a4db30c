"""How tests are dealt to processes."""

import pytest

from tests.fixtures.ordering import dealt


class TestDealt:
    @pytest.mark.parametrize("rest", [20, 21, 22, 100])
    def test_shares(self, rest):
        """
        Each process's share has its long tests in its first half, as pytest-xdist cuts them.
        """
        names = [f"t{number}" for number in range(rest)]
        order = dealt(["b1", "b2"], [[], ["x1"], ["y1"]], iter(names), rest + 4)
        halves, left = [], list(order)
        for place in range(3):
            size = len(left) // (3 - place)
            halves.append(set(left[: size // 2]) - set(names))
            left = left[size:]

        assert [{"b1", "b2"}, {"x1"}, {"y1"}] == halves
        assert rest + 4 == len(set(order))

    def test_few(self):
        """
        What was asked for runs, however few it is.
        """
        assert ["b1", "b2", "x1"] == dealt(["b1", "b2"], [[], ["x1"], []], iter(()), 3)
