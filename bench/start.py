"""
How long processes take until they are ready, and what they hold of the memory once warm.

The commands are the real ones, with the integrations that are shipped; every start is a new
process. A server is ready when ``/readyz`` says so, a worker when it says so itself.
"""

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
from msgspec import Struct

from bench import telling
from bench.deployment import services_of, variables
from bench.findings import Findings, Series, at_most
from bench.ground import Ground, ground
from bench.load import Job
from bench.memory import Held, held, workers_of
from bench.processes import TREE, running
from bench.processor import seconds_of
from bench.seeding import sessions, token
from bench.stage import Wallet, make_keys, sent
from wallet.cli.demo import region

PYTHON = "python, doing nothing"
IMPORTS = "the imports of a server"
ON_SQLITE = "server, SQLite"
ON_POSTGRES = "server, PostgreSQL"
WORKER = "worker, PostgreSQL"
_SECONDS, _CPU = "seconds until ready", "processor seconds until ready"
_RSS, _PSS = "MB resident (RSS)", "MB proportional (PSS)"
_OFTEN: Final = 6  # a resident gets eight codes in a step of 30 s
_CONNECTIONS: Final = 8
_PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.01
_PATHS: Final = ("/v1/code", "/v1/code.svg", "/v1/code.png", "/sign-in", "/openapi.json")


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Attributes:
        rounds: how many starts of each.
        workers: processes of one server.
        residents: of each deployment; they have their codes shown to warm a server.
        of: what is started.
    """

    rounds: int
    workers: int
    residents: int = 60
    of: tuple[str, ...] = (PYTHON, IMPORTS, ON_SQLITE, ON_POSTGRES, WORKER)


class _Taken:
    """
    What was seen, by unit and name.
    """

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], list[float]] = {}

    def add(self, unit: str, name: str, value: float) -> None:
        self.values.setdefault((unit, name), []).append(value)

    def holds(self, name: str, each: Held) -> None:
        self.add(_RSS, name, each.rss_mb)
        self.add(_PSS, name, each.pss_mb)

    def median(self, unit: str, name: str) -> float:
        return Series(name=name, unit=unit, values=self.values[unit, name]).median

    def series(self) -> list[Series]:
        order = (_SECONDS, _CPU, _RSS, _PSS)
        found = [
            Series(name=name, unit=unit, values=values)
            for (unit, name), values in self.values.items()
        ]
        return sorted(found, key=lambda each: order.index(each.unit))


def run(plan: Plan) -> Findings:
    """
    Set everything up, measure, take everything down.
    """
    with ground() as place:
        wallets = asyncio.run(_wallets(plan, place))
        taken = _Taken()
        for number in range(1, plan.rounds + 1):
            measures = _measures(wallets)
            for name in plan.of:
                before, cpu = time.perf_counter(), _spent()
                with measures[name]() as process:
                    value = time.perf_counter() - before
                    taken.add(_SECONDS, name, value)
                    taken.add(_CPU, name, seconds_of(process) if process else _spent() - cpu)
                    telling.note(number, plan.rounds, name, f"{value:.2f} s")
                    _look(taken, name, process, wallets.get(name))
        return _findings(plan, place, taken)


def _spent() -> float:
    """
    Return the processor time of children that ended.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _measures(
    wallets: dict[str, Wallet],
) -> dict[str, Callable[[], AbstractContextManager[int]]]:
    return {
        PYTHON: partial(_done, "pass"),
        IMPORTS: partial(_done, "import wallet.cli.serving"),
        ON_SQLITE: partial(_served, wallets[ON_SQLITE]),
        ON_POSTGRES: partial(_served, wallets[ON_POSTGRES]),
        WORKER: partial(_working, wallets[ON_POSTGRES]),
    }


@contextmanager
def _done(program: str) -> Iterator[int]:
    subprocess.run([sys.executable, "-c", program], cwd=TREE, check=True)  # noqa: S603 - ours
    yield 0


@contextmanager
def _served(wallet: Wallet) -> Iterator[int]:
    with wallet.serving("wallet", "serve") as server:
        _until(partial(_ready, wallet.port))
        yield server


@contextmanager
def _working(wallet: Wallet) -> Iterator[int]:
    with TemporaryDirectory() as folder:
        output = Path(folder) / "worker.log"
        environment = variables(wallet.given)
        with running("wallet", "worker", environment=environment, output=output) as worker:
            _until(lambda: b"worker ready" in output.read_bytes())
            yield worker


def _until(reached: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not reached():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(_PAUSE_SECONDS)


def _ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _look(taken: _Taken, name: str, process: int, wallet: Wallet | None) -> None:
    """
    Warm a server, and note what it and its workers hold; a worker of its own idles instead.
    """
    if not process:
        return
    if wallet is None:
        taken.holds(name, held(process))
        return
    asyncio.run(_warm(wallet))
    taken.holds(f"{name}, its parent", held(process))
    for pid in workers_of(process):
        taken.holds(f"{name}, each of its workers", held(pid))


async def _warm(wallet: Wallet) -> None:
    """
    Have codes shown and scanned, pages and the document served.
    """
    services = services_of(wallet.settings())
    try:
        tokens = await sessions(services, wallet.residents)
        bearer = await token(services, wallet.desk)
    finally:
        await services.close()
    ready = [
        f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {each}\r\n\r\n".encode()
        for path in _PATHS * (_OFTEN // 3)
        for each in tokens
    ]
    await sent(Job(port=wallet.port, connections=_CONNECTIONS, seconds=60, ready=ready))
    codes = await wallet.codes(wallet.residents)
    await sent(
        Job(
            port=wallet.port,
            connections=_CONNECTIONS,
            seconds=60,
            token=bearer,
            codes=codes,
            key_prefix=f"warm-{codes[0][-12:]}",
        )
    )


async def _wallets(plan: Plan, place: Ground) -> dict[str, Wallet]:
    keys = place.folder / "keys.json"
    make_keys(keys)
    partners = region.Partners(
        **region.partner_settings(),
        urls=dict.fromkeys(("nhsa", "alipay", "health_card"), "http://127.0.0.1:9"),
    )
    file = region.write_private(
        place.folder / "integrations.json", region.integration_settings(partners)
    )
    wallets = {
        name: Wallet(
            place.sqlite("start") if name == ON_SQLITE else place.database("start"),
            keys,
            plan.residents,
            integration_settings=file,
            workers=plan.workers,
            log_level="warning",
        )
        for name in (ON_SQLITE, ON_POSTGRES)
    }
    for wallet in wallets.values():
        await wallet.prepare()
    return wallets


def _findings(plan: Plan, place: Ground, taken: _Taken) -> Findings:
    return Findings(
        bench="start",
        title="Start and memory",
        about=(
            "The real commands with the three shipped integrations, a new process each time, "
            f"a server with {plan.workers} workers. A server is ready when `/readyz` says so; "
            "after that each is warmed with codes as text, SVG and PNG, scans, a page and the "
            "OpenAPI document before its memory is looked at. A worker is looked at when ready."
        ),
        machine=place.described(),
        settings={"rounds": str(plan.rounds), "workers": str(plan.workers)},
        series=taken.series(),
        ratios=[],
        targets=[
            *(
                at_most(f"{name}: start to ready", taken.median(_SECONDS, name), 3, "s")
                for unit, name in taken.values
                if unit == _SECONDS and name not in {PYTHON, IMPORTS}
            ),
            *(
                at_most(f"{name}: memory (PSS)", taken.median(_PSS, name), 150, "MB")
                for unit, name in taken.values
                if unit == _PSS and "parent" not in name
            ),
        ],
    )


@click.command("start")
@telling.rounds
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 16))
@telling.out
def command(out: Path | None, **plan: Any) -> None:  # noqa: ANN401
    """
    Measure the time until a server or worker is ready, and the memory it holds.
    """
    telling.tell(run(Plan(**plan)), out)
