"""
One interleaved run: every variant once in each round, so that all of them see the same weather.
"""

import asyncio
import shutil
import statistics
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from bench import machine, pgbench, telling
from bench.load import Tally
from bench.postgres import Server, fast_folder
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
from bench.stage import Wallet, make_keys

_WALLET, _COPY, _PLAIN = "wallet", "yardstick", "plain"
_FIRST_GUESS = 1500  # codes per second of the first round; later ones know better
_ROOM = 1.5
_WARM_SECONDS, _WARM_CODES = 1.0, 200


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Attributes:
        seconds: of each variant in each round.
        rounds: how many.
        connections: of the client.
        residents: in each database.
        plain: measure the plain path on PostgreSQL too.
        on_disk: keep the data where temporary files are and not in memory.
    """

    seconds: int
    rounds: int
    connections: int = 32
    residents: int = 2000
    plain: bool = False
    on_disk: bool = False


class Taken(Struct, frozen=True, kw_only=True):
    """
    What one variant gave in one round; `tally` is None for `pgbench`.
    """

    rate: float
    tally: Tally | None = None
    server_us: float = 0.0


Measure = Callable[[], Awaitable[Taken]]


def run(plan: Plan) -> Report:
    """
    Set everything up, measure, take everything down.
    """
    load = machine.load()
    folder = fast_folder(on_disk=plan.on_disk)
    server = Server(folder / "postgres")
    server.root.mkdir()
    folder.chmod(0o755)
    try:
        server.start()
        return asyncio.run(_measured(plan, folder, server, load))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _measured(plan: Plan, folder: Path, server: Server, load: float) -> Report:
    wallets = await _wallets(plan, folder, server)
    script = folder / "statement.sql"
    script.write_text(pgbench.script(wallets[POSTGRES].desk, plan.residents))
    with ExitStack() as stack:
        for name, wallet in wallets.items():
            stack.enter_context(wallet.serving(without_database=name == NO_DATABASE))
        measures: dict[str, Measure] = {
            name: _resolving(wallet, plan) for name, wallet in wallets.items()
        }
        measures[STATEMENT] = _stating(server, script, plan)
        for wallet in wallets.values():
            wallet.await_ready()
            await wallet.round(_WARM_SECONDS, plan.connections, _WARM_CODES)
        taken = await _rounds(measures, plan.rounds)
    return report(
        [_variant(name, each) for name, each in taken.items()],
        {
            "seconds": plan.seconds,
            "rounds": plan.rounds,
            "connections": plan.connections,
            "residents": plan.residents,
        },
        storage=f"{folder.parent}",
        postgres=server.execute("show server_version").strip(),
        load=load,
    )


async def _wallets(plan: Plan, folder: Path, server: Server) -> dict[str, Wallet]:
    keys = folder / "keys.json"
    make_keys(keys)
    server.execute(f"create database {_WALLET}")
    on_postgres = Wallet(server.url(_WALLET), keys, plan.residents)
    on_sqlite = Wallet(f"sqlite:///{folder / 'wallet.db'}", keys, plan.residents)
    for wallet in (on_postgres, on_sqlite):
        await wallet.prepare()
    server.execute(f"create database {_COPY} template {_WALLET}")
    wallets = {SQLITE: on_sqlite, POSTGRES: on_postgres}
    if plan.plain:
        server.execute(f"create database {_PLAIN} template {_WALLET}")
        plain = Wallet(server.url(_PLAIN), keys, plan.residents, fast_resolve=False)
        plain.desk = on_postgres.desk
        wallets[PLAIN] = plain
    nothing = Wallet(server.url(_WALLET), keys, plan.residents)
    nothing.desk = on_postgres.desk
    return {NO_DATABASE: nothing, **wallets}


def _resolving(wallet: Wallet, plan: Plan) -> Measure:
    rates = [_FIRST_GUESS]

    async def measure() -> Taken:
        most = int(max(rates) * _ROOM * plan.seconds)
        tally, spent = await wallet.round(plan.seconds, plan.connections, most)
        rates.append(int(tally.rate))
        answers = max(sum(tally.statuses.values()), 1)
        return Taken(rate=tally.rate, tally=tally, server_us=spent / answers * 1_000_000)

    return measure


def _stating(server: Server, script: Path, plan: Plan) -> Measure:
    async def measure() -> Taken:
        rate = await asyncio.to_thread(pgbench.rate, server, _COPY, script, plan.seconds)
        return Taken(rate=rate)

    return measure


async def _rounds(measures: dict[str, Measure], rounds: int) -> dict[str, list[Taken]]:
    taken: dict[str, list[Taken]] = {name: [] for name in measures}
    for number in range(1, rounds + 1):
        for name, measure in measures.items():
            result = await measure()
            taken[name].append(result)
            click.echo(f"round {number} of {rounds}: {name}: {result.rate:.0f}/s", err=True)
    return taken


def _variant(name: str, taken: list[Taken]) -> Variant:
    rates = [each.rate for each in taken]
    tallies = [each.tally for each in taken if each.tally is not None]
    if not tallies:
        return Variant(name=name, rates=rates)
    return Variant(
        name=name,
        rates=rates,
        server_us=statistics.median(each.server_us for each in taken),
        p50_ms=statistics.median(tally.p50_ms for tally in tallies),
        p99_ms=statistics.median(tally.p99_ms for tally in tallies),
        client_cpu=max(tally.cpu_share for tally in tallies),
        refused=sum(
            count
            for tally in tallies
            for status, count in tally.statuses.items()
            if status != "200"
        ),
    )


@click.command("resolve")
@telling.seconds
@telling.rounds
@click.option("--connections", default=32, show_default=True, type=click.IntRange(1, 256))
@click.option("--residents", default=2000, show_default=True, type=click.IntRange(10, 100_000))
@click.option("--plain", is_flag=True, help="Measure the plain path on PostgreSQL too.")
@click.option("--on-disk", is_flag=True, help="Keep the data on a disk and not in memory.")
@telling.out
def command(out: Path | None, **plan: Any) -> None:  # noqa: ANN401
    """
    Measure one scan: no database, SQLite, PostgreSQL, and PostgreSQL alone, in turns.
    """
    telling.tell(findings(run(Plan(**plan))), out)
