"""Raw connections of SQLite beside the engine's."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import text

from wallet.db.engine import create_engine
from wallet.db.errors import NotServedError, RivalryError
from wallet.db.session import Database

INSERT = "insert into identifier_index values (?, 1, 'id_card')"


@pytest.fixture
async def database(sqlite_url, anyio_backend):
    """
    A fresh SQLite database.
    """
    del anyio_backend
    database = Database(create_engine(sqlite_url))
    yield database
    await database.close()


@pytest.fixture
def direct(database):
    """
    Its raw connections.
    """
    return database.direct()


def rows(connection):
    return connection.execute("select count(*) from identifier_index").fetchone()[0]


def pragma(name):
    return lambda connection: connection.execute(f"pragma {name}").fetchone()[0]


class TestDirect:
    async def test_there_are_none_on_postgresql(self, postgres_url):
        """
        PostgreSQL has pinned connections instead.
        """
        database = Database(create_engine(postgres_url))

        assert database.direct() is None

        await database.close()

    async def test_are_the_same_each_time(self, database, direct):
        """
        A database has one writer.
        """
        assert database.direct() is direct

    async def test_what_was_written_is_read(self, direct):
        """
        What was written is there for whoever reads afterwards.
        """
        await direct.write(lambda connection: connection.execute(INSERT, (b"x",)))

        assert 1 == await direct.read(rows)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("synchronous", 2),
            ("journal_mode", "wal"),
            ("foreign_keys", 1),
            ("wal_autocheckpoint", 8000),
        ],
    )
    async def test_writes_are_durable(self, direct, name, value):
        """
        A commit is on the disk, as with the engine's connections; the log may grow to 32 MB.
        """
        assert value == await direct.write(pragma(name))

    async def test_who_reads_cannot_write(self, direct):
        """
        The reading connection refuses to write.
        """
        with pytest.raises(NotServedError):
            await direct.read(lambda connection: connection.execute(INSERT, (b"x",)))

    async def test_a_broken_rule_undoes_everything(self, direct):
        """
        What stood before the broken rule is gone too, and the next one works.
        """

        def twice(connection):
            connection.execute(INSERT, (b"x",))
            connection.execute(INSERT, (b"x",))

        with pytest.raises(RivalryError):
            await direct.write(twice)
        await direct.write(lambda connection: connection.execute(INSERT, (b"y",)))

        assert 1 == await direct.read(rows)

    async def test_any_other_fault_undoes_everything_too(self, direct):
        """
        A fault of ours in the middle leaves nothing behind and holds no lock.
        """

        def broken(connection):
            connection.execute(INSERT, (b"x",))
            raise LookupError

        with pytest.raises(LookupError):
            await direct.write(broken)

        assert 0 == await direct.write(rows)

    async def test_a_faulty_statement_is_not_served(self, direct):
        """
        Whoever asked asks another way.
        """
        with pytest.raises(NotServedError):
            await direct.write(lambda connection: connection.execute("select nothing"))

    async def test_waits_for_who_else_writes(self, database, direct):
        """
        A transaction of the engine's and one of these come one after the other.
        """
        async with database.transaction() as session:
            await session.execute(text("delete from identifier_index"))
            writing = asyncio.ensure_future(
                direct.write(lambda connection: connection.execute(INSERT, (b"x",)))
            )
            await asyncio.sleep(0.05)

            assert not writing.done()

        await writing

        assert 1 == await direct.read(rows)

    async def test_a_closed_one_does_not_serve(self, database, direct):
        """
        After the end nothing is opened again.
        """
        await direct.write(rows)
        await database.close()
        with pytest.raises(NotServedError):
            await direct.write(rows)

    async def test_is_closed_amid_work(self, database, direct):
        """
        Whoever comes back with more work while it is being closed is not served either.
        """

        async def work():
            while True:
                await direct.write(rows)

        working = asyncio.create_task(work())
        await asyncio.sleep(0.01)
        await database.close()
        async with asyncio.timeout(10):
            with pytest.raises(NotServedError):
                await working

        assert [None, None] == [lane._connection for lane in (direct._reader, direct._writer)]

    async def test_leaves_the_file_whole(self, database, direct, sqlite_url):
        """
        After the end the file stands alone, with all that was written.
        """
        await direct.write(lambda connection: connection.execute(INSERT, (b"x",)))
        await database.close()
        with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
            assert 1 == rows(connection)
        connection.close()
