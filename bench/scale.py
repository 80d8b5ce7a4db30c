"""
What a scan costs when very many residents are there, beside the same with few.
"""

import asyncio
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click
from msgspec import Struct

from bench import telling
from bench.findings import Findings, Ratio, Series, at_most, ratio
from bench.ground import Ground, ground
from bench.load import Tally
from bench.stage import Wallet, make_keys

_FIRST_GUESS: Final = 1200
_ROOM: Final = 1.5
_LIMIT: Final = 1.2
_SCANS, _CPU = "scans per second", "server CPU µs per scan"
ENGINES: Final = ("PostgreSQL", "SQLite")


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Attributes:
        seconds: of each variant in each round.
        rounds: how many.
        connections: of the client.
        few: residents of the small deployments.
        many: residents of the large ones.
        engines: which databases.
        forked: look at a run only; see `processes.forked`.
    """

    seconds: int
    rounds: int
    connections: int
    few: int
    many: int
    engines: tuple[str, ...] = ENGINES
    forked: bool = False


class Taken(Struct, frozen=True, kw_only=True):
    """
    What one variant gave in one round.
    """

    tally: Tally
    server_us: float


def run(plan: Plan) -> Findings:
    """
    Set everything up, measure, take everything down: one database after the other.
    """
    taken: dict[str, list[Taken]] = {}
    told: dict[str, str] = {}
    for engine in plan.engines:
        with ground() as place:
            taken |= asyncio.run(_measured(plan, place, engine))
            told = place.described()
    return _findings(plan, told, taken)


async def _measured(plan: Plan, place: Ground, engine: str) -> dict[str, list[Taken]]:
    keys = place.folder / "keys.json"
    make_keys(keys)
    wallets: dict[str, Wallet] = {}
    for count in (plan.few, plan.many):
        name = f"n{count}"
        url = place.database(name) if engine == "PostgreSQL" else place.sqlite(name)
        wallet = Wallet(url, keys, count)
        wallet.crowded, wallet.forked = True, plan.forked
        await wallet.prepare()
        wallets[_name(engine, count)] = wallet
    taken: dict[str, list[Taken]] = {name: [] for name in wallets}
    with ExitStack() as stack:
        for wallet in wallets.values():
            stack.enter_context(wallet.serving())
        for wallet in wallets.values():
            wallet.await_ready()
        for number in range(plan.rounds + 1):
            for name, wallet in wallets.items():
                each = await _scanned(plan, wallet, taken[name])
                if number:  # the first round warms
                    taken[name].append(each)
                    telling.note(number, plan.rounds, name, f"{each.tally.rate:.0f}/s")
    return taken


async def _scanned(plan: Plan, wallet: Wallet, before: list[Taken]) -> Taken:
    guess = max((each.tally.rate for each in before), default=_FIRST_GUESS)
    most = max(int(guess * _ROOM * plan.seconds), plan.connections)
    tally, spent = await wallet.round(plan.seconds, plan.connections, most)
    answers = max(sum(tally.statuses.values()), 1)
    return Taken(tally=tally, server_us=spent / answers * 1_000_000)


def _name(engine: str, count: int) -> str:
    return f"{engine}, {count:_} residents".replace("_", " ")


def _findings(plan: Plan, told: dict[str, str], taken: dict[str, list[Taken]]) -> Findings:
    ratios = list(_ratios(plan, taken))
    return Findings(
        bench="scale",
        title="Many residents",
        about=(
            "Scans of residents drawn at random, few and many residents in turns, one database "
            "engine after the other. The cost of a scan is the time per scan at full load."
        ),
        machine=told,
        settings={
            name: str(getattr(plan, name))
            for name in ("seconds", "rounds", "connections", "few", "many")
        },
        series=[
            *(_rates(name, each) for name, each in taken.items()),
            *(
                Series(name=name, unit=_CPU, values=[one.server_us for one in each])
                for name, each in taken.items()
            ),
        ],
        ratios=ratios,
        targets=[
            at_most(f"{each.of} ÷ {each.to}", each.median, _LIMIT)
            for each in ratios
            if each.of.startswith("cost")
        ],
    )


def _ratios(plan: Plan, taken: dict[str, list[Taken]]) -> Iterator[Ratio]:
    for engine in plan.engines:
        few, many = _name(engine, plan.few), _name(engine, plan.many)
        for what, few_values, many_values in (
            (
                "cost",
                [1 / max(each.tally.rate, 1e-9) for each in taken[few]],
                [1 / max(each.tally.rate, 1e-9) for each in taken[many]],
            ),
            (
                "server CPU",
                [each.server_us for each in taken[few]],
                [each.server_us for each in taken[many]],
            ),
        ):
            yield ratio(
                Series(name=f"{what} of a scan, {many}", unit="", values=many_values),
                Series(name=f"{plan.few:_}".replace("_", " "), unit="", values=few_values),
            )


def _rates(name: str, taken: list[Taken]) -> Series:
    tallies = [each.tally for each in taken]
    return Series(
        name=name,
        unit=_SCANS,
        values=[each.rate for each in tallies],
        more={
            "p50 ms": f"{statistics.median(each.p50_ms for each in tallies):.1f}",
            "p99 ms": f"{statistics.median(each.p99_ms for each in tallies):.1f}",
            "refused": f"{sum(each.refused for each in tallies)}",
        },
    )


@click.command("scale")
@telling.seconds
@telling.rounds
@click.option("--connections", default=32, show_default=True, type=click.IntRange(1, 256))
@click.option("--few", default=10_000, show_default=True, type=click.IntRange(100))
@click.option("--many", default=1_000_000, show_default=True, type=click.IntRange(100))
@telling.out
def command(out: Path | None, **plan: Any) -> None:  # noqa: ANN401
    """
    Measure a scan with very many residents beside one with few, on both databases.

    A million residents take about five gigabytes and a few minutes to seed.
    """
    telling.tell(run(Plan(**plan)), out)
