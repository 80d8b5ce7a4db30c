"""
``fusion-wallet bench overload``: ten times the load that the wallet can take.

First its peak is measured; then scans of one party come at ten times that rate, whatever is
answered, while cashiers of another party finish payments; then the load is ordinary again. nginx
stands in front with the shipped configuration, as in a deployment.
"""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp
import click

from bench.cashiers import PEOPLE, Cashiers
from bench.deployment import services_of
from bench.flood import Poured
from bench.overloaded import GOODPUT, RECOVERY_SECONDS, Plan, Told, table
from bench.postgres import Server, fast_folder
from bench.pouring import Stage
from bench.stage import Wallet, make_keys
from tools.nginx.running import Measured, fronting
from wallet.cli.demo.ports import free_port

_GUESS: Final = 1000.0  # codes a second, before it is known
_HANDED_ON: Final = 2  # times the peak, by nginx
_CALM: Final = 16  # connections


async def run(plan: Plan, wallet: Wallet) -> Told:
    """
    Do the three parts of a run on a wallet that is prepared.
    """
    services = services_of(wallet.settings())
    stage = Stage(wallet, services, plan)
    cashiers = Cashiers(f"http://127.0.0.1:{wallet.port}", stage.draw)
    try:
        async with aiohttp.ClientSession() as http:
            await cashiers.open(services, http)
            await stage.pour(rate=0, connections=8, for_seconds=2, accepted=_GUESS)
            async with _at_work(cashiers, plan.cashiers):
                before = await _calm(stage, plan, _GUESS)
                calm, cashiers.finishing = cashiers.finishing, []
                click.echo(f"peak: {_rate(before):.0f}/s", err=True)
                with _fronted(wallet, plan, _rate(before)) as port:
                    poured = await stage.pour(
                        rate=_rate(before) * plan.times,
                        connections=plan.connections,
                        for_seconds=plan.seconds,
                        accepted=_rate(before),
                        port=port,
                    )
                finishing, cashiers.finishing = cashiers.finishing, []
                after = await _calm(stage, plan, _rate(before))
    finally:
        await services.close()
    return Told(
        peak=_rate(before),
        offered=poured.sent / poured.seconds,
        goodput=_rate(poured),
        accepted_p99_ms=poured.accepted_p99_ms,
        refused_p50_ms=poured.refused_p50_ms,
        refused_p99_ms=poured.refused_p99_ms,
        unexplained=poured.unexplained,
        calm_finishing_p99_ms=_p99_ms(calm),
        finishing_p99_ms=_p99_ms(finishing),
        finished=cashiers.finished,
        put_off=cashiers.put_off,
        recovery_seconds=_recovered(after, _rate(before)),
        client_cpu=poured.cpu_share,
        dry=poured.dry,
        statuses=poured.statuses,
        failed=cashiers.failed,
    )


@contextmanager
def _fronted(wallet: Wallet, plan: Plan, peak: float) -> Iterator[int]:
    """
    Have nginx in front, with the figures that an operator would have measured; gives the port.
    """
    if not plan.proxy:
        yield wallet.port
        return
    port = free_port()
    measured = Measured(
        scans=max(1, int(peak * _HANDED_ON)), connections=plan.connections + plan.cashiers
    )
    with (
        TemporaryDirectory(prefix="fusion-wallet-nginx-") as folder,
        fronting(
            Path(folder),
            port=port,
            server_port=wallet.port,
            name="127.0.0.1",
            measured=measured,
        ),
    ):
        yield port


@asynccontextmanager
async def _at_work(cashiers: Cashiers, many: int) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(cashiers.serve(number)) for number in range(many)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _calm(stage: Stage, plan: Plan, accepted: float) -> Poured:
    return await stage.pour(
        rate=0, connections=_CALM, for_seconds=plan.calm_seconds, accepted=accepted
    )


def _rate(poured: Poured) -> float:
    return poured.statuses.get("200", 0) / poured.seconds


def _p99_ms(times: list[float]) -> float:
    ordered = sorted(times) or [0.0]
    return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000


def _recovered(after: Poured, peak: float) -> float:
    """
    Return after how many seconds as much was accepted again as has to be under overload.
    """
    for number, count in enumerate(after.by_second):
        if count >= peak * GOODPUT:
            return float(number)
    return RECOVERY_SECONDS


@click.command("overload")
@click.option("--seconds", default=300, show_default=True, type=click.IntRange(2, 3600))
@click.option("--times", default=10, show_default=True, type=click.IntRange(2, 100))
@click.option("--residents", default=6000, show_default=True, type=click.IntRange(10, 200_000))
@click.option("--cashiers", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option("--connections", default=512, show_default=True, type=click.IntRange(8, 4096))
@click.option("--calm-seconds", default=10, show_default=True, type=click.IntRange(1, 60))
@click.option("--proxy/--no-proxy", default=True, show_default=True, help="Have nginx in front.")
@click.option("--sqlite", is_flag=True, help="On SQLite instead of PostgreSQL.")
def command(*, sqlite: bool, proxy: bool, **given: int) -> None:
    """
    Ten times the peak, payments being finished meanwhile; exit code 1 when a target is missed.
    """
    plan = Plan(proxy=proxy, **given)
    told = measured(plan, sqlite=sqlite)
    click.echo(table(told, plan))
    raise SystemExit(1 if told.missed() else 0)


def measured(plan: Plan, *, sqlite: bool = False, **settings: object) -> Told:
    """
    Set everything up, do a run, take everything down.
    """
    folder = fast_folder()
    folder.chmod(0o755)
    server = Server(folder / "postgres")
    server.root.mkdir()
    try:
        keys = folder / "keys.json"
        make_keys(keys)
        url = f"sqlite:///{folder / 'wallet.db'}"
        if not sqlite:
            server.start()
            server.execute("create database wallet")
            url = server.url("wallet")
        wallet = Wallet(url, keys, plan.residents + plan.cashiers * PEOPLE, **settings)
        asyncio.run(wallet.prepare())
        began = time.monotonic(), os.getloadavg()[0]
        with wallet.serving():
            wallet.await_ready()
            told = asyncio.run(run(plan, wallet))
        click.echo(
            f"took {time.monotonic() - began[0]:.0f} s; {began[1]:.1f} processes were ready to "
            f"run before, {os.getloadavg()[0]:.1f} after",
            err=True,
        )
        return told
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    command()
