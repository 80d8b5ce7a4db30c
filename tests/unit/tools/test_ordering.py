"""How tests are dealt to processes."""

import pytest

from tests.fixtures.ordering import dealt


class TestDealt:
    @pytest.mark.parametrize("rest", [7, 8, 9, 100])
    def test_shares(self, rest):
        """
        Each process's share begins with long tests, as pytest-xdist cuts them, and none is lost.
        """
        firsts = [["b1", "b2"], ["x1"], ["y1"]]
        order = dealt(firsts, iter([f"t{number}" for number in range(rest)]), rest + 4)
        begins, left = [], list(order)
        for place in range(3):
            size = len(left) // (3 - place)
            begins.append(left[0])
            left = left[size:]

        assert ["b1", "x1", "y1"] == begins
        assert rest + 4 == len(set(order))

    def test_few(self):
        """
        What was asked for runs, however few it is.
        """
        assert ["b1", "b2", "x1"] == dealt([["b1", "b2"], ["x1"], []], iter(()), 3)
