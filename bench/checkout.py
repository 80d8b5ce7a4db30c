"""
What the wallet adds to a checkout: whole ones over HTTP beside the partner calls alone.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import click
import uvloop
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from msgspec import Struct
from msgspec.structs import replace

from bench import stepping, telling
from bench.bare import Bare
from bench.deployment import variables
from bench.errand import onboarded, prepared, settings_of
from bench.findings import Findings, Series, at_most
from bench.ground import Ground, ground
from bench.partners import await_port, partners
from bench.processes import forked, running
from bench.processor import seconds_of
from bench.stage import make_keys
from bench.stepping import Pace
from wallet.cli.demo.ports import free_port
from wallet.cli.demo.region import Partners
from wallet.settings import Settings

ALONE: Final = "the partners alone"
ENGINES: Final = ("PostgreSQL", "SQLite")
_TOOK, _ADDED = "ms per checkout", "ms that the wallet adds"
_P50_LIMIT, _P99_LIMIT = 50, 150
_WARM: Final = 2
_SCRIPT_SECONDS: Final = 3

Measure = Callable[[], Awaitable[float]]


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Attributes:
        checkouts: of each variant in each round.
        rounds: how many.
        settlements: that workers finish in each round, their partners answering at once.
        engines: the databases of the wallets.
        forked: look at a run only; see `processes.forked`.
    """

    checkouts: int
    rounds: int
    settlements: int
    engines: tuple[str, ...] = ENGINES
    forked: bool = False


class Site(Struct, frozen=True, kw_only=True):
    """
    One running wallet with its partners and what its terminals enrol with.
    """

    settings: Settings
    partners: Partners
    tokens: dict[str, str]
    log: Path
    pid: int


class Spent(Struct, frozen=True, kw_only=True):
    """
    What a variant took altogether.

    Attributes:
        exchanges: with partners.
        cpu_ms: processor time of the wallet's server; of this process where there is none.
    """

    exchanges: int
    cpu_ms: float

    def since(self, before: "Spent") -> "Spent":
        """
        Return what it took since then.
        """
        return Spent(
            exchanges=self.exchanges - before.exchanges, cpu_ms=self.cpu_ms - before.cpu_ms
        )

    def each(self, count: int, *, served: bool) -> dict[str, str]:
        """
        Return it for one checkout, as columns.
        """
        told = {"partner exchanges": f"{self.exchanges / count:g}"}
        if served:
            told["server CPU ms"] = f"{self.cpu_ms / count:.1f}"
        return told


def run(plan: Plan) -> Findings:
    """
    Set everything up, measure, take everything down.
    """
    with ground() as place:
        found = _beside_partners(plan, place)
        pace = Pace(
            rounds=plan.rounds,
            settlements=plan.settlements,
            seconds=1 if plan.forked else _SCRIPT_SECONDS,
            workers=1 if plan.forked else os.cpu_count() or 1,
        )
        steps = uvloop.run(stepping.measured(place, pace))
        return replace(
            found,
            series=[*found.series, *steps.series],
            ratios=[steps.ratio],
            targets=[*found.targets, steps.target],
        )


def _beside_partners(plan: Plan, place: Ground) -> Findings:
    with ExitStack() as stack:
        sites = {
            engine: stack.enter_context(_site(plan, place, engine)) for engine in plan.engines
        }
        folder = place.folder / "alone"
        folder.mkdir()
        alone = stack.enter_context(partners(folder, copied=plan.forked))
        return asyncio.run(_measured(plan, place, sites, alone))


async def _measured(
    plan: Plan, place: Ground, sites: dict[str, Site], alone: Partners
) -> Findings:
    bare = Bare(alone)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(bare.close)
        await bare.prepare()
        measures: dict[str, Measure] = {}
        for engine, site in sites.items():
            errand = await prepared(stack, site.settings, site.partners, site.tokens)
            measures[engine] = errand.run
        measures[ALONE] = bare.run
        for measure in list(measures.values()) * _WARM:
            await measure()
        before = {name: _spent(sites, bare, name) for name in measures}
        taken: dict[str, list[list[float]]] = {name: [] for name in measures}
        for number in range(1, plan.rounds + 1):
            for each in taken.values():
                each.append([])
            for _ in range(plan.checkouts):
                for name, measure in measures.items():
                    taken[name][-1].append(await measure())
            for name, each in taken.items():
                told = f"{statistics.median(each[-1]):.0f} ms"
                telling.note(number, plan.rounds, name, told)
        spent = {name: _spent(sites, bare, name).since(before[name]) for name in measures}
    return _findings(plan, place, taken, spent)


def _spent(sites: dict[str, Site], bare: Bare, name: str) -> Spent:
    """
    Return what a variant took until now; a wallet logs each exchange with a partner.
    """
    site = sites.get(name)
    if site is None:
        return Spent(exchanges=bare.exchanges, cpu_ms=time.process_time() * 1000)
    exchanges = site.log.read_bytes().count(b'"partner exchange"')
    return Spent(exchanges=exchanges, cpu_ms=seconds_of(site.pid) * 1000)


@contextmanager
def _site(plan: Plan, place: Ground, engine: str) -> Iterator[Site]:
    folder = place.folder / engine
    folder.mkdir()
    make_keys(folder / "keys.json")
    url = place.database("checkout") if engine == "PostgreSQL" else place.sqlite("checkout")
    port = free_port()
    given = settings_of(folder, url, port)
    settings = Settings.model_validate({name: str(value) for name, value in given.items()})
    log = folder / "server.log"
    with partners(folder, copied=plan.forked) as made:
        tokens = asyncio.run(onboarded(settings, made))
        environment = variables(given)
        started = (
            forked(lambda: _serve(settings), environment, output=log)
            if plan.forked
            else running("wallet", "serve", environment=environment, output=log)
        )
        with started as pid:
            await_port(port)
            yield Site(settings=settings, partners=made, tokens=tokens, log=log, pid=pid)


def _serve(settings: Settings) -> None:
    """
    Serve as the command does, but from a copy of this process.
    """
    Granian(
        "wallet.cli.serving:application",
        factory=True,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    ).serve()


def _findings(
    plan: Plan,
    place: Ground,
    taken: dict[str, list[list[float]]],
    spent: dict[str, Spent],
) -> Findings:
    count = plan.checkouts * plan.rounds
    added = {engine: _differences(taken[engine], taken[ALONE]) for engine in plan.engines}
    series = [
        _series(name, _TOOK, each, spent[name].each(count, served=name != ALONE))
        for name, each in taken.items()
    ]
    targets = []
    for engine, each in added.items():
        series.append(_series(engine, _ADDED, each, {}))
        everything = [value for values in each for value in values]
        p50, p99 = statistics.median(everything), percentile(everything, 0.99)
        targets.append(at_most(f"{engine}: added, p50", p50, _P50_LIMIT, "ms"))
        targets.append(at_most(f"{engine}: added, p99", p99, _P99_LIMIT, "ms"))
    return Findings(
        bench="checkout",
        title="A whole checkout",
        about=(
            "One patient after the other: scan for registration, visit, scan for settlement, "
            "bill, confirmation, receipt, over HTTP with `fusion-wallet serve`, the partners' "
            "sandboxes in processes of their own; beside it the same partner calls made by the "
            "integrations alone. What the wallet adds is the difference of two checkouts made "
            "one after the other. Values are medians of a round; p50 and p99 are over all rounds. "
            "Then the steps alone: as many workers as there are processors, with partners that "
            "answer at once inside their processes, beside a script with the same commits and "
            "writes, eight at a time each."
        ),
        machine=place.described(),
        settings={
            "checkouts": str(count),
            "rounds": str(plan.rounds),
            "settlements per round": str(plan.settlements),
        },
        series=series,
        ratios=[],
        targets=targets,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """
    Return the smallest value that at least such a share of all does not exceed.
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _differences(whole: list[list[float]], part: list[list[float]]) -> list[list[float]]:
    return [
        [a - b for a, b in zip(of, to, strict=True)] for of, to in zip(whole, part, strict=True)
    ]


def _series(name: str, unit: str, rounds: list[list[float]], more: dict[str, str]) -> Series:
    everything = [value for values in rounds for value in values]
    return Series(
        name=name,
        unit=unit,
        values=[statistics.median(values) for values in rounds],
        more={
            "p50": f"{statistics.median(everything):.1f}",
            "p99": f"{percentile(everything, 0.99):.1f}",
            **more,
        },
    )


@click.command("checkout")
@click.option("--checkouts", default=50, show_default=True, type=click.IntRange(1, 1000))
@telling.rounds
@click.option("--settlements", default=200, show_default=True, type=click.IntRange(1, 1000))
@telling.out
def command(out: Path | None, **plan: Any) -> None:  # noqa: ANN401
    """
    Measure whole checkouts beside the partner calls alone: what the wallet adds.
    """
    telling.tell(run(Plan(**plan)), out)
