"""Which of several PostgreSQL hosts is connected to, and what is told while there is none."""

import asyncio
import ssl

import asyncpg
import pytest
import trustme
from sqlalchemy import event, make_url, text

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


class Guarded(Relay):
    """
    A host that speaks TLS and nothing else, as ``hostssl`` has it.
    """

    _ASKED = (8).to_bytes(4) + (80_877_103).to_bytes(4)  # SSLRequest of PostgreSQL's protocol

    def __init__(self, folder, certificate):
        super().__init__(folder)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        certificate.configure_cert(self._context)
        self.secured = 0

    async def _serve(self, reader, writer):
        if await reader.read(8) != self._ASKED:
            writer.close()
            return
        writer.write(b"S")
        try:
            await writer.start_tls(self._context)
        except (ssl.SSLError, ConnectionError):  # a certificate that the other end does not trust
            writer.transport.abort()
            return
        self.secured += 1
        await super()._serve(reader, writer)


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

    @pytest.mark.parametrize("way", [Database.transaction, Database.reading])
    async def test_broken_while_it_is_set_up(self, database, way):
        """
        A connection that ends before it is set up means that the database is away, nothing else.
        """

        @event.listens_for(database.engine.sync_engine, "connect", insert=True)
        def cut(connection, _record):
            connection.driver_connection.terminate()

        with pytest.raises(OverloadedError):
            async with way(database) as session:
                await session.execute(text("select 1"))

    async def test_broken_at_the_end_of_reading(self, database, hosts):
        """
        Whoever has read everything when the connection breaks has it; the next is told the same.
        """
        async with database.reading() as session:
            found = (await session.execute(text("select 1"))).scalar_one()
            await hosts[0].off()
        with pytest.raises(OverloadedError):
            await asked(database)

        assert (1, 1) == (found, await asked(database))

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


class TestTls:
    """Ways of TLS are written as libpq has them."""

    @pytest.fixture
    def authority(self):
        """
        Return an authority for certificates.
        """
        return trustme.CA()

    @pytest.fixture
    async def guarded(self, postgres_url, authority, anyio_backend):
        """
        A host with a certificate for its address.
        """
        del anyio_backend
        relay = Guarded(make_url(postgres_url).query["host"], authority.issue_cert("127.0.0.1"))
        await relay.on()
        yield relay
        await relay.close()

    @pytest.fixture
    def trusted(self, authority, tmp_path):
        """
        Return the file of the authority.
        """
        path = tmp_path / "authority.pem"
        authority.cert_pem.write_to_path(str(path))
        return path

    async def test_a_database_behind_tls_is_worked_with(self, postgres_url, guarded, trusted):
        """
        Certificate and name are verified, and the wallet's own statements pass.
        """
        url = url_of(postgres_url, [guarded])
        url += f"&sslmode=verify-full&sslrootcert={trusted}"
        database = Database(create_engine(url, pool_size=1))
        answer = await asked(database)
        await database.close()

        assert (1, 1) == (answer, guarded.secured)

    async def test_pinned_connections_speak_it_too(self, postgres_url, guarded, trusted):
        """
        So do the connections of an ordinary scan.
        """
        url = url_of(postgres_url, [guarded])
        url += f"&sslmode=verify-full&sslrootcert={trusted}"
        database = Database(create_engine(url, pool_size=1))
        rows = await database.pinned().fetch("select 1 as n")
        await database.close()

        assert (1, 1) == (rows[0]["n"], guarded.secured)

    async def test_an_authority_that_is_not_trusted(self, postgres_url, guarded, tmp_path):
        """
        A host with somebody else's certificate is told nothing.
        """
        other = tmp_path / "other.pem"
        trustme.CA().cert_pem.write_to_path(str(other))
        url = url_of(postgres_url, [guarded]) + f"&sslmode=verify-full&sslrootcert={other}"

        with pytest.raises(NoPrimaryError) as told:
            await Connecting(make_url(url))()

        assert isinstance(told.value.__cause__, ssl.SSLCertVerificationError)
        assert 0 == guarded.secured

    @pytest.mark.parametrize(("mode", "secured"), [("verify-full", 0), ("verify-ca", 1)])
    async def test_a_certificate_for_another_name(
        self, postgres_url, authority, trusted, mode, secured
    ):
        """
        A name is verified where that is asked for.
        """
        folder = make_url(postgres_url).query["host"]
        relay = Guarded(folder, authority.issue_cert("elsewhere.example"))
        await relay.on()
        url = url_of(postgres_url, [relay]) + f"&sslmode={mode}&sslrootcert={trusted}"
        try:
            connection = await Connecting(make_url(url))()
            connection.terminate()
        except NoPrimaryError:
            pass
        await relay.close()

        assert secured == relay.secured

    async def test_a_way_that_there_is_not(self, postgres_url, guarded):
        """
        A mistake in the address is told as such, and not taken for a failover.
        """
        url = url_of(postgres_url, [guarded]) + "&sslmode=sometimes"

        with pytest.raises(asyncpg.ClientConfigurationError, match="sslmode"):
            await Connecting(make_url(url))()

        assert 0 == guarded.count
