"""The measurement of overload: its client, and what it calls a target missed."""

import asyncio
import sys
from itertools import count
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bench.flood import Feed, Flood, Poured
from bench.overloaded import Plan, Told, table

_TREE = Path(__file__).parents[3]
TOLD = Told(
    peak=100.0,
    offered=1000.0,
    goodput=90.0,
    accepted_p99_ms=80.0,
    refused_p50_ms=5.0,
    refused_p99_ms=50.0,
    unexplained=0,
    calm_finishing_p99_ms=300.0,
    finishing_p99_ms=600.0,
    finished=20,
    put_off=0,
    recovery_seconds=1.0,
    client_cpu=0.2,
    dry=0,
    statuses={"200": 90, "503": 900},
    failed=[],
)


class TestMissed:
    def test_none(self):
        """
        A run that reaches every target missed none.
        """
        assert [] == TOLD.missed()
        assert "every target met" in table(TOLD, Plan(seconds=5))

    @pytest.mark.parametrize(
        ("name", "changes"),
        [
            ("goodput", {"goodput": 79.0}),
            ("refusals", {"refused_p99_ms": 101.0}),
            ("refusals", {"unexplained": 1}),
            ("finishing", {"finishing_p99_ms": 1001.0}),
            ("finishing", {"finishing_p99_ms": 0.0}),
            ("recovery", {"recovery_seconds": 30.0}),
        ],
    )
    def test_each(self, name, changes):
        """
        Each target is missed by itself; payments that nobody finished are no success.
        """
        told = replace(TOLD, **changes)

        assert [name] == told.missed()
        assert f"missed: {name}" in table(told, Plan(seconds=5))


class Every:
    """
    A server that refuses every second request, and notes what was asked.
    """

    def __init__(self):
        self.asked, self._turns = [], count()

    async def serve(self, reader, writer):
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            self.asked.append(await reader.readexactly(length))
            refused = next(self._turns) % 2
            line = b"503 Busy\r\nRetry-After: 1" if refused else b"200 OK"
            writer.write(b"HTTP/1.1 " + line + b"\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()


async def flooded(**changes):
    """
    Let a flood run for a second; return what it told, and what was asked of the server.
    """
    every = Every()
    server = await asyncio.start_server(every.serve, "127.0.0.1", 0)
    client = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.flood"),
        cwd=_TREE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    port = server.sockets[0].getsockname()[1]
    given = (
        Flood(port=port, connections=4, rate=100, seconds=1, **changes),
        Feed(token="t", codes=[f"FW{number:04d}" for number in range(200)]),
    )
    printed, _ = await client.communicate(b"".join(msgspec.json.encode(x) + b"\n" for x in given))
    server.close()
    return msgspec.json.decode(printed, type=Poured), every.asked


class TestFlood:
    async def test_shows_refused_ones_again(self):
        """
        It keeps to its rate, counts answers by status, and shows a refused code again.
        """
        told, asked = await flooded()

        assert 20 < told.sent <= 110
        assert {"200", "503"} == set(told.statuses)
        assert 0 == told.unexplained == told.dry
        assert len(set(asked)) < len(asked)

    async def test_shows_none_that_went_from_the_phone(self):
        """
        A code is shown for as long as it stands on a phone.
        """
        told, _ = await flooded(shown_seconds=0.2)

        assert 0 < told.sent < 60
        assert told.dry
