"""Bindings: one default per context, one live binding per integration."""

import asyncio

import pytest
from sqlmodel import select

from integrations.spi import Linked
from wallet.bindings.models import BindingRow
from wallet.bindings.service import BindingsService

RESIDENT = 4711


@pytest.fixture
def bindings(clock, ids, vault):
    return BindingsService(clock=clock, ids=ids, vault=vault)


class Book:
    """
    The service in short transactions.
    """

    def __init__(self, database, service):
        self.database, self.service = database, service

    async def keep(self, integration_id="first", subject="one", context="insurance"):
        async with self.database.transaction() as session:
            return await self.service.keep(
                session, RESIDENT, context, integration_id, Linked(subject=subject, label="标签")
            )

    async def do(self, name, *arguments):
        async with self.database.transaction() as session:
            return await getattr(self.service, name)(session, *arguments)

    async def live(self):
        """
        Return integration and default flag of the live bindings, oldest first.
        """
        live = await self.do("live", RESIDENT)
        return [(each.integration_id, each.is_default) for each in live]


@pytest.fixture
def book(database, bindings):
    return Book(database, bindings)


class TestKeep:
    async def test_the_first_is_the_default(self, book):
        """
        The first binding of a context is its default, a second one is not.
        """
        await book.keep()
        await book.keep("second")
        await book.keep("payer", context="payment")

        assert [("first", True), ("second", False), ("payer", True)] == await book.live()

    async def test_reads_back(self, book):
        """
        Subject and label come back as they were linked, and lie encrypted.
        """
        kept = await book.keep()
        async with book.database.reading() as session:
            row = (await session.execute(select(BindingRow))).scalar_one()

        assert kept == await book.do("binding", RESIDENT, kept.binding_id)
        assert ("one", "标签") == (kept.subject, kept.label)
        assert (b"one" in row.subject, "标签".encode() in row.label) == (False, False)

    async def test_the_same_subject_again(self, book):
        """
        Linking the same again changes nothing.
        """
        assert await book.keep() == await book.keep()
        assert 0 == await book.do("ended", RESIDENT, "first")

    async def test_another_subject(self, book):
        """
        Linking another subject replaces the binding and keeps it the default.
        """
        await book.keep()
        await book.keep("second")
        replaced = await book.keep(subject="two")

        assert [("second", False), ("first", True)] == await book.live()
        assert (True, 1) == (replaced.is_default, await book.do("ended", RESIDENT, "first"))

    @pytest.mark.parametrize("names", [("first", "second"), ("first", "first")])
    async def test_at_once(self, book, names):
        """
        Two links at once leave one default and one live binding per integration.
        """
        await asyncio.gather(
            *(book.keep(name, subject=str(place)) for place, name in enumerate(names))
        )
        live = await book.live()

        assert sorted(set(names)) == sorted(name for name, _ in live)
        assert 1 == sum(is_default for _, is_default in live)


class TestEnd:
    async def test_an_heir_becomes_the_default(self, book):
        """
        When the default ends the oldest other one of its context takes its place.
        """
        first = await book.keep()
        await book.keep("second")
        await book.keep("third")
        await book.keep("payer", context="payment")

        assert await book.do("end", first)
        assert [("second", True), ("third", False), ("payer", True)] == await book.live()

    async def test_of_another_than_the_default(self, book):
        """
        When another one ends the default stays.
        """
        await book.keep()
        second = await book.keep("second")
        await book.do("end", second)

        assert [("first", True)] == await book.live()

    async def test_twice(self, book):
        """
        What has ended does not end again, and stays to be read.
        """
        first = await book.keep()

        assert [True, False] == [await book.do("end", first), await book.do("end", first)]
        assert "ended" == (await book.do("binding", RESIDENT, first.binding_id)).status
        assert None is await book.do("default", RESIDENT, "insurance")


class TestMakeDefault:
    async def test_of_its_context(self, book):
        """
        One binding becomes the default and the former one stops being it.
        """
        await book.keep()
        second = await book.keep("second")
        await book.keep("payer", context="payment")

        assert await book.do("make_default", second)
        assert [("first", False), ("second", True), ("payer", True)] == await book.live()
        assert "second" == (await book.do("default", RESIDENT, "insurance")).integration_id

    async def test_at_once(self, book):
        """
        Whoever comes last, exactly one is the default.
        """
        both = await book.keep(), await book.keep("second")
        await asyncio.gather(*(book.do("make_default", each) for each in both * 3))

        assert [False, True] == sorted(is_default for _, is_default in await book.live())

    async def test_of_an_ended_one(self, book):
        """
        One that has ended does not become the default of anything.
        """
        first = await book.keep()
        second = await book.keep("second")
        await book.do("end", second)

        assert not await book.do("make_default", second)
        assert [("first", True)] == await book.live()
        assert first


class TestSnapshots:
    async def test_kept_and_forgotten(self, book, clock):
        """
        A snapshot comes back with the instant it was taken, until it is forgotten.
        """
        binding = await book.keep()
        place = RESIDENT, binding.binding_id
        await book.do("keep_snapshot", *place, {"label": "one"})
        kept = (await book.do("binding", *place)).snapshot
        await book.do("forget_snapshot", *place)

        assert ({"label": "one"}, clock.now()) == (kept.fields, kept.validated_at)
        assert None is (await book.do("binding", *place)).snapshot

    async def test_ends_with_the_binding(self, book):
        """
        An ended binding keeps no snapshot and takes none.
        """
        binding = await book.keep()
        place = RESIDENT, binding.binding_id
        await book.do("keep_snapshot", *place, {"label": "one"})
        await book.do("end", binding)
        await book.do("keep_snapshot", *place, {"label": "two"})

        assert None is (await book.do("binding", *place)).snapshot


class TestRedaction:
    async def test_reprs_show_nothing(self, book):
        """
        Neither a binding nor its snapshot shows anything personal.
        """
        binding = await book.keep()
        await book.do("keep_snapshot", RESIDENT, binding.binding_id, {"label": "李明"})
        kept = await book.do("binding", RESIDENT, binding.binding_id)

        assert ("Binding('first', 'live')", "Snapshot(…)") == (repr(kept), repr(kept.snapshot))
