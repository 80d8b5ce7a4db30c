"""The database fixtures and what both databases have in common."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import ClassVar
from warnings import catch_warnings

import pytest
from sqlalchemy import CheckConstraint, MetaData, event, update
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select

from tests.fakes.clock import StandingClock
from wallet import deadlines
from wallet.db import engine as engines
from wallet.db.conflicts import insert_first
from wallet.db.engine import create_engine
from wallet.db.session import Database
from wallet.db.tables import big, blob, flag, instant, resident_table, text
from wallet.deadlines import Deadline
from wallet.errors import OverloadedError

_LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) "
    "SELECT count(*) FROM n"
)
_SLOW = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) "
    "SELECT count(*) FROM n"
)


class SampleRow(SQLModel, table=True):
    """A table outside the wallet's metadata, so that no other test meets it."""

    metadata: ClassVar[MetaData] = MetaData()
    __tablename__ = "sample_for_tests"
    __table_args__ = resident_table(CheckConstraint("amount_minor >= 0", "amount"))

    resident_id: int = big(key=True)
    sample_id: int = big(key=True)
    amount_minor: int = big()
    word: str = text()
    sealed: bytes = blob()
    live: bool = flag()
    at: object = instant()


@pytest.fixture
async def database(database: Database) -> AsyncIterator[Database]:
    async with database.engine.begin() as connection:
        await connection.run_sync(SampleRow.metadata.create_all)
    yield database
    async with database.engine.begin() as connection:
        await connection.run_sync(SampleRow.metadata.drop_all)


def _values(sample_id: int, amount_minor: int = 100) -> dict[str, object]:
    return {
        "resident_id": 1,
        "sample_id": sample_id,
        "amount_minor": amount_minor,
        "word": "张",
        "sealed": b"\x00\xff",
        "live": True,
        "at": StandingClock().now(),
    }


class TestColumns:
    async def test_values_come_back_as_they_went_in(self, database: Database) -> None:
        """
        Every column type means the same on both databases, instants included.
        """
        async with database.transaction() as session:
            await insert_first(session, SampleRow, _values(1))

        async with database.reading() as session:
            row = (await session.execute(select(SampleRow))).scalar_one()

        assert _values(1) == row.model_dump()

    async def test_checks_hold(self, database: Database) -> None:
        """
        A row that breaks a CHECK is refused by the database itself.
        """
        with pytest.raises(IntegrityError):
            async with database.transaction() as session:
                await insert_first(session, SampleRow, _values(1, amount_minor=-1))


class TestInsertFirst:
    async def test_the_second_loses(self, database: Database) -> None:
        """
        Of two rows with one key the first is kept and the second is told so.
        """
        async with database.transaction() as session:
            first = await insert_first(session, SampleRow, _values(1))
            second = await insert_first(session, SampleRow, _values(1))

        assert (True, False) == (first, second)

    async def test_one_of_many_at_once_wins(self, database: Database) -> None:
        """
        Of eight transactions that insert one key at the same time exactly one wins.
        """

        async def attempt() -> bool:
            async with database.transaction() as session:
                return await insert_first(session, SampleRow, _values(7))

        won = await asyncio.gather(*(attempt() for _ in range(8)))

        assert 1 == sum(won)


class TestTransaction:
    async def test_no_update_is_lost(self, database: Database) -> None:
        """
        Five conditional withdrawals of 60 from 100 at the same time: one succeeds.
        """
        async with database.transaction() as session:
            await insert_first(session, SampleRow, _values(1))

        async def withdraw() -> int:
            async with database.transaction() as session:
                statement = update(SampleRow).where(
                    col(SampleRow.resident_id) == 1, col(SampleRow.amount_minor) >= 60
                )
                result = await session.execute(
                    statement.values(amount_minor=SampleRow.amount_minor - 60)
                )
                return int(result.rowcount)

        counts = await asyncio.gather(*(withdraw() for _ in range(5)))

        assert [0, 0, 0, 0, 1] == sorted(counts)

    async def test_an_exception_rolls_back(self, database: Database) -> None:
        """
        Nothing of a transaction that failed remains.
        """

        async def fail() -> None:
            async with database.transaction() as session:
                await insert_first(session, SampleRow, _values(1))
                raise LookupError

        with pytest.raises(LookupError):
            await fail()

        async with database.reading() as session:
            rows = (await session.execute(select(SampleRow))).scalars().all()

        assert [] == rows


class TestDeadline:
    """A transaction whose caller waits no longer."""

    async def test_cut_off(self, database: Database) -> None:
        """
        It is rolled back and told as overload, and the next one finds a sound connection.
        """

        async def slow() -> None:
            async with database.transaction() as session:
                await insert_first(session, SampleRow, _values(1))
                await asyncio.sleep(5)

        with deadlines.within(Deadline(0.05, lambda: 0.0)), pytest.raises(OverloadedError):
            await slow()
        async with database.transaction() as session:
            rows = (await session.execute(select(SampleRow))).scalars().all()

        assert [] == rows

    async def test_leaves_no_lock(self, sqlite_url: str) -> None:
        """
        Whoever is cancelled amid a statement lets go of the lock, whoever still holds the cursor.
        """
        database, cursors = Database(create_engine(sqlite_url)), []
        begun = asyncio.Event()

        def before(_: object, cursor: object, statement: str, *__: object) -> None:
            cursors.append(cursor)
            if statement == _LONG:
                begun.set()

        event.listen(database.engine.sync_engine, "before_cursor_execute", before)

        async def count() -> None:
            async with database.transaction() as session:
                await session.execute(sql(_LONG))

        task = asyncio.create_task(count())
        await begun.wait()
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with database.transaction() as session:
            await session.execute(sql("SELECT 1"))
        await database.close()

        assert task.cancelled()

    async def test_statement_cancelled(self, postgres_url: str) -> None:
        """
        What the database is doing for it is cancelled there.
        """
        database = Database(create_engine(postgres_url))
        with deadlines.within(Deadline(0.1, lambda: 0.0)), pytest.raises(OverloadedError):
            async with database.reading() as session:
                await session.execute(sql("SELECT pg_sleep(20)"))
        sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)'"
        async with database.reading() as session:
            still = (await session.execute(sql(f"{sleeping} AND state = 'active'"))).scalar_one()
        await database.close()

        assert 0 == still

    async def test_silent_server(self, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        A server that does not answer in time is overloaded, whoever waits.
        """
        monkeypatch.setattr(engines, "_ANSWER_SECONDS", 0.1)
        database = Database(create_engine(postgres_url))
        with pytest.raises(OverloadedError):
            async with database.reading() as session:
                await session.execute(sql("SELECT pg_sleep(20)"))
        await database.close()

    async def test_time_out_of_its_own(self, database: Database) -> None:
        """
        A time-out of something inside is no overload.
        """
        with deadlines.within(Deadline(60, lambda: 0.0)), pytest.raises(TimeoutError):
            async with database.reading(), asyncio.timeout(0.01):
                await asyncio.sleep(5)


class TestReading:
    @pytest.mark.parametrize("ended", ["in order", "by a fault", "cut off"])
    async def test_leaves_a_connection_that_rolls_back(self, url: str, ended: str) -> None:
        """
        Whoever writes next over the same connection has a transaction, however the reading ended.
        """
        database = Database(create_engine(url, pool_size=1))
        async with database.engine.begin() as connection:
            await connection.run_sync(SampleRow.metadata.create_all)
        await _read(database, ended)
        with suppress(ZeroDivisionError):
            async with database.transaction() as session:
                await insert_first(session, SampleRow, _values(1))
                raise ZeroDivisionError
        await _read(database, ended)
        async with database.reading() as session:
            found = (await session.execute(select(SampleRow))).all()
        await database.close()

        assert [] == found

    async def test_opens_no_transaction(self, postgres_url: str) -> None:
        """
        Between two statements nothing is open on PostgreSQL that somebody could have to wait for.
        """
        database = Database(create_engine(postgres_url))
        state = sql("SELECT state FROM pg_stat_activity WHERE pid = :pid")
        async with database.reading() as session, database.reading() as other:
            pid = (await session.execute(sql("SELECT pg_backend_pid()"))).scalar_one()
            seen = (await other.execute(state, {"pid": pid})).scalar_one()
        await database.close()

        assert "idle" == seen


async def _read(database: Database, ended: str) -> None:
    """
    Read, and end it so.
    """
    over = 0.05 if ended == "cut off" else 60
    with deadlines.within(Deadline(over, lambda: 0.0)), suppress(OverloadedError, LookupError):
        async with database.reading() as session:
            await session.execute(select(1))
            if ended == "by a fault":
                raise LookupError
            if ended == "cut off":
                await session.execute(sql(_SLOW))


class TestClose:
    async def test_waits_for_what_is_rolled_back(self, url: str) -> None:
        """
        No connection of a transaction that was cancelled just before is left open.
        """

        async def closed_amid(database: Database) -> None:
            begun = asyncio.Event()

            async def slow() -> None:
                async with database.transaction() as session:
                    await session.execute(select(1))
                    begun.set()
                    await asyncio.sleep(5)

            tasks = [asyncio.create_task(slow()) for _ in range(6 if "postgres" in url else 1)]
            await begun.wait()
            for _ in range(2):
                for task in tasks:
                    task.cancel()
                await asyncio.sleep(0)
            await database.close()
            await asyncio.gather(*tasks, return_exceptions=True)

        with catch_warnings(record=True) as warned:
            await closed_amid(Database(create_engine(url)))
            gc.collect()

        assert [] == warned


class TestWaits:
    async def test_reported(self, database: Database) -> None:
        """
        How long each transaction stood in line for a connection is told.
        """
        waits: list[float] = []
        database.report_waits(waits.append)
        async with database.transaction(), database.reading():
            pass

        assert 2 == len(waits)


class TestPlaces:
    async def test_some_are_kept_free(self, database: Database) -> None:
        """
        Those who yield leave connections to whoever finishes a payment.
        """
        held: list[str] = []
        six = asyncio.Event()

        async def hold() -> None:
            with deadlines.within(Deadline(60, lambda: 0.0, yields=True)):
                async with database.reading() as session:
                    await session.connection()
                    held.append("held")
                    if len(held) == 6:
                        six.set()
                    await asyncio.sleep(60)

        tasks = [asyncio.create_task(hold()) for _ in range(20)]
        await six.wait()
        async with database.reading() as session:
            found = (await session.execute(select(SampleRow))).scalars().all()
        count = len(held)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

        assert (6, []) == (count, found)

    async def test_not_for_ever(self, database: Database) -> None:
        """
        Who yields and has no more time to wait for a connection is told so.
        """
        with (
            deadlines.within(Deadline(0.0, lambda: 1.0, yields=True)),
            pytest.raises(OverloadedError),
        ):
            async with database.reading():
                pass
