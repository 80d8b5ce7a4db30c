"""A run of the minting measurement with tiny numbers, and what shape its findings have."""

import pytest

from bench import mint
from bench.minting import Plan


@pytest.fixture(scope="module")
def found():
    """
    The findings of a moment of everything.
    """
    return mint.run(Plan(seconds=0.1, rounds=1, connections=2, residents=60, forked=True))


class TestRun:
    def test_measures_codes_and_every_profile_of_both_suites(self, found):
        """
        Codes as text and as pictures, and four pairs of profile and suite in every other table.
        """
        units = [series.unit for series in found.series]

        assert [4] * 5 == [units.count(unit) for unit in dict.fromkeys(units)]

    def test_has_everything_accepted(self, found):
        """
        Nothing was refused, so that what was counted is the real work.
        """
        assert {"0"} == {series.more["refused"] for series in found.series if series.more}
        assert all(series.median > 0 for series in found.series)

    def test_compares_within_a_unit(self, found):
        """
        Every profile is told beside the ordinary one.
        """
        assert all(each.of != each.to for each in found.ratios)
        assert len(found.series) - 5 == len(found.ratios)
