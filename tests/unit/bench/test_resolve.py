"""A run of the measurements with tiny numbers: that it runs, and what shape its report has."""

import msgspec
import pytest

from bench.findings import page
from bench.report import (
    NO_DATABASE,
    PLAIN,
    POSTGRES,
    SQLITE,
    STATEMENT,
    Report,
    Variant,
    findings,
    report,
)
from bench.resolve import Plan, run


@pytest.fixture(scope="module")
def told():
    """
    The report of one second of everything.
    """
    return run(Plan(seconds=1, rounds=1, connections=4, residents=300, plain=True))


@pytest.mark.slow
@pytest.mark.timeout(180)
class TestRun:
    """The command's whole work, once."""

    def test_measures_every_variant_once_per_round(self, told):
        """
        Each variant has as many rates as there were rounds, in the order of the table.
        """
        rates = {variant.name: len(variant.rates) for variant in told.variants}

        assert dict.fromkeys((NO_DATABASE, SQLITE, POSTGRES, PLAIN, STATEMENT), 1) == rates

    def test_has_every_code_accepted(self, told):
        """
        Nothing that the client sent was refused, so that what was counted is the real work.
        """
        refused = {variant.name: variant.refused for variant in told.variants}

        assert dict.fromkeys(refused, 0) == refused
        assert all(variant.median > 0 for variant in told.variants)

    def test_tells_the_ratios_that_the_targets_are_about(self, told):
        """
        The ratios of performance targets are there by name.
        """
        pairs = {(ratio.of, ratio.to) for ratio in told.ratios}

        assert {(POSTGRES, STATEMENT), (POSTGRES, NO_DATABASE), (SQLITE, POSTGRES)} <= pairs

    def test_says_what_it_ran_on(self, told):
        """
        A figure without its machine is worth nothing.
        """
        assert {"processor", "storage", "PostgreSQL", "Python"} <= set(told.machine)

    def test_reads_back_from_json_and_prints_as_a_table(self, told):
        """
        The written report is the report.
        """
        again = msgspec.json.decode(msgspec.json.encode(told), type=Report)

        assert told == again
        assert f"| {POSTGRES} |" in page(findings(told))

    def test_judges_the_targets(self, told):
        """
        Each target that the run is about is told as met or missed.
        """
        judged = [target.what for target in findings(told).targets]

        assert f"{POSTGRES} ÷ {STATEMENT}" in judged


class TestReport:
    """The report alone."""

    def test_divides_round_by_round(self):
        """
        A ratio is of two values of one round; a variant that did nothing divides nothing.
        """
        given = [
            Variant(name=POSTGRES, rates=[100.0, 300.0, 200.0]),
            Variant(name=STATEMENT, rates=[1000.0, 1000.0, 4000.0]),
            Variant(name=NO_DATABASE, rates=[0.0, 0.0, 0.0]),
        ]
        ratios = report(given, {}, storage="memory", postgres="18").ratios

        assert [(POSTGRES, STATEMENT, [0.1, 0.3, 0.05])] == [
            (ratio.of, ratio.to, ratio.values) for ratio in ratios if ratio.of == POSTGRES
        ]

    def test_tells_the_spread(self):
        """
        The spread is the highest rate by the lowest.
        """
        assert 3.0 == Variant(name="x", rates=[100.0, 300.0]).spread
