"""Pinned connections: single statements beside the engine's transactions."""

import asyncio

import pytest
from sqlalchemy import text

from wallet.db.engine import create_engine
from wallet.db.errors import NotServedError
from wallet.db.pinned import Pinned
from wallet.db.session import Database
from wallet.errors import OverloadedError


@pytest.fixture
async def database(postgres_url, anyio_backend):
    """
    A fresh PostgreSQL database.
    """
    del anyio_backend
    database = Database(create_engine(postgres_url))
    yield database
    await database.close()


@pytest.fixture
def pinned(database):
    """
    Its pinned connections.
    """
    return database.pinned()


async def end(database, pid):
    """
    End a connection as an operator would.
    """
    async with database.transaction() as session:
        await session.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})


class TestPinned:
    async def test_there_are_none_on_sqlite(self, sqlite_url):
        """
        SQLite has one writer and needs no connections beside it.
        """
        database = Database(create_engine(sqlite_url))

        assert database.pinned() is None

        await database.close()

    async def test_are_the_same_each_time(self, database):
        """
        A database has one set of them.
        """
        assert database.pinned() is database.pinned()

    async def test_fetch_rows(self, pinned):
        """
        Parameters go in, rows come out.
        """
        rows = await pinned.fetch("select $1::bigint + 1 as n", 41)

        assert [42] == [row["n"] for row in rows]

    async def test_a_broken_rule_undoes_the_statement_and_keeps_the_connection(self, pinned):
        """
        What another request did first is told, and the next statement runs on the same one.
        """
        before = await pinned.fetch("select pg_backend_pid() as pid")
        insert = "insert into identifier_index values ($1, 1, 'id_card')"
        await pinned.fetch(insert, b"x")
        with pytest.raises(NotServedError):
            await pinned.fetch(insert, b"x")
        after = await pinned.fetch("select pg_backend_pid() as pid")

        assert before == after

    async def test_a_faulty_statement_ends_its_connection(self, pinned):
        """
        What should never happen is logged and begun anew.
        """
        before = await pinned.fetch("select pg_backend_pid() as pid")
        with pytest.raises(NotServedError):
            await pinned.fetch("select 1 / $1::int", 0)
        after = await pinned.fetch("select pg_backend_pid() as pid")

        assert before != after

    async def test_a_statement_whose_connection_breaks_is_not_served(self, database, pinned):
        """
        Nobody knows what became of it; the next statement gets another connection.
        """
        pid = (await pinned.fetch("select pg_backend_pid() as pid"))[0]["pid"]
        under_way = asyncio.create_task(pinned.fetch("select pg_sleep(20)"))
        await asyncio.sleep(0.1)
        await end(database, pid)
        with pytest.raises(NotServedError):
            await under_way

        assert 1 == (await pinned.fetch("select 1 as n"))[0]["n"]

    async def test_an_idle_connection_that_broke_is_replaced(self, database, pinned):
        """
        A server that was started anew in between is not noticed.
        """
        pid = (await pinned.fetch("select pg_backend_pid() as pid"))[0]["pid"]
        await end(database, pid)
        await asyncio.sleep(0.1)

        assert pid != (await pinned.fetch("select pg_backend_pid() as pid"))[0]["pid"]

    async def test_a_server_that_is_not_there_does_not_serve(self, anyio_backend):
        """
        Nobody listens.
        """
        del anyio_backend
        engine = create_engine("postgresql://postgres@/x?host=/nonexistent")

        with pytest.raises(NotServedError):
            await Pinned(engine).fetch("select 1")

        await engine.dispose()

    async def test_who_gives_up_leaves_no_connection_in_doubt(self, pinned):
        """
        A statement that somebody stopped waiting for takes its connection with it.
        """
        before = await pinned.fetch("select pg_backend_pid() as pid")
        task = asyncio.create_task(pinned.fetch("select pg_sleep(20)"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        after = await pinned.fetch("select pg_backend_pid() as pid")

        assert before != after

    async def test_wait_their_turn(self, database):
        """
        More statements than connections run one after the other.
        """
        one = Pinned(database.engine, size=1)
        rows = await asyncio.gather(*(one.fetch("select $1::int as n", n) for n in range(8)))

        assert list(range(8)) == [row[0]["n"] for row in rows]

        await one.close()

    async def test_too_many_are_turned_away(self, database, monkeypatch):
        """
        Behind so many that wait, waiting is of no use.
        """
        monkeypatch.setattr("wallet.db.pinned._WAITING_MOST", 1)
        one = Pinned(database.engine, size=1)
        results = await asyncio.gather(
            *(one.fetch("select pg_sleep(0.05)") for _ in range(3)), return_exceptions=True
        )

        assert 1 == sum(isinstance(each, OverloadedError) for each in results)

        await one.close()

    async def test_serve_nobody_once_they_are_closed(self, database):
        """
        A statement under way ends; a later one is not served.
        """
        pinned = Pinned(database.engine, size=1)
        under_way = asyncio.create_task(pinned.fetch("select pg_sleep(0.1), 1 as n"))
        await asyncio.sleep(0.05)
        await pinned.close()

        assert 1 == (await under_way)[0]["n"]

        with pytest.raises(NotServedError):
            await pinned.fetch("select 1")
