"""Kept statements: past SQLAlchemy they do the very same, or are not past it at all."""

import asyncio

import pytest
from sqlalchemy import Text, event, func, select, text, update
from sqlalchemy.exc import IntegrityError

import wallet.tables  # noqa: F401 - every table
from tests.fixtures.traffic import Traffic
from wallet.db import engine as engines
from wallet.db import kept, keyed
from wallet.db.engine import create_engine
from wallet.db.faults import RolledBackError
from wallet.db.session import Database
from wallet.errors import OverloadedError
from wallet.work.models import WorkItemRow

KEY = {"resident_id": 1, "kind": "settlement", "subject_id": 7}
REST = {"lease_owner": None, "lease_until": None, "fence": 0, "wakes": 0, "attempts": 0}

TURNS = 12

_GIVE_UP = """
create or replace function give_up() returns int language plpgsql as
$$ begin raise exception using errcode = '40001'; end $$
"""


@pytest.fixture
async def database(url):
    """
    A database whose statements nobody listens to.
    """
    database = Database(create_engine(url))
    yield database
    await database.close()


@pytest.fixture
async def served(postgres_url, monkeypatch):
    """
    A PostgreSQL database whose server has little time to answer.
    """
    monkeypatch.setattr(engines, "_ANSWER_SECONDS", 0.5)
    database = Database(create_engine(postgres_url, pool_size=1))
    yield database
    await database.close()


@pytest.fixture
def item(clock):
    """
    Something to be done.
    """
    return KEY | REST | {"next_action_at": clock.now()}


async def run(database, *todo):
    """
    Do things in one transaction that has begun.
    """
    async with database.transaction() as session:
        await began(session)
        for do in todo:
            await do(session)


async def found(database):
    """
    Return what is in the database now.
    """
    async with database.reading() as session:
        return await keyed.one(session, WorkItemRow, **KEY)


def adding(item):
    """
    Return what adds a thing.
    """
    return lambda session: keyed.add(session, WorkItemRow, item)


async def began(session):
    """
    Begin the transaction; what follows may go past SQLAlchemy.
    """
    await keyed.one(session, WorkItemRow, **KEY)


class TestTheSame:
    async def test_values(self, database, item, clock):
        """
        Every kind of value is written and read as through SQLAlchemy.
        """
        table = keyed.table_of(WorkItemRow)
        given = item | {"lease_owner": "a", "lease_until": clock.now()}
        async with database.transaction() as session:
            await began(session)
            await keyed.add(session, WorkItemRow, given)
            past = await keyed.one(session, WorkItemRow, **KEY)
            through = (await session.execute(table.select())).one()

        assert through._asdict() == {name: getattr(past, name) for name in given}

    async def test_counts(self, database, item):
        """
        As many rows are told as were changed or removed.
        """
        async with database.transaction() as session:
            await began(session)
            for number in (7, 8):
                await keyed.add(session, WorkItemRow, item | {"subject_id": number})
            told = [
                await keyed.change(session, WorkItemRow, named, {"wakes": 1})
                for named in (KEY, {"resident_id": 1}, {"resident_id": 2})
            ]
            told += [await keyed.remove(session, WorkItemRow, KEY) for _ in range(2)]

        assert [True, False, False, True, False] == told

    async def test_all_or_nothing(self, database, item):
        """
        What went past SQLAlchemy is undone with its transaction.
        """

        async def fail(_session):
            raise LookupError

        with pytest.raises(LookupError):
            await run(database, adding(item), fail)

        assert await found(database) is None

    async def test_after_what_waits(self, database, item):
        """
        An object that waits to be written is written before, and seen.
        """
        async with database.transaction() as session:
            await began(session)
            session.add(WorkItemRow(**item))

            assert await keyed.one(session, WorkItemRow, **KEY) is not None

    async def test_in_the_next_transaction(self, database, item):
        """
        A session whose transaction has ended begins the next one.
        """

        async def undone(session):
            await session.rollback()
            await keyed.add(session, WorkItemRow, item)
            await session.rollback()

        await run(database, undone)

        assert await found(database) is None


class TestListened:
    async def test_nothing_goes_past(self, database):
        """
        Who listens to an engine hears every statement.
        """
        traffic = Traffic(database.engine)
        await run(database, began, began)

        assert 3 == len([each for each in traffic.statements if "work_items" in each])

    async def test_past(self, database):
        """
        While nobody does, none goes through SQLAlchemy.
        """
        through = []

        async def listening(session):
            connection = (await session.connection()).sync_connection
            event.listen(connection, "before_cursor_execute", lambda *told: through.append(told))

        async with database.transaction() as session:
            await listening(session)
            for _ in range(3):
                await began(session)

        assert [] == through


class TestRefused:
    async def test_by_a_rule(self, database, item):
        """
        A rule of the table is told as SQLAlchemy tells it.
        """
        with pytest.raises(IntegrityError):
            await run(database, adding(item), adding(item))

    async def test_by_a_rule_at_once(self, database, item):
        """
        So it is to the first statement of a transaction.
        """
        await run(database, adding(item))

        with pytest.raises(IntegrityError):
            async with database.transaction() as session:
                await keyed.add(session, WorkItemRow, item)

    async def test_as_many_values_as_there_are(self, database):
        """
        A statement whose text depends on its values cannot be kept.
        """
        column = keyed.table_of(WorkItemRow).c.subject_id
        statement = update(WorkItemRow).where(column.in_((1, 2))).values(wakes=1)

        with pytest.raises(TypeError):
            await run(database, lambda session: kept.count(session, statement, {}))


class TestBroken:
    """What goes wrong past SQLAlchemy is told as what goes wrong through it (PostgreSQL)."""

    async def test_given_up(self, served):
        """
        A transaction that was given up may be done again.
        """
        await run(served, lambda session: session.execute(text(_GIVE_UP)))

        with pytest.raises(RolledBackError):
            await run(served, lambda session: kept.rows(session, select(func.give_up()), {}))

    @pytest.mark.parametrize(
        "statement",
        [
            select(func.pg_sleep(20)),
            select(func.pg_terminate_backend(func.pg_backend_pid())),
        ],
        ids=["silent", "ended"],
    )
    async def test_connection(self, served, statement, item):
        """
        A connection that is of no use is told as overload, and the next one is sound.
        """
        with pytest.raises(OverloadedError):
            await run(served, lambda session: kept.rows(session, statement, {}))
        await run(served, adding(item))

        assert await found(served) is not None

    async def test_first(self, served, item):
        """
        So is one that breaks while a transaction begins.
        """

        async def broken():
            async with served.transaction() as session:
                await kept.rows(session, select(func.pg_sleep(20)), {})

        with pytest.raises(OverloadedError):
            await broken()
        await run(served, adding(item))

        assert await found(served) is not None

    async def test_count(self, served, item):
        """
        Likewise for a statement that returns no rows.
        """
        slow = update(WorkItemRow).values(wakes=func.length(func.pg_sleep(20).cast(Text)))
        await run(served, adding(item))

        with pytest.raises(OverloadedError):
            await run(served, lambda session: kept.count(session, slow, {}))


class TestCancelled:
    """A connection whose caller was cancelled loses nothing of the next one (PostgreSQL)."""

    async def test_as_it_begins(self, served, postgres_url, item):
        """
        Whenever a caller goes as its transaction begins, what others commit next stays.
        """
        others = Database(create_engine(postgres_url))
        for turns in range(TURNS):
            beginning = asyncio.create_task(run(served))
            for _ in range(turns):
                await asyncio.sleep(0)
            beginning.cancel()
            await asyncio.gather(beginning, return_exceptions=True)
            await run(served, adding(item | {"subject_id": turns}))

        async with others.reading() as session:
            stayed = await keyed.some(session, WorkItemRow, ("subject_id",), {"resident_id": 1})
        await others.close()

        assert list(range(TURNS)) == [each.subject_id for each in stayed]
