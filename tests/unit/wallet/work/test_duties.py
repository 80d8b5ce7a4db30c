"""Duties: done every few minutes, by one worker at a time, again when they broke."""

from datetime import timedelta

import pytest

import wallet.tables  # noqa: F401 - every table
from wallet.work.duties import Duty, schedule
from wallet.work.loop import Loop
from wallet.work.service import WorkService
from wallet.work.stepping import Stepper


class Sweeping:
    """
    Counts how often it was done; breaks as often as it is told.
    """

    def __init__(self):
        self.done, self.breaks = 0, 0

    async def __call__(self, session):
        del session
        if self.breaks:
            self.breaks -= 1
            raise RuntimeError
        self.done += 1
        return self.done - 1


@pytest.fixture
def sweeping():
    return Sweeping()


@pytest.fixture
def work(database, clock):
    return WorkService(database=database, clock=clock, lease_seconds=30)


@pytest.fixture
def loop(database, work, clock, sweeping):
    duty = Duty(database=database, work=work, clock=clock, do=sweeping, every=timedelta(minutes=5))
    stepper = Stepper(work=work, handlers={"sweep": duty}, clock=clock, token=bytes)
    return Loop(work=work, stepper=stepper, owner="w")


class TestDuty:
    async def test_rests_between(self, database, work, clock, sweeping, loop):
        """
        A duty is done once, and again after its pause.
        """
        await schedule(database, work, clock, "sweep")
        turns = [await loop.run_due(), await loop.run_due()]
        clock.advance(300)
        turns.append(await loop.run_due())

        assert ([1, 0, 1], 2) == (turns, sweeping.done)

    async def test_two_workers_start(self, database, work, clock, sweeping, loop):
        """
        However many workers start, there is one item; starting makes it due at once.
        """
        await schedule(database, work, clock, "sweep")
        await loop.run_due()
        await schedule(database, work, clock, "sweep")
        await schedule(database, work, clock, "sweep")

        assert (1, 2) == (await loop.run_due(), sweeping.done)

    async def test_breaks(self, database, work, clock, sweeping, loop):
        """
        A duty that broke is tried again after a while.
        """
        sweeping.breaks = 1
        await schedule(database, work, clock, "sweep")
        await loop.run_due()
        clock.advance(2)
        await loop.run_due()

        assert 1 == sweeping.done
