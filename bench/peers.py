"""
A scan beside what is nearest to it elsewhere: one request that says what a token is worth.

A scan reads, uses a code up and writes; introspection only reads. The peers are fetched by exact
version and digest into the environment's folder when this is asked for, and at no other time.
"""

import asyncio
import base64
import os
import secrets
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import aiohttp
import click
import msgspec
from msgspec import Struct
from yarl import URL

from bench import fetching, telling
from bench.findings import Findings, Series, at_least, ratio
from bench.ground import Ground, ground
from bench.load import Job, Tally
from bench.partners import await_port
from bench.processes import program_running
from bench.processor import seconds_of
from bench.stage import Wallet, make_keys, sent
from tools.javascript.node import node
from wallet.cli.demo.ports import free_port

RESOLVE: Final = "resolve, PostgreSQL, writes"
PROVIDER: Final = "oidc-provider introspection, memory, reads"
TOOLKIT: Final = "django-oauth-toolkit introspection, PostgreSQL, reads"
LIMITS: Final = {PROVIDER: 1.0, TOOLKIT: 10.0}
_FIRST_GUESS: Final = 1500
_ROOM: Final = 1.5
_TOKENS: Final = 100
_THREADS: Final = 4
_DATABASE: Final = "toolkit"
_PATIENCE_SECONDS: Final = 30.0


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Attributes:
        seconds: of each variant in each round.
        rounds: how many.
        connections: of the client.
        residents: of the wallet.
    """

    seconds: int
    rounds: int
    connections: int
    residents: int


class Taken(Struct, frozen=True, kw_only=True):
    """
    What one variant gave in one round.
    """

    tally: Tally
    server_us: float


class Peer(Struct, frozen=True, kw_only=True):
    """
    A running peer and how it is asked.

    Attributes:
        path: of its introspection.
        tokens: it is asked about them in turns.
        authorization: of whoever asks.
    """

    pid: int
    port: int
    path: str
    tokens: list[str]
    authorization: str

    async def round(self, plan: Plan, most: int) -> Taken:
        """
        Let the client ask for a while.
        """
        ready = [self._request(token) for token in islice(cycle(self.tokens), most)]
        job = Job(port=self.port, connections=plan.connections, seconds=plan.seconds, ready=ready)
        before = seconds_of(self.pid)
        tally = await sent(job)
        return _taken(tally, seconds_of(self.pid) - before)

    def _request(self, token: str) -> bytes:
        body = f"token={token}"
        return (
            f"POST {self.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            f"authorization: {self.authorization}\r\n"
            "content-type: application/x-www-form-urlencoded\r\n"
            f"content-length: {len(body)}\r\n\r\n{body}"
        ).encode()


def run(plan: Plan) -> Findings:
    """
    Fetch what is not there yet, set everything up, measure, take everything down.
    """
    folder, python = fetching.provider(), fetching.django()
    with ground() as place, ExitStack() as stack:
        wallet = _wallet(plan, place)
        stack.enter_context(wallet.serving())
        peers = {
            PROVIDER: stack.enter_context(_provider(folder, place)),
            TOOLKIT: stack.enter_context(_toolkit(python, place)),
        }
        wallet.await_ready()
        taken = asyncio.run(_measured(plan, wallet, peers))
        return findings(plan, place.described(), taken)


async def _measured(plan: Plan, wallet: Wallet, peers: dict[str, Peer]) -> dict[str, list[Taken]]:
    taken: dict[str, list[Taken]] = {name: [] for name in (RESOLVE, *peers)}
    for number in range(plan.rounds + 1):
        for name, before in taken.items():
            guess = max((each.tally.rate for each in before), default=_FIRST_GUESS)
            most = max(int(guess * _ROOM * plan.seconds), plan.connections)
            if name == RESOLVE:
                tally, spent = await wallet.round(plan.seconds, plan.connections, most)
                each = _taken(tally, spent)
            else:
                each = await peers[name].round(plan, most)
            if number:  # the first round warms
                before.append(each)
                telling.note(number, plan.rounds, name, f"{each.tally.rate:.0f}/s")
    return taken


def _taken(tally: Tally, spent: float) -> Taken:
    answers = max(sum(tally.statuses.values()), 1)
    return Taken(tally=tally, server_us=spent / answers * 1_000_000)


def _wallet(plan: Plan, place: Ground) -> Wallet:
    keys = place.folder / "keys.json"
    make_keys(keys)
    wallet = Wallet(place.database("wallet"), keys, plan.residents)
    asyncio.run(wallet.prepare())
    return wallet


@contextmanager
def _provider(folder: Path, place: Ground) -> Iterator[Peer]:
    client, secret = "bench", secrets.token_hex(16)
    output = place.folder / "provider.log"
    program = (*node(), "introspection.mjs", client, secret)
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    with program_running(program, {"PATH": os.environ.get("PATH", "")}, folder, output) as pid:
        issuer = _first_line(output)
        yield Peer(
            pid=pid,
            port=URL(issuer).port or 0,
            path="/token/introspection",
            tokens=asyncio.run(_tokens(issuer, f"Basic {basic}")),
            authorization=f"Basic {basic}",
        )


def _first_line(output: Path) -> str:
    until = time.monotonic() + _PATIENCE_SECONDS
    while b"\n" not in output.read_bytes():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.05)
    return output.read_text().splitlines()[0]


async def _tokens(issuer: str, authorization: str) -> list[str]:
    async with aiohttp.ClientSession(headers={"authorization": authorization}) as http:
        tokens = []
        for _ in range(_TOKENS):
            form = {"grant_type": "client_credentials"}
            async with http.post(f"{issuer}/token", data=form) as answer:
                answer.raise_for_status()
                tokens.append(str((await answer.json())["access_token"]))
        return tokens


@contextmanager
def _toolkit(python: Path, place: Ground) -> Iterator[Peer]:
    place.database(_DATABASE)
    environment = {
        "PATH": "",
        "BENCH_DATABASE": _DATABASE,
        "BENCH_HOST": str(place.server.root),
    }
    printed = subprocess.run(  # noqa: S603 - ours
        [python, "django_site.py"],
        cwd=fetching.BESIDE,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    own, *tokens = msgspec.json.decode(printed, type=list[str])
    port = free_port()
    program = (
        *(python, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-log"),
        *("--blocking-threads", str(_THREADS), "django_site:application"),
    )
    with program_running(program, environment, fetching.BESIDE) as pid:
        await_port(port)
        yield Peer(
            pid=pid,
            port=port,
            path="/introspect/",
            tokens=tokens,
            authorization=f"Bearer {own}",
        )


def findings(plan: Plan, told: dict[str, str], taken: dict[str, list[Taken]]) -> Findings:
    """
    Return what was found.
    """
    series = {name: _series(name, each) for name, each in taken.items()}
    ratios = [ratio(series[RESOLVE], series[name]) for name in LIMITS]
    cpu = {
        name: Series(name=f"server CPU of {name}", unit="", values=[one.server_us for one in each])
        for name, each in taken.items()
    }
    return Findings(
        bench="peers",
        title="A scan beside its peers",
        about=(
            "One process each, the same client and connections, in turns. A scan uses a code up "
            "and writes what it disclosed; introspection says what a token is worth and only "
            "reads. oidc-provider keeps everything in memory; django-oauth-toolkit reads the "
            f"same PostgreSQL, with granian (WSGI) and {_THREADS} threads."
        ),
        machine=told,
        settings={name: str(getattr(plan, name)) for name in plan.__struct_fields__},
        series=list(series.values()),
        ratios=[*ratios, *(ratio(cpu[name], cpu[RESOLVE]) for name in LIMITS)],
        targets=[
            at_least(f"{each.of} ÷ {each.to}", each.median, LIMITS[each.to]) for each in ratios
        ],
    )


def _series(name: str, taken: list[Taken]) -> Series:
    tallies = [each.tally for each in taken]
    return Series(
        name=name,
        unit="requests per second",
        values=[each.rate for each in tallies],
        more={
            "p50 ms": f"{statistics.median(each.p50_ms for each in tallies):.1f}",
            "p99 ms": f"{statistics.median(each.p99_ms for each in tallies):.1f}",
            "server CPU µs": f"{statistics.median(each.server_us for each in taken):.0f}",
            "refused": f"{sum(each.refused for each in tallies)}",
        },
    )


@click.command("peers")
@telling.seconds
@telling.rounds
@click.option("--connections", default=32, show_default=True, type=click.IntRange(1, 256))
@click.option("--residents", default=2000, show_default=True, type=click.IntRange(10, 100_000))
@telling.out
def command(out: Path | None, **plan: Any) -> None:  # noqa: ANN401
    """
    Measure a scan beside oidc-provider and django-oauth-toolkit, which are fetched for it.
    """
    telling.tell(run(Plan(**plan)), out)
