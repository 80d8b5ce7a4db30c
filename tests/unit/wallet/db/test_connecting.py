"""Which of several PostgreSQL hosts is connected to, and what is told while there is none."""

import asyncio

import pytest
from sqlalchemy import make_url, text

from tests.fixtures.ports import ReservedPort
from wallet.db.connecting import Connecting, NoPrimaryError
from wallet.db.engine import create_engine
from wallet.db.faults import is_outage
from wallet.db.session import Database
from wallet.errors import OverloadedError


class Relay:
    """
    A host of its own in front of the tests' server, which can be switched off.
    """

    def __init__(self, folder):
        self._folder = folder
        self._port = ReservedPort()
        self.place = f"127.0.0.1:{self._port.number}"
        self.count = 0
        self._open = set()

    async def on(self):
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port.number, reuse_address=True
        )

    async def off(self):
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def close(self):
        await self.off()
        self._port.close()

    async def _serve(self, reader, writer):
        self.count += 1
        theirs, ours = await asyncio.open_unix_connection(f"{self._folder}/.s.PGSQL.5432")
        self._open |= {writer, ours}
        await asyncio.gather(_copied(reader, ours), _copied(theirs, writer))


async def _copied(reader, writer):
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@pytest.fixture
async def hosts(postgres_url, anyio_backend):
    """
    Two hosts that lead to the same server.
    """
    del anyio_backend
    folder = make_url(postgres_url).query["host"]
    relays = [Relay(folder), Relay(folder)]
    for relay in relays:
        await relay.on()
    yield relays
    for relay in relays:
        await relay.close()


def url_of(postgres_url, relays):
    """
    Return the address of a database behind several hosts.
    """
    name = make_url(postgres_url).database
    return f"postgresql://postgres@/{name}?" + "&".join(f"host={each.place}" for each in relays)


@pytest.fixture
async def database(postgres_url, hosts):
    """
    A database behind both.
    """
    database = Database(create_engine(url_of(postgres_url, hosts), pool_size=2))
    yield database
    await database.close()


async def asked(database):
    async with database.transaction() as session:
        return (await session.execute(text("select 1"))).scalar_one()


class TestHosts:
    async def test_the_one_that_served_last_comes_first(self, postgres_url, hosts):
        """
        The first host is passed over once, not at each connection.
        """
        connecting = Connecting(make_url(url_of(postgres_url, hosts)))
        await hosts[0].off()
        opened = [await connecting() for _ in range(3)]
        await hosts[0].on()
        opened.append(await connecting())
        for connection in opened:
            connection.terminate()

        assert (0, 4) == (hosts[0].count, hosts[1].count)

    async def test_one_that_takes_no_writes_is_passed_over(self, postgres_url, hosts):
        """
        A host whose sessions are read-only is no primary.
        """
        url = make_url(url_of(postgres_url, hosts))
        connecting = Connecting(url, {"default_transaction_read_only": "on"})

        with pytest.raises(NoPrimaryError):
            await connecting()

        assert (1, 1) == (hosts[0].count, hosts[1].count)

    async def test_a_wrong_name_is_told_as_such(self, postgres_url, hosts):
        """
        What no failover puts right is not called one.
        """
        url = make_url(url_of(postgres_url, hosts)).set(database="nowhere")

        with pytest.raises(Exception, match="does not exist"):
            await Connecting(url)()


class TestFailover:
    async def test_sessions_follow(self, database, hosts):
        """
        Connections that broke are replaced by those of the other host.
        """
        await asked(database)
        await hosts[0].off()
        await asyncio.sleep(0.05)  # until this end is told

        assert 1 == await asked(database)

    async def test_pinned_connections_follow(self, database, hosts):
        """
        So are the pinned ones.
        """
        pinned = database.pinned()
        await pinned.fetch("select 1")
        await hosts[0].off()
        await asyncio.sleep(0.05)

        assert 1 == (await pinned.fetch("select 1 as n"))[0]["n"]

    async def test_nobody_serves(self, database, hosts):
        """
        While no host serves a caller is told when to come again, and is served when one does.
        """
        await asked(database)
        for host in hosts:
            await host.off()
        with pytest.raises(OverloadedError) as told:
            await asked(database)
        await hosts[1].on()

        assert (1, 1) == (told.value.retry_after_seconds, await asked(database))

    async def test_broken_inside_a_transaction(self, database, hosts):
        """
        Whoever is in the middle of something is told the same.
        """

        async def interrupted():
            async with database.transaction() as session:
                await session.execute(text("select 1"))
                await hosts[0].off()
                await session.execute(text("select 1"))

        with pytest.raises(OverloadedError):
            await interrupted()

        assert 1 == await asked(database)

    async def test_broken_at_the_end_of_reading(self, database, hosts):
        """
        So is whoever has read everything when the connection breaks.
        """

        async def interrupted():
            async with database.reading() as session:
                await session.execute(text("select 1"))
                await hosts[0].off()

        with pytest.raises(OverloadedError):
            await interrupted()

        assert 1 == await asked(database)

    async def test_a_primary_that_is_none_any_more(self, database):
        """
        A host that says it takes no writes is left, and the caller told when to come again.
        """
        pids = []

        async def written(statement):
            async with database.transaction() as session:
                pids.append((await session.execute(text("select pg_backend_pid()"))).scalar_one())
                await session.execute(text(statement))
                await session.execute(text("update parties set name = name"))

        with pytest.raises(OverloadedError):
            await written("set transaction read only")
        await written("select 1")

        assert pids[0] != pids[1]


class TestOutages:
    @pytest.mark.parametrize(
        ("state", "expected"),
        [("57P01", True), ("08006", True), ("25006", True), ("23505", False), (None, False)],
    )
    def test_states(self, state, expected):
        """
        A server that goes is an outage; a rule that was broken is none.
        """
        fault = Exception()
        fault.sqlstate = state

        assert expected == is_outage(fault)
