"""Work that a process may not begin, or may not go on with."""

import pytest

from wallet.errors import OverloadedError
from wallet.work.errors import LeaseLostError
from wallet.work.permission import Permission
from wallet.work.service import WorkService
from wallet.work.stepping import Stepper

ITEM = ("settlement", 7, 8)
LEASE_SECONDS = 30


class Clockwork:
    """
    A clock that may be wrong, and a deployment that may have given this process up.
    """

    def __init__(self):
        self.untrusted, self.given_up, self.steady = 0, False, 0.0

    def untrusted_seconds(self):
        return self.untrusted

    async def insist(self, _session):
        if self.given_up:
            raise OverloadedError


class Wrong:
    """
    Steps in which the clock goes wrong.
    """

    def __init__(self, clockwork, clock):
        self.clockwork, self.clock, self.steps = clockwork, clock, 0

    async def step(self, _lease):
        self.steps += 1
        self.clockwork.untrusted = 60
        return self.clock.now()


@pytest.fixture
def clockwork():
    """
    A right clock and a process of the deployment.
    """
    return Clockwork()


@pytest.fixture
def work(database, clock, clockwork):
    """
    The list of things to do.
    """
    permission = Permission(clockwork, clockwork, lambda: clockwork.steady)
    return WorkService(
        database=database, clock=clock, lease_seconds=LEASE_SECONDS, permission=permission
    )


@pytest.fixture
async def lease(database, clock, work):
    """
    A lease of something that is due.
    """
    async with database.transaction() as session:
        await work.schedule(session, *ITEM, clock.now())
    return await work.claim_one(*ITEM, "one")


class TestClock:
    async def test_nothing_is_begun(self, database, clock, work, clockwork):
        """
        While the clock cannot be trusted nothing is claimed, however due it is.
        """
        async with database.transaction() as session:
            await work.schedule(session, *ITEM, clock.now())
        clockwork.untrusted = 60
        claimed = [*await work.claim("one", 8), await work.claim_one(*ITEM, "one")]
        clockwork.untrusted = 0

        assert [None] == claimed
        assert 1 == len(await work.claim("one", 8))

    async def test_given_back_as_it_was(self, clock, work, clockwork, lease):
        """
        What is under way ends with its step and stays due when it was, not by the wrong clock.
        """
        handler = Wrong(clockwork, clock)
        stepper = Stepper(work=work, handlers={"settlement": handler}, clock=clock, token=bytes)
        clock.advance(86_400)
        await stepper.run(lease, lambda: True)
        clock.advance(-86_400)
        clockwork.untrusted = 0

        assert 1 == handler.steps
        assert 1 == len(await work.claim("two", 8))


class TestConfirm:
    async def test_at_once(self, work, lease):
        """
        Whoever held a lease a moment ago need not ask.
        """
        assert await work.confirm(lease, work.elapsed()) is None

    async def test_stood_still_and_lost(self, clock, work, clockwork, lease):
        """
        Whoever stood still since, and lost the lease meanwhile, learns it before anything is sent.
        """
        held_at = work.elapsed()
        clockwork.steady += LEASE_SECONDS + 1
        clock.advance(LEASE_SECONDS + 1)
        await work.claim_one(*ITEM, "two")

        with pytest.raises(LeaseLostError):
            await work.confirm(lease, held_at)

    async def test_stood_still_and_kept(self, clock, work, clockwork, lease):
        """
        Nobody took it: the lease is prolonged, so that nobody can during the call.
        """
        held_at = work.elapsed()
        clockwork.steady += LEASE_SECONDS + 1
        clock.advance(LEASE_SECONDS + 1)
        await work.confirm(lease, held_at)

        assert await work.claim_one(*ITEM, "two") is None


class TestGivenUp:
    async def test_neither_begins_nor_ends(self, database, clock, work, clockwork, lease):
        """
        A process that was given up claims nothing, holds nothing and schedules nothing.
        """
        clockwork.given_up = True
        for act in (
            lambda _: work.claim("one", 8),
            lambda _: work.claim_one(*ITEM, "one"),
            lambda session: work.hold(session, lease),
            lambda session: work.schedule(session, *ITEM, clock.now()),
        ):
            with pytest.raises(OverloadedError):
                await _within(database, act)


async def _within(database, act):
    async with database.reading() as session:
        await act(session)
