"""The storage in memory does what both databases do: same answers, same refusals, same rows."""

from contextlib import nullcontext

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

import wallet.tables  # noqa: F401 - every table is known
from tests.simulation.storage.acts import Acts
from tests.simulation.storage.database import MemoryDatabase
from tests.simulation.storage.pens import light
from tests.simulation.storage.rules import predicate
from tests.simulation.storage.tables import Store
from wallet.calls.models import CallRow, LaneRow, SequenceRow
from wallet.idempotency.models import IdempotencyRow
from wallet.ledger.errors import NothingToReverseError, PostedBeforeError
from wallet.ledger.models import PostingRow
from wallet.settling.models import RefundRow, SettlementRow, TenderRow
from wallet.visiting.models import VisitRow
from wallet.work.models import WorkItemRow

MODELS = (
    CallRow,
    IdempotencyRow,
    LaneRow,
    PostingRow,
    RefundRow,
    SequenceRow,
    SettlementRow,
    TenderRow,
    VisitRow,
    WorkItemRow,
)
REFUSALS = (IntegrityError, NothingToReverseError, PostedBeforeError)
ACTS = 100


class Quiet:
    """
    Surroundings in which nothing happens.
    """

    async def before(self, *, writing):
        pass

    def committed(self, changes):
        pass

    def free(self):
        return nullcontext()


async def done(database, act):
    """
    Carry out an act in a transaction of its own; what it answers, or how it was refused.
    """
    try:
        async with database.transaction() as session:
            return await act(session)
    except REFUSALS as refusal:
        return type(refusal)


async def rows(database):
    """
    Return every row of every table that money needs.
    """
    found = {}
    async with database.reading() as session:
        for model in MODELS:
            names = [column.name for column in model.__table__.columns]
            read = (await session.execute(select(model))).scalars()
            found[model.__table__.name] = sorted(
                [tuple(getattr(row, name) for name in names) for row in read], key=repr
            )
    return found


class TestSameAsDatabases:
    @pytest.mark.parametrize(("words", "seed"), [("light", 0), ("light", 1), ("sqlalchemy", 2)])
    async def test_any_acts(self, database, words, seed):
        """
        After any acts in any order, answers and rows are those of the real database.
        """
        memory = MemoryDatabase(Store(), Quiet())
        real, modelled = Acts(seed), Acts(seed)
        for number in range(ACTS):
            name, act = real.next()
            expected = await done(database, act)
            _, act = modelled.next()
            with light() if words == "light" else nullcontext():
                found = await done(memory, act)

            assert (number, name, expected) == (number, name, found)
        assert await rows(database) == await rows(memory)

    async def test_what_is_not_committed(self):
        """
        A transaction that ends in a fault leaves nothing behind.
        """
        memory = MemoryDatabase(Store(), Quiet())

        async def act(session):
            session.add(LaneRow(party_id=1, integration_id="a", lane=1))
            await session.flush()
            raise NothingToReverseError

        assert NothingToReverseError is await done(memory, act)
        assert [] == (await rows(memory))["lanes"]

    async def test_what_others_see(self):
        """
        Nobody sees what is not committed, and afterwards everybody does.
        """
        memory = MemoryDatabase(Store(), Quiet())
        async with memory.transaction() as session:
            session.add(LaneRow(party_id=1, integration_id="a", lane=1))
            await session.flush()
            before = (await rows(memory))["lanes"]

        assert ([], [(1, "a", 1)]) == (before, (await rows(memory))["lanes"])


class TestConditions:
    @pytest.mark.parametrize(
        ("text", "row", "holds"),
        [
            ("a between 1 and b", {"a": 2, "b": 2}, True),
            ("a between 1 and b", {"a": 3, "b": 2}, False),
            ("a in ('x','y')", {"a": "y"}, True),
            ("a not in ('x','y')", {"a": "y"}, False),
            ("a <> 0 and b >= 0", {"a": 1, "b": 0}, True),
            ("(a is null) = (b is null)", {"a": None, "b": 1}, False),
            ("a = 'x' or b = 1", {"a": "", "b": 1}, True),
            ("a > 0", {"a": None}, True),
        ],
    )
    def test_read_from_sql(self, text, row, holds):
        """
        A condition of a table's is read as a database reads it.
        """
        assert holds == predicate(text)(row)
