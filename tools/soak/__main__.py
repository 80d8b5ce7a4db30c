"""
``python -m tools.soak``: load a wallet and sample it; exit 1 when something grows.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.postgres import Server, fast_folder
from tests.fakes.hasty_clock import HastyClock
from tests.faults.crash.people import insured
from tests.fixtures.nursery.client import Nursery
from tests.fixtures.regions import Region
from tools.soak.judging import WARM_UP, judge, table
from tools.soak.loading import Load
from tools.soak.sampling import Sample, of_database, of_processes
from wallet.cli.demo.processes import Processes
from wallet.clock import SystemClock
from wallet.db import migrate
from wallet.db.engine import create_engine
from wallet.settings import PREFIX

_PEOPLE, _PAYERS = 60, 4
_CHECKOUT_SECONDS = 12.0


@click.command()
@click.option("--minutes", default=45.0, show_default=True, type=click.FloatRange(min=0.5))
@click.option("--every", default=10.0, show_default=True, help="Seconds between samples.")
@click.option("--rate", default=10.0, show_default=True, type=click.FloatRange(1, 15))
@click.option("--sqlite", is_flag=True, help="On SQLite instead of PostgreSQL.")
@click.option("--processes", default=2, show_default=True, help="Of the server.")
def main(*, minutes: float, every: float, rate: float, sqlite: bool, processes: int) -> None:
    """
    Load real processes for a while and tell whether anything grows.

    In the warm-up keys are rotated, persons' keys wrapped anew and the processes replaced.
    """
    data = fast_folder()
    data.chmod(0o755)
    server = Server(data / "postgres")
    with tempfile.TemporaryDirectory() as name, closing(Nursery()) as nursery:
        url = f"sqlite:///{name}/wallet.db"
        if not sqlite:
            url = _postgres(server)
        try:
            soak = Soak(nursery, Path(name), url, processes)
            raise SystemExit(asyncio.run(soak.run(minutes * 60, every, rate)))
        finally:
            if not sqlite:
                server.stop()
            subprocess.run(["rm", "-rf", str(data)], check=False)  # noqa: S603, S607 - our own


def _postgres(server: Server) -> str:
    server.root.mkdir()
    server.start()
    for setting in ("max_wal_size = '64MB'", "checkpoint_timeout = '30s'"):
        server.execute(f"ALTER SYSTEM SET {setting}")
    server.execute("SELECT pg_reload_conf()")
    server.execute("CREATE DATABASE wallet")
    return server.url("wallet")


class Soak:
    """
    One run.
    """

    def __init__(self, nursery: Nursery, folder: Path, url: str, processes: int) -> None:
        self._folder, self._url, self._count = folder, url, processes
        self._region = Region(
            nursery=nursery,
            folder=folder,
            database_url=url,
            clock=HastyClock(start=SystemClock().now(), began=time.monotonic(), speed=1.0),
            people=tuple(insured(number, 50_000) for number in range(_PEOPLE + _PAYERS)),
        )
        self._processes = Processes(folder)

    async def run(self, run_seconds: float, every: float, rate: float) -> int:
        """
        Run, print, and return the exit code.
        """
        engine = create_engine(self._url)
        await migrate.upgrade(engine)
        try:
            async with self._region as region:
                self._start()
                await asyncio.to_thread(
                    self._processes.await_answer, "server", f"{region.origin}/readyz"
                )
                load = Load(region, await region.window())
                await region.sandboxes.behave()
                tasks = self._begun(load, rate)
                samples = await self._sampled(engine, run_seconds, every, load)
                for task in tasks:
                    task.cancel()
                broken = await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            self._processes.end()
            await engine.dispose()
        return _told(samples, load, [each for each in broken if isinstance(each, Exception)])

    def _start(self) -> None:
        environment = {
            PREFIX + name.upper(): value for name, value in self._region.variables().items()
        }
        environment[f"{PREFIX}WORKERS"] = str(self._count)
        self._environment = environment
        self._processes.start("server", "serve", environment=environment)
        self._processes.start("worker", "worker", environment=environment)

    def _begun(self, load: Load, rate: float) -> list[asyncio.Task[None]]:
        every = max(4.0, _PEOPLE / rate)
        return [
            *(asyncio.create_task(load.scanned(n, every)) for n in range(_PEOPLE)),
            *(
                asyncio.create_task(load.paying(_PEOPLE + n, _CHECKOUT_SECONDS))
                for n in range(_PAYERS)
            ),
        ]

    async def _sampled(
        self, engine: AsyncEngine, run_seconds: float, every: float, load: Load
    ) -> list[Sample]:
        began = time.monotonic()
        pids = self._processes.pids()
        changed = asyncio.create_task(self._change(pids["server"], run_seconds * WARM_UP / 3))
        samples: list[Sample] = []
        while (passed := time.monotonic() - began) < run_seconds:
            now = self._region.clock.now()
            sample = await of_database(engine, self._folder / "wallet.db", now)
            for name, pid in pids.items():
                sample |= await asyncio.to_thread(of_processes, name, pid)
            samples.append(sample)
            if len(samples) % 6 == 1:
                shown = "  ".join(f"{name} {value:.0f}" for name, value in sample.items())
                print(f"{passed:6.0f} s  {shown}  {dict(load.told)}", flush=True)
                await self._region.sandboxes.behave()
            await asyncio.sleep(every)
        await changed
        return samples

    async def _change(self, server: int, after: float) -> None:
        """
        Rotate keys and replace the processes while the load goes on.
        """
        await asyncio.sleep(after)
        for command in ("rotate-code --lead 15", "rotate-data --lead 15"):
            await self._command("keys", *command.split())
        await asyncio.sleep(20)
        await self._command("keys", "rewrap")
        os.kill(server, signal.SIGHUP)

    async def _command(self, *arguments: str) -> None:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "wallet", *arguments),
            env={**os.environ, **self._environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await child.communicate()
        print(f"$ fusion-wallet {' '.join(arguments)}\n  {printed.decode().strip()}", flush=True)


def _told(samples: list[Sample], load: Load, broken: list[Exception]) -> int:
    names = [name for name in samples[-1] if all(name in sample for sample in samples)]
    judged = [judge(name, [sample[name] for sample in samples]) for name in names]
    print(f"\n{len(samples)} samples\n\n{table(judged)}\n")
    print("told:", dict(load.told))
    failures = load.failures()
    for what in (*failures.items(), *map(repr, broken)):
        print("failed:", what)
    fine = all(each.flat for each in judged) and not failures and not broken
    print("verdict:", "flat" if fine else "not flat, or somebody was refused")
    return 0 if fine else 1


if __name__ == "__main__":
    main()
