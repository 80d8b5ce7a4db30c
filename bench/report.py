"""
What a run of scans tells: rates of every variant, and their ratios round by round.
"""

import statistics
from collections.abc import Sequence

from msgspec import Struct

from bench.findings import Findings, Ratio, Series, Target, at_least, ratio
from bench.machine import described

NO_DATABASE = "no database"
SQLITE = "resolve, SQLite FULL"
POSTGRES = "resolve, PostgreSQL"
PLAIN = "resolve, PostgreSQL, plain path"
STATEMENT = "pgbench, the same SQL as one statement"


class Variant(Struct, frozen=True, kw_only=True):
    """
    One thing that was measured.

    Attributes:
        name: of the constants above.
        rates: per second, one for each round.
        p50_ms: median over the rounds; 0 where it was not measured.
        p99_ms: likewise.
        server_us: microseconds of processor that the server took for one answer.
        client_cpu: share of one core that the client took, the most of any round.
        refused: answers that were not 200.
    """

    name: str
    rates: list[float]
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    server_us: float = 0.0
    client_cpu: float = 0.0
    refused: int = 0

    @property
    def median(self) -> float:
        """
        The median rate.
        """
        return statistics.median(self.rates)

    @property
    def spread(self) -> float:
        """
        The highest rate divided by the lowest.
        """
        return max(self.rates) / max(min(self.rates), 1e-9)


class Report(Struct, frozen=True, kw_only=True):
    """
    One run.
    """

    machine: dict[str, str]
    settings: dict[str, int]
    variants: list[Variant]
    ratios: list[Ratio]


_PAIRS = (
    (POSTGRES, STATEMENT),
    (POSTGRES, NO_DATABASE),
    (SQLITE, POSTGRES),
    (PLAIN, STATEMENT),
    (POSTGRES, PLAIN),
    (NO_DATABASE, STATEMENT),
)

_TARGETS = ((POSTGRES, STATEMENT, 0.22), (POSTGRES, NO_DATABASE, 0.5), (SQLITE, POSTGRES, 1.0))


def report(
    variants: list[Variant],
    settings: dict[str, int],
    *,
    storage: str,
    postgres: str,
    load: float = 0.0,
) -> Report:
    """
    Return the report of a run.

    Args:
        variants: what was measured.
        settings: how.
        storage: what the data lay on.
        postgres: the server's version.
        load: how many processes were ready to run before the run began (one-minute average).
    """
    named = {variant.name: variant for variant in variants}
    return Report(
        machine=described(storage=storage, load=load, PostgreSQL=postgres),
        settings=settings,
        variants=variants,
        ratios=[
            ratio(_series(named[of]), _series(named[to]))
            for of, to in _PAIRS
            if of in named and to in named and named[to].median
        ],
    )


def findings(told: Report) -> Findings:
    """
    Return a report in the form that all measurements have.
    """
    named = {variant.name for variant in told.variants}
    return Findings(
        bench="resolve",
        title="One scan",
        about=(
            "Scans over HTTP, one granian worker, every variant once in each round; "
            "[what each variant is](../performance.md#how-to-measure)."
        ),
        machine=told.machine,
        settings={name: str(value) for name, value in told.settings.items()},
        series=[_series(variant) for variant in told.variants],
        ratios=told.ratios,
        targets=[_target(told.ratios, *each) for each in _TARGETS if named >= {each[0], each[1]}],
    )


def _series(variant: Variant) -> Series:
    more = {}
    if variant.p50_ms:
        more = {
            "p50 ms": f"{variant.p50_ms:.1f}",
            "p99 ms": f"{variant.p99_ms:.1f}",
            "server CPU µs": f"{variant.server_us:.0f}",
            "client CPU": f"{variant.client_cpu:.2f}",
            "refused": f"{variant.refused}",
        }
    return Series(name=variant.name, unit="scans per second", values=variant.rates, more=more)


def _target(ratios: Sequence[Ratio], of: str, to: str, limit: float) -> Target:
    values = {(each.of, each.to): each.median for each in ratios}
    return at_least(f"{of} ÷ {to}", values[of, to], limit)
