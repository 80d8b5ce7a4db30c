"""One step after the other under a lease."""

import pytest

from tests.fixtures.desks import RESIDENT
from wallet.settling.handler import SettlementHandler
from wallet.work.errors import LeaseLostError


class Worker:
    """
    Holds the lease of one settlement and does its steps one by one.
    """

    def __init__(self, desk, folder):
        self._desk, self._settlement_id = desk, folder.settlement.settlement_id
        self._handler = SettlementHandler(
            database=desk.database,
            work=desk.work,
            conductor=desk.conductor,
            till=desk.counter.till,
        )

    async def claim(self):
        which = ("settlement", RESIDENT, self._settlement_id)
        self._lease = await self._desk.work.claim_one(*which, "worker")

    def reads_no_more(self):
        self._handler._get = None

    async def step(self):
        """
        Do a step; return the phase and step that it left.
        """
        await self._handler.step(self._lease)
        async with self._desk.database.reading() as session:
            key = (RESIDENT, self._settlement_id)
            state = (await self._desk.mover.records.get(session, *key)).state
        return state.phase, state.step


@pytest.fixture
async def opened(desk):
    """
    A settlement of which no step is done.
    """
    visit = await desk.visit()
    desk.inline._limit = 0
    return await desk.open(visit)


class TestSteps:
    async def test_what_the_step_before_left_is_not_read_again(self, desk, opened):
        """
        A step that follows at once begins with what the one before it committed.
        """
        worker = Worker(desk, opened)
        await worker.claim()
        first = await worker.step()
        worker.reads_no_more()
        second = await worker.step()

        assert (("pre_settling", "pre_settle"), "awaiting_approval") == (first, second[0])

    async def test_nobody_goes_on_from_it_after_a_takeover(self, desk, opened):
        """
        Whoever lost the lease meanwhile does nothing, and nothing is done twice.
        """
        old, new = Worker(desk, opened), Worker(desk, opened)
        await old.claim()
        await old.step()
        desk.clock.advance(31)
        await new.claim()
        taken_over = await new.step()
        with pytest.raises(LeaseLostError):
            await old.step()

        assert "awaiting_approval" == taken_over[0]
        assert 1 == desk.insurer.times("pre_settle")
