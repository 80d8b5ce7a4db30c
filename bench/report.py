"""
What a run tells: medians, spread and ratios, as a table, Markdown or JSON.
"""

import os
import platform
import statistics
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

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


class Ratio(Struct, frozen=True, kw_only=True):
    """
    Two medians of one run, divided.
    """

    of: str
    to: str
    value: float


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
    medians = {variant.name: variant.median for variant in variants}
    return Report(
        machine={
            "processor": f"{os.cpu_count()} × {_processor()}",
            "system": f"{platform.system()} {platform.release()}",
            "storage": storage,
            "busy with other things": f"{load:.1f} processes",
            "Python": platform.python_version(),
            "PostgreSQL": postgres,
            "granian": version("granian"),
        },
        settings=settings,
        variants=variants,
        ratios=[
            Ratio(of=of, to=to, value=medians[of] / medians[to])
            for of, to in _PAIRS
            if of in medians and medians.get(to)
        ],
    )


def markdown(told: Report) -> str:
    """
    Return a report as Markdown; it reads well on a terminal too.
    """
    heads = "p50 ms | p99 ms | server CPU µs | client CPU | refused"
    lines = [f"| variant | per second | spread | {heads} |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|--:|")
    for each in told.variants:
        times = f"{each.p50_ms:.1f} | {each.p99_ms:.1f}" if each.p50_ms else "– | –"
        lines.append(
            f"| {each.name} | {each.median:.0f} | ×{each.spread:.2f} | {times} "
            f"| {each.server_us:.0f} | {each.client_cpu:.2f} | {each.refused} |"
        )
    lines += ["", "| ratio of medians | |", "|---|--:|"]
    lines += [f"| {ratio.of} ÷ {ratio.to} | {ratio.value:.3f} |" for ratio in told.ratios]
    on = ", ".join(f"{name} {value}" for name, value in told.machine.items())
    how = ", ".join(f"{name} {value}" for name, value in told.settings.items())
    return "\n".join([*lines, "", f"On: {on}.", f"With: {how}.", ""])


def _processor() -> str:
    place = Path("/proc/cpuinfo")
    if place.exists():
        for line in place.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
