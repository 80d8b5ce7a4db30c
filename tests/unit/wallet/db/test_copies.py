"""What lies on one machine alone is not told as done."""

import pytest
from sqlalchemy import text

from wallet.db.copies import insist
from wallet.db.engine import create_engine
from wallet.db.session import Database
from wallet.errors import OverloadedError

_SLOW_COMMIT = (
    "create table slow (n int)",
    """create function doze() returns trigger language plpgsql as
    $$ begin perform pg_sleep(5); return null; end $$""",
    """create constraint trigger t after insert on slow deferrable initially deferred
    for each row execute function doze()""",
)


class TestInsist:
    async def test_writes_so_that_the_commit_waits(self, database):
        """
        A transaction that only read has something to commit, behind all that it saw.
        """
        if database.engine.dialect.name != "postgresql":
            async with database.transaction() as session:
                await insist(session)  # SQLite lies on one machine, and says so itself
            return
        ids = []
        async with database.transaction() as session:
            asked = text("select pg_current_xact_id_if_assigned()::text")
            await session.execute(text("select count(*) from parties"))
            ids.append((await session.execute(asked)).scalar_one())
            await insist(session)
            ids.append((await session.execute(asked)).scalar_one())

        assert (None, True) == (ids[0], ids[1] is not None)


class TestCommit:
    async def test_is_given_up(self, empty_postgres_url, anyio_backend, monkeypatch):
        """
        A commit that takes too long, as one without a standby does, is told as unknown.
        """
        del anyio_backend
        monkeypatch.setattr("wallet.db.session._COMMIT_SECONDS", 0.2)
        database = Database(create_engine(empty_postgres_url, pool_size=1))
        async with database.transaction() as session:
            for statement in _SLOW_COMMIT:
                await session.execute(text(statement))

        async def write():
            async with database.transaction() as session:
                await session.execute(text("insert into slow values (1)"))

        with pytest.raises(OverloadedError) as told:
            await write()
        async with database.reading() as session:
            count = (await session.execute(text("select count(*) from slow"))).scalar_one()
        await database.close()

        assert (1, 0) == (told.value.retry_after_seconds, count)
