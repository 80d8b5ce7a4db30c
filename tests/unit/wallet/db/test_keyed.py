"""Rows by their key, on both databases, and what one transaction looks at twice."""

import pytest
from sqlalchemy.exc import IntegrityError

import wallet.tables  # noqa: F401 - every table
from wallet.db import keyed
from wallet.db.once import Once
from wallet.work.models import WorkItemRow

KEY = {"resident_id": 1, "kind": "settlement", "subject_id": 7}
ITEM = {
    **KEY,
    "next_action_at": None,
    "lease_owner": None,
    "lease_until": None,
    "fence": 0,
    "wakes": 0,
    "attempts": 0,
}


@pytest.fixture
async def session(database, clock):
    """
    A transaction in which three things of one resident are to be done.
    """
    async with database.transaction() as session:
        for number in (7, 8, 9):
            values = {"subject_id": number, "next_action_at": clock.now(), "fence": number // 8}
            await keyed.add(session, WorkItemRow, ITEM | values)
        yield session


class TestOne:
    async def test_by_its_key(self, session, clock):
        """
        A row has the columns of its model, with their types.
        """
        row = await keyed.one(session, WorkItemRow, **KEY)

        assert (7, clock.now(), None) == (row.subject_id, row.next_action_at, row.lease_owner)

    async def test_nobody(self, session):
        """
        There may be none.
        """
        assert await keyed.one(session, WorkItemRow, **KEY | {"subject_id": 6}) is None

    async def test_as_it_is_now(self, session):
        """
        What was changed in the transaction is seen.
        """
        before = await keyed.one(session, WorkItemRow, **KEY)
        await keyed.change(session, WorkItemRow, KEY, {"wakes": 3})
        after = await keyed.one(session, WorkItemRow, **KEY)

        assert (0, 3) == (before.wakes, after.wakes)


class TestSeveral:
    async def test_in_order(self, session):
        """
        The lowest first of the named columns; the last is the highest.
        """
        named, order = {"resident_id": 1}, ("fence", "subject_id")
        rows = await keyed.some(session, WorkItemRow, order, named)
        last = await keyed.last(session, WorkItemRow, order, named)

        assert ([7, 8, 9], 9) == ([row.subject_id for row in rows], last.subject_id)

    async def test_none(self, session):
        """
        Nobody has anything to do.
        """
        named = {"resident_id": 2}

        assert [] == list(await keyed.some(session, WorkItemRow, ("subject_id",), named))
        assert await keyed.last(session, WorkItemRow, ("subject_id",), named) is None


class TestChange:
    async def test_only_where_everything_holds(self, session):
        """
        A condition that does not hold changes nothing, and is told.
        """
        missed = await keyed.change(session, WorkItemRow, KEY | {"fence": 5}, {"wakes": 9})
        hit = await keyed.change(session, WorkItemRow, KEY | {"fence": 0}, {"wakes": 1})
        row = await keyed.one(session, WorkItemRow, **KEY)

        assert (False, True, 1) == (missed, hit, row.wakes)

    async def test_no_value_is_a_condition(self, session, clock):
        """
        None in a key stands for no value, and as a new value for none.
        """
        free = KEY | {"lease_owner": None, "lease_until": None}
        taken = {"lease_owner": "a", "lease_until": clock.now()}
        left = {"lease_owner": None, "lease_until": None}
        done = [
            await keyed.change(session, WorkItemRow, named, new)
            for named, new in ((free, taken), (free, taken), (KEY, left), (free, taken))
        ]

        assert [True, False, True, True] == done

    async def test_several_are_not_one(self, session):
        """
        All rows with the values change, and it is told that they were not one.
        """
        named = {"resident_id": 1, "fence": 1}

        assert not await keyed.change(session, WorkItemRow, named, {"wakes": 2})
        rows = await keyed.some(session, WorkItemRow, ("subject_id",), {"wakes": 2, **named})
        assert [8, 9] == [row.subject_id for row in rows]


class TestRemove:
    async def test_once(self, session):
        """
        What is gone cannot be removed again.
        """
        gone = [await keyed.remove(session, WorkItemRow, KEY) for _ in range(2)]

        assert [True, False] == gone


class TestAdd:
    async def test_rules_hold(self, session):
        """
        A row that a rule of its table is against is a fault.
        """
        with pytest.raises(IntegrityError):
            await keyed.add(session, WorkItemRow, ITEM | {"lease_owner": "nobody, for no time"})
        await session.rollback()


class TestOnce:
    async def test_in_each_transaction(self, database):
        """
        One transaction reads once, the next one again.
        """
        seen = []

        async def read(session):
            seen.append(session)
            return len(seen)

        once = Once(read)
        async with database.reading() as first, database.reading() as second:
            told = [await once(first), await once(first), await once(second)]

        assert [1, 1, 2] == told
