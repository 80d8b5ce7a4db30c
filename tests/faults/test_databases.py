"""Databases that go away, fill up, or give a transaction up: nothing lost, nothing twice."""

import asyncio
import time

import pytest
from sqlalchemy import make_url, text

from tests.faults.scans import Scans
from tests.fixtures.cutting import COMMIT, SHORT_WAY, Cut, Way
from wallet.db.engine import create_engine, reading
from wallet.db.session import Database

_FAULTS = """
create sequence faults;
create function fail() returns trigger language plpgsql as $$ begin
    if nextval('faults') <= {times} then
        raise exception using errcode = '{state}', message = 'provoked';
    end if;
    return new;
end $$;
create trigger fail before insert on presentations for each row execute function fail();
"""


@pytest.fixture
async def opened(anyio_backend):
    """
    Opens databases, and closes them.
    """
    del anyio_backend
    made = []

    def at(url, **given):
        made.append(Database(create_engine(url, **given)))
        return made[-1]

    yield at
    for each in made:
        await each.close()


@pytest.fixture
def scans_on(opened, clock, ids, vault):
    """
    Founds a region in the database of a URL.
    """

    async def found(url, *, fast=True, **given):
        return await Scans.on(opened(url, **given), clock, ids, vault, fast=fast)

    return found


@pytest.fixture
async def scans(scans_on, url):
    """
    Scans on a fresh database of each kind.
    """
    return await scans_on(url, pool_size=2)


@pytest.fixture
async def way(anyio_backend, new_url, postgres_server_of_run):
    """
    A way to a PostgreSQL database of its own.
    """
    del anyio_backend
    async with Way(postgres_server_of_run, make_url(new_url("postgres")).database) as way:
        yield way


@pytest.fixture
async def own(new_url, scans_on):
    """
    Scans on a PostgreSQL database of their own.
    """
    return await scans_on(new_url("postgres"))


class TestCutAtCommit:
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("fast", [True, False], ids=["short way", "plain way"])
    async def test_once(self, fast, when, way, scans_on):
        """
        Whether the commit was heard or not, the same post again finds what became of it.
        """
        scans = await scans_on(way.url, fast=fast)
        await scans.accepted()
        way.cuts.append(Cut(SHORT_WAY if fast else COMMIT, when))
        tries = await scans.repeated()

        assert 1 == way.made
        assert tries[-1] == "accepted"
        assert set(tries[:-1]) <= {"OVERLOADED"}
        assert [2, 2] == [await scans.presentations(), await scans.used()]

    async def test_away_and_back(self, way, scans_on):
        """
        While there is no way to it, everything is refused for now; then it goes on.
        """
        scans = await scans_on(way.url)
        way.block()
        refused = [await scans.once() for _ in range(3)]
        way.clear()
        await scans.accepted()

        assert ["OVERLOADED"] * 3 == refused
        assert 1 == await scans.presentations()


class TestCancelled:
    @pytest.mark.parametrize("of", [Database.transaction, Database.reading])
    async def test_stays_so(self, of, way, opened):
        """
        Who is cancelled while the way to it is cut is not told of that: no loop goes on with it.
        """
        database, begun = opened(way.url), asyncio.Event()

        async def work():
            async with of(database) as session:
                await session.execute(text("select 1"))
                begun.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await begun.wait()
        way.block()
        task.cancel()
        await asyncio.wait({task})

        assert task.cancelled()


class TestGivenUp:
    @pytest.mark.parametrize("state", ["40001", "40P01"])
    async def test_done_again(self, own, state):
        """
        A transaction that PostgreSQL gave up is done again, whole, without anybody noticing.
        """
        await own.execute(_FAULTS.format(times=2, state=state))
        own.region.plainly()

        assert "accepted" == await own.once()
        assert [1, 1] == [await own.presentations(), await own.used()]

    async def test_not_for_ever(self, own):
        """
        After three times the caller is asked to come again, and nothing was used up.
        """
        await own.execute(_FAULTS.format(times=3, state="40P01"))
        own.region.plainly()
        tries = await own.repeated()

        assert ["OVERLOADED", "accepted"] == tries
        assert [1, 1] == [await own.presentations(), await own.used()]

    @pytest.mark.parametrize(
        ("state", "code"),
        [("53100", "STORAGE_FULL"), ("57014", "OVERLOADED"), ("58030", "OVERLOADED")],
        ids=["disk full", "statement took too long", "input or output failed"],
    )
    async def test_told(self, own, state, code):
        """
        What the server cannot do now is told as such, and can be done later.
        """
        await own.execute(_FAULTS.format(times=1, state=state))
        own.region.plainly()

        assert [code, "accepted"] == await own.repeated()
        assert [1, 1] == [await own.presentations(), await own.used()]


class TestNoConnectionLeft:
    async def test_refused_within_a_second(self, scans):
        """
        Whoever cannot have a connection is told so within a second; liveness needs none.
        """
        engine = reading(scans.region.database.engine)
        connect = engine.connect
        async with connect() as one, connect() as other, scans.client() as http:
            for connection in (one, other):
                await connection.exec_driver_sql("select 1")
            began = time.monotonic()
            answers = await asyncio.gather(
                http.get("/v1/me", headers=scans.bearer), http.get("/livez")
            )
            seconds = time.monotonic() - began

        assert [503, 200] == [answer.status_code for answer in answers]
        assert ("OVERLOADED", "1") == (
            answers[0].json()["code"],
            answers[0].headers["retry-after"],
        )
        assert seconds < 1


class TestFullDisk:
    async def test_sqlite(self, sqlite_url, scans_on):
        """
        A full disk refuses what has to be written; reading goes on, and so does everything later.
        """
        scans = await scans_on(sqlite_url, pool_size=1)
        scans.region.plainly()  # a connection of its own would know no limit
        await scans.limited(to_now=True)
        full = [await scans.once() for _ in range(30)][-1]
        async with scans.client() as http:
            read = await http.get("/v1/me", headers=scans.bearer)
        await scans.limited(to_now=False)
        before = await scans.presentations()
        await scans.accepted()

        assert ("STORAGE_FULL", 200) == (full, read.status_code)
        assert before + 1 == await scans.presentations()
        assert await scans.presentations() == await scans.used()
