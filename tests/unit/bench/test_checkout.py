"""A few checkouts beside the partner calls alone, and what shape the findings have."""

import pytest

from bench import checkout
from bench.checkout import ALONE, Plan, percentile


@pytest.fixture(scope="module")
def found():
    """
    The findings of one checkout on SQLite, and of steps on PostgreSQL.
    """
    return checkout.run(
        Plan(checkouts=1, rounds=1, settlements=2, engines=("SQLite",), forked=True)
    )


@pytest.mark.slow
class TestRun:
    """The command's whole work, once."""

    def test_asks_the_partners_as_often_without_a_wallet(self, found):
        """
        The calls beside a checkout are the checkout's own, one for one.
        """
        asked = {each.name: each.more.get("partner exchanges") for each in found.series[:2]}

        assert asked["SQLite"] == asked[ALONE]
        assert float(asked[ALONE]) > 10

    def test_tells_what_the_wallet_adds(self, found):
        """
        The difference of the two is there, and judged at its median and at its tail.
        """
        whole, part, added = (each.values[0] for each in found.series[:3])

        assert pytest.approx(whole - part) == added
        assert ["SQLite: added, p50", "SQLite: added, p99"] == [
            target.what for target in found.targets[:2]
        ]

    def test_compares_steps_with_a_script_of_as_many_commits(self, found):
        """
        The script by hand commits about as often for one settlement as the wallet does.
        """
        wallet, by_hand = found.series[3:]
        head = "commits per settlement"

        assert pytest.approx(float(by_hand.more[head]), abs=2) == float(wallet.more[head])
        assert [wallet.name] == [each.of for each in found.ratios]


class TestPercentile:
    def test_is_the_largest_of_few(self):
        """
        Of less than a hundred values the last is the 99th percentile.
        """
        assert 3.0 == percentile([2.0, 3.0, 1.0], 0.99)
