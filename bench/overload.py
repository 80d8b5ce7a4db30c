"""
``fusion-wallet bench overload``: ten times the load that the wallet can take.

First its peak is measured; then scans of one party come at ten times that rate, whatever is
answered, while cashiers of another party finish payments; then the load is ordinary again.
"""

import asyncio
import os
import secrets
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import click
import msgspec
from msgspec import Struct

from bench.cashiers import PEOPLE, Cashiers
from bench.deployment import services_of
from bench.flood import Feed, Flood, Poured
from bench.postgres import Server, fast_folder
from bench.seeding import NONCE, token
from bench.stage import Wallet, make_keys
from codes import FUSION_1, Issue, counter_at, draw_online, instant_of
from codes.keys import Holder
from codes.passes import SALT_LENGTH
from wallet.app import Services
from wallet.clock import seconds
from wallet.devices.words import SERVER

_TREE: Final = Path(__file__).parents[1]
_FEED_SECONDS: Final = 2.0
_GOODPUT: Final = 0.8
_REFUSED_MS: Final = 100.0
_FINISHING_MS: Final = 1000.0
_RECOVERY_SECONDS: Final = 30.0


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Attributes:
        seconds: of the overload.
        times: the peak.
        residents: who show codes; each has eight in a step of 30 s.
        cashiers: who finish payments at once.
        connections: of the flood.
        calm_seconds: of the measuring of the peak, and of looking whether it recovers.
    """

    seconds: int
    times: int = 10
    residents: int = 6000
    cashiers: int = 4
    connections: int = 512
    calm_seconds: int = 10


class Told(Struct, frozen=True, kw_only=True):
    """
    One run. Rates are accepted scans per second, times in milliseconds unless named otherwise.
    """

    peak: float
    offered: float
    goodput: float
    accepted_p99_ms: float
    refused_p50_ms: float
    refused_p99_ms: float
    unexplained: int
    calm_finishing_p99_ms: float
    finishing_p99_ms: float
    finished: int
    put_off: int
    recovery_seconds: float
    client_cpu: float
    dry: int
    statuses: dict[str, int]
    failed: list[str]

    @property
    def share(self) -> float:
        """
        Goodput under overload by the peak.
        """
        return self.goodput / max(self.peak, 1e-9)

    def missed(self) -> list[str]:
        """
        Name the targets that were missed.
        """
        held = {
            "goodput": self.share >= _GOODPUT,
            "refusals": self.refused_p99_ms < _REFUSED_MS and not self.unexplained,
            "finishing": 0 < self.finishing_p99_ms < _FINISHING_MS,
            "recovery": self.recovery_seconds < _RECOVERY_SECONDS,
        }
        return [name for name, reached in held.items() if not reached]


class Stage:
    """
    A served wallet, codes of its residents, and floods of them.
    """

    def __init__(self, wallet: Wallet, services: Services, plan: Plan) -> None:
        self._wallet, self._services, self._plan = wallet, services, plan
        self._counter = -1
        self._shown: dict[int, int] = {}

    async def pour(self, *, rate: float, connections: int, for_seconds: float) -> Poured:
        """
        Let the client show codes for a while; codes and tokens are handed on as they are made.
        """
        client = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.flood"),
            cwd=_TREE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        if client.stdin is None or client.stdout is None:
            raise LookupError("the client has no pipes")
        flood = Flood(
            port=self._wallet.port, connections=connections, rate=rate, seconds=for_seconds
        )
        client.stdin.write(msgspec.json.encode(flood) + b"\n")
        feeding = asyncio.create_task(self._feed(client.stdin))
        printed = await client.stdout.read()
        feeding.cancel()
        client.stdin.close()
        await client.wait()
        return msgspec.json.decode(printed, type=Poured)

    def draw(self, person: int) -> str:
        """
        Draw the next code of somebody whom only cashiers serve.
        """
        now = counter_at(seconds(self._services.basis.clock.now()), 0)
        counter = max(now, self._shown.get(person, -1) + 1)
        self._shown[person] = counter
        return self._drawn(self._plan.residents + 1 + person, counter)

    async def _feed(self, pipe: asyncio.StreamWriter) -> None:
        while True:
            feed = Feed(token=await token(self._services, self._wallet.desk), codes=self._next())
            pipe.write(msgspec.json.encode(feed) + b"\n")
            await pipe.drain()
            await asyncio.sleep(_FEED_SECONDS)

    def _next(self) -> list[str]:
        """
        Draw one code of every resident, unless there is none left in this step.
        """
        now = seconds(self._services.basis.clock.now())
        counter = max(counter_at(now, 0), self._counter + 1)
        if counter > counter_at(now, FUSION_1.subs - 1):
            return []
        self._counter = counter
        return [self._drawn(number, counter) for number in range(1, self._plan.residents + 1)]

    def _drawn(self, resident_id: int, counter: int) -> str:
        return draw_online(
            self._services.basis.vault.code_ring,
            Issue(Holder(resident_id, SERVER, NONCE)),
            randomness=secrets.token_bytes(SALT_LENGTH),
            at_seconds=instant_of(counter),
            sub=counter % FUSION_1.subs,
        ).text


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
            await stage.pour(rate=0, connections=8, for_seconds=2)
            async with _at_work(cashiers, plan.cashiers):
                before = await _calm(stage, plan)
                calm, cashiers.finishing = cashiers.finishing, []
                click.echo(f"peak: {_rate(before):.0f}/s", err=True)
                poured = await stage.pour(
                    rate=_rate(before) * plan.times,
                    connections=plan.connections,
                    for_seconds=plan.seconds,
                )
                finishing, cashiers.finishing = cashiers.finishing, []
                after = await _calm(stage, plan)
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


@asynccontextmanager
async def _at_work(cashiers: Cashiers, many: int) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(cashiers.serve(number)) for number in range(many)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _calm(stage: Stage, plan: Plan) -> Poured:
    return await stage.pour(rate=0, connections=16, for_seconds=plan.calm_seconds)


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
        if count >= peak * _GOODPUT:
            return float(number)
    return _RECOVERY_SECONDS


def table(told: Told, plan: Plan) -> str:
    """
    Return a run as Markdown; it reads well on a terminal too.
    """
    rows = (
        ("peak, accepted scans per second", f"{told.peak:.0f}", ""),
        ("offered under overload, per second", f"{told.offered:.0f}", ""),
        ("goodput under overload ÷ peak", f"{told.share:.2f}", f"≥ {_GOODPUT}"),
        ("p99 of accepted scans, ms", f"{told.accepted_p99_ms:.0f}", ""),
        ("p50 of refusals, ms", f"{told.refused_p50_ms:.0f}", ""),
        ("p99 of refusals, ms", f"{told.refused_p99_ms:.0f}", f"< {_REFUSED_MS:.0f}"),
        ("p99 of finishing payments at the peak, ms", f"{told.calm_finishing_p99_ms:.0f}", ""),
        (
            "p99 of finishing payments, ms",
            f"{told.finishing_p99_ms:.0f}",
            f"< {_FINISHING_MS:.0f}",
        ),
        ("payments finished in the whole run", f"{told.finished}", ""),
        ("finishing calls that were refused at first", f"{told.put_off}", ""),
        ("recovery, s", f"{told.recovery_seconds:.0f}", f"< {_RECOVERY_SECONDS:.0f}"),
        ("client, share of a core", f"{told.client_cpu:.2f}", ""),
    )
    lines = ["| what | measured | target |", "|---|--:|--:|"]
    lines += [f"| {name} | {value} | {target} |" for name, value, target in rows]
    how = f"{plan.seconds} s, {plan.connections} connections, {plan.residents} residents, "
    how += f"{plan.cashiers} cashiers; answers {told.statuses}"
    if told.dry:
        how += f"; the client ran out of codes {told.dry} times: ask for more residents"
    if told.failed:
        how += f"; cashiers met {sorted(set(told.failed))}"
    verdict = ", ".join(told.missed())
    return "\n".join(
        [*lines, "", how, f"missed: {verdict}" if verdict else "every target met", ""]
    )


@click.command("overload")
@click.option("--seconds", default=300, show_default=True, type=click.IntRange(2, 3600))
@click.option("--times", default=10, show_default=True, type=click.IntRange(2, 100))
@click.option("--residents", default=6000, show_default=True, type=click.IntRange(10, 200_000))
@click.option("--cashiers", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option("--connections", default=512, show_default=True, type=click.IntRange(8, 4096))
@click.option("--calm-seconds", default=10, show_default=True, type=click.IntRange(1, 60))
@click.option("--sqlite", is_flag=True, help="On SQLite instead of PostgreSQL.")
def command(*, sqlite: bool, **given: int) -> None:
    """
    Ten times the peak, payments being finished meanwhile; exit code 1 when a target is missed.
    """
    plan = Plan(**given)
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
