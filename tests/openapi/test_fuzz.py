"""Schemathesis over the whole document: whatever is sent, the answer is one of the documented."""

import asyncio

import pytest

from tests.fakes.whole import whole
from tests.fixtures.callers import Resident, Terminal
from tests.fixtures.servers import serving
from tests.fixtures.stock import Stock
from tests.fixtures.towns import Town
from tests.openapi.fuzzing import Caller, callable_by, configuration, findings, schema_for
from wallet.cli.demo.ports import free_port

EVERY_PHASE = ("examples", "coverage", "fuzzing", "stateful")
# a terminal and a resident go through every boundary of what they may call; nobody's calls end at
# the door
PHASES = {"terminal": EVERY_PHASE, "resident": EVERY_PHASE, "nobody": ("examples", "fuzzing")}
LONG = pytest.mark.timeout(3_600)


@pytest.fixture
def examples(request):
    """
    How many requests are generated per operation and phase.
    """
    return request.config.getoption("--fuzz-examples")


class TestInProcess:
    @LONG
    @pytest.mark.parametrize("who", list(PHASES))
    def test_conforms(self, who, stock, made, examples):
        """
        Every answer to a terminal, a resident or nobody has a documented status, type and form.
        """
        caller = Caller(who, stock)
        schema = schema_for(
            made,
            who,
            configuration(examples if who != "nobody" else 1 + examples // 6, PHASES[who]),
        )
        schema.app = stock.terminal.town.app
        found = findings(schema, caller)

        assert "" == "\n".join(found)
        assert {each for each, _ in caller.statuses} == callable_by(made, who)
        assert who == "nobody" or caller.untouched() == []


class TestOverHTTP:
    @LONG
    def test_conforms(self, empty_postgres_url, made, examples):
        """
        The same holds behind the real server and over PostgreSQL.
        """
        town = Town(empty_postgres_url, *whole())
        port = free_port()
        stock = Stock(Terminal(town), Resident(town))
        schema = schema_for(
            made,
            "terminal",
            configuration(1 + examples // 2, ("examples", "fuzzing", "stateful")),
        )
        schema.config.update(base_url=f"http://127.0.0.1:{port}")
        running, stop = serve(town, port)
        try:
            found = findings(schema, Caller("terminal", stock))
        finally:
            town.call_soon(stop.set)
            running.result(timeout=30)
            town.close()

        assert "" == "\n".join(found)


def serve(town, port):
    """
    Begin to serve a town; return what ends when it is over, and what ends it.
    """
    stop = asyncio.Event()
    ready = asyncio.Event()

    async def serve_until_stopped():
        async with serving(town.inner, port):
            ready.set()
            await stop.wait()

    running = town.begin(serve_until_stopped())
    town.run(asyncio.wait_for(ready.wait(), 30))
    return running, stop
