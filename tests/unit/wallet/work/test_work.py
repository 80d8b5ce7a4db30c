"""Things to do: claimed once, fenced, never forgotten."""

import asyncio
import gc
from datetime import timedelta

import pytest

import wallet.tables  # noqa: F401 - every table
from wallet import deadlines
from wallet.deadlines import Deadline
from wallet.errors import OverloadedError, StateConflictError
from wallet.work.backoff import backoff
from wallet.work.errors import LeaseLostError
from wallet.work.inline import Inline
from wallet.work.loop import Loop
from wallet.work.service import WorkService
from wallet.work.stepping import Stepper


@pytest.fixture
def work(database, clock):
    return WorkService(database=database, clock=clock, lease_seconds=30)


async def put(database, work, clock, *subjects, after=0):
    async with database.transaction() as session:
        for subject in subjects:
            at = clock.now() + timedelta(seconds=after)
            await work.schedule(session, "settlement", 1, subject, at)


class Script:
    """
    Does what a test wrote: an instant, None, or an exception per step.
    """

    def __init__(self, *steps):
        self.steps = list(steps)
        self.done = []

    async def step(self, lease):
        self.done.append(lease.subject_id)
        said = self.steps.pop(0) if self.steps else None
        if callable(said):
            said = await said(lease)
        if isinstance(said, Exception):
            raise said
        return said


def stepper(work, clock, script):
    return Stepper(work=work, handlers={"settlement": script}, clock=clock, token=bytes)


class TestClaim:
    async def test_what_is_due(self, database, work, clock):
        """
        Only what is due is claimed, oldest first.
        """
        await put(database, work, clock, 3, after=1)
        await put(database, work, clock, 2, after=-1)
        await put(database, work, clock, 1, after=-2)
        leases = await work.claim("w", 10)

        assert [1, 2] == sorted(lease.subject_id for lease in leases)

    async def test_once(self, database, work, clock):
        """
        What somebody holds is not claimed again until the lease runs out.
        """
        await put(database, work, clock, 1)
        (first,) = await work.claim("w", 10)
        assert [] == list(await work.claim("v", 10))
        clock.advance(31)
        (second,) = await work.claim("v", 10)

        assert second.fence == first.fence + 1

    async def test_side_by_side(self, database, work, clock):
        """
        Two workers never claim the same thing.
        """
        await put(database, work, clock, *range(20))
        claims = await asyncio.gather(*(work.claim(f"w{n}", 7) for n in range(4)))
        claimed = [lease.subject_id for leases in claims for lease in leases]

        assert len(claimed) == len(set(claimed))

    async def test_one_before_it_is_due(self, database, work, clock):
        """
        A request may take its own thing before it is due, unless somebody holds it.
        """
        await put(database, work, clock, 1, after=60)
        assert await work.claim_one("settlement", 1, 1, "i") is not None

        assert await work.claim_one("settlement", 1, 1, "j") is None
        assert await work.claim_one("settlement", 1, 9, "j") is None


class TestLease:
    async def test_is_fenced(self, database, work, clock):
        """
        Who lost the lease commits nothing.
        """
        await put(database, work, clock, 1)
        (lost,) = await work.claim("w", 1)
        clock.advance(31)
        await work.claim("w", 1)
        with pytest.raises(LeaseLostError):
            async with database.transaction() as session:
                await work.hold(session, lost)

    async def test_is_fenced_after_the_end(self, database, work, clock):
        """
        Who lost the lease commits nothing, though the thing was finished since and begun anew.
        """
        await put(database, work, clock, 1)
        (lost,) = await work.claim("w", 1)
        clock.advance(31)
        (ended,) = await work.claim("v", 1)
        await work.release(ended, None, progressed=True)
        await put(database, work, clock, 1)
        (mine,) = await work.claim("w", 1)
        with pytest.raises(LeaseLostError):
            async with database.transaction() as session:
                await work.hold(session, lost)
        async with database.transaction() as session:
            await work.hold(session, mine)

    async def test_is_prolonged(self, database, work, clock):
        """
        A step that goes on keeps its lease.
        """
        await put(database, work, clock, 1)
        (lease,) = await work.claim("w", 1)
        clock.advance(20)
        async with database.transaction() as session:
            await work.hold(session, lease)
        clock.advance(20)

        assert [] == list(await work.claim("v", 1))

    async def test_given_back(self, database, work, clock):
        """
        A thing given back is due at its next instant.
        """
        await put(database, work, clock, 1)
        (lease,) = await work.claim("w", 1)
        await work.release(lease, clock.now() + timedelta(seconds=5), progressed=True)
        assert [] == list(await work.claim("w", 1))
        clock.advance(5)

        assert 1 == len(await work.claim("w", 1))

    async def test_finished(self, database, work, clock):
        """
        A finished thing is off the list.
        """
        await put(database, work, clock, 1)
        (lease,) = await work.claim("w", 1)
        await work.release(lease, None, progressed=True)
        clock.advance(3600)

        assert [] == list(await work.claim("w", 1))

    @pytest.mark.parametrize("ending", ["later", "never"])
    async def test_a_wish_meanwhile_stands(self, database, work, clock, ending):
        """
        Somebody who asks for a step while it is worked on is not forgotten.
        """
        await put(database, work, clock, 1)
        (lease,) = await work.claim("w", 1)
        await put(database, work, clock, 1)
        at = clock.now() + timedelta(hours=1) if ending == "later" else None
        await work.release(lease, at, progressed=True)

        assert 1 == len(await work.claim("w", 1))


class TestStepper:
    async def test_goes_on_while_due(self, database, work, clock):
        """
        Steps follow one another while the next is due at once.
        """
        await put(database, work, clock, 1)
        script = Script(clock.now(), clock.now(), None)
        loop = Loop(work=work, stepper=stepper(work, clock, script), owner="w")

        assert 1 == await loop.run_due()
        assert [1, 1, 1] == script.done

    @pytest.mark.parametrize("fault", [RuntimeError("bug"), StateConflictError()])
    async def test_a_fault_is_tried_again(self, database, work, clock, fault):
        """
        A step that fails is tried again later, and no other is disturbed.
        """
        await put(database, work, clock, 1, 2)
        script = Script(fault, None)
        loop = Loop(work=work, stepper=stepper(work, clock, script), owner="w")
        await loop.run_due()
        assert 0 == await loop.run_due()
        clock.advance(2)

        assert 1 == await loop.run_due()

    async def test_a_lost_lease(self, database, work, clock):
        """
        Who lost the lease leaves the thing alone.
        """
        await put(database, work, clock, 1)
        script = Script(LeaseLostError())
        loop = Loop(work=work, stepper=stepper(work, clock, script), owner="w")
        await loop.run_due()

        assert [] == list(await work.claim("v", 1))

    async def test_an_endless_one(self, database, work, clock):
        """
        A thing that is always due lets others have a turn.
        """
        await put(database, work, clock, 1)
        script = Script(*[clock.now()] * 1000)
        loop = Loop(work=work, stepper=stepper(work, clock, script), owner="w")
        await loop.run_due()

        assert 64 == len(script.done)

    async def test_a_release_that_fails(self, database, work, clock):
        """
        A lease that cannot be given back runs out by itself.
        """

        class Broken(WorkService):
            async def release(self, lease, at, *, progressed):
                del lease, at, progressed
                raise RuntimeError("the database is away")

        broken = Broken(database=database, clock=clock)
        await put(database, work, clock, 1)
        loop = Loop(work=broken, stepper=stepper(broken, clock, Script()), owner="w")
        await loop.run_due()
        clock.advance(31)

        assert 1 == len(await work.claim("w", 1))


class TestLoop:
    async def test_runs_until_it_is_stopped(self, database, work, clock):
        """
        The loop works off what is due, rests, and ends when it is told to.
        """
        await put(database, work, clock, *range(5))
        script = Script()
        loop = Loop(
            work=work,
            stepper=stepper(work, clock, script),
            owner="w",
            idle_seconds=0.01,
            concurrency=2,
        )
        running = asyncio.create_task(loop.run())
        for _ in range(500):
            if len(script.done) == 5:
                break
            await asyncio.sleep(0.01)
        loop.stop()
        await running

        assert {0, 1, 2, 3, 4} == set(script.done)

    async def test_cuts_off_what_does_not_end(self, database, work, clock):
        """
        A step that takes longer than a stop may is cut off; its lease runs out by itself.
        """
        await put(database, work, clock, 1)
        begun = asyncio.Event()

        async def endless(lease):
            del lease
            begun.set()
            await asyncio.sleep(60)

        script = Script(endless)
        loop = Loop(work=work, stepper=stepper(work, clock, script), owner="w", drain_seconds=0.05)
        running = asyncio.create_task(loop.run())
        await begun.wait()
        loop.stop()
        async with asyncio.timeout(5):
            await running
        clock.advance(31)

        assert [1] == [lease.subject_id for lease in await work.claim("v", 10)]

    async def test_finishes_the_step_it_is_in(self, database, work, clock):
        """
        Stopping waits for the step under way.
        """
        await put(database, work, clock, 1)
        begun, ended = asyncio.Event(), []

        async def slow(lease):
            begun.set()
            await asyncio.sleep(0.05)
            ended.append(lease.subject_id)

        loop = Loop(work=work, stepper=stepper(work, clock, Script(slow)), owner="w")
        running = asyncio.create_task(loop.run())
        await begun.wait()
        loop.stop()
        await running

        assert [1] == ended

    async def test_survives_the_database(self, work, clock):
        """
        A claim that fails is tried again.
        """
        tries, thrice = [], asyncio.Event()

        class Broken(WorkService):
            async def claim(self, owner, limit):
                del owner, limit
                tries.append(1)
                if len(tries) == 3:
                    thrice.set()
                raise RuntimeError("the database is away")

        broken = Broken(database=None, clock=clock)
        loop = Loop(
            work=broken, stepper=stepper(work, clock, Script()), owner="w", idle_seconds=0.01
        )
        running = asyncio.create_task(loop.run())
        await asyncio.wait_for(thrice.wait(), 5)
        loop.stop()
        await running

        assert len(tries) >= 3


class TestInline:
    def inline(self, work, clock, script, limit_seconds=5.0):
        return Inline(
            work=work,
            stepper=stepper(work, clock, script),
            clock=clock,
            token=bytes,
            limit_seconds=limit_seconds,
        )

    async def test_drives_until_it_rests(self, database, work, clock):
        """
        A request drives its own thing while there is something to do at once.
        """
        await put(database, work, clock, 1)
        script = Script(clock.now(), clock.now() + timedelta(hours=1))
        await self.inline(work, clock, script).drive("settlement", 1, 1)

        assert [1, 1] == script.done

    async def test_waits_no_longer_than_its_limit(self, database, work, clock):
        """
        A slow step goes on by itself when the request has waited long enough.
        """
        await put(database, work, clock, 1)
        ended = []

        async def slow(lease):
            await asyncio.sleep(0.2)
            ended.append(lease.subject_id)

        inline = self.inline(work, clock, Script(slow), limit_seconds=0.02)
        await inline.drive("settlement", 1, 1)
        assert [] == ended
        await inline.close()

        assert [1] == ended

    async def test_goes_on_in_its_own_time(self, database, work, clock):
        """
        The request ends with its caller's time; the step under way knows no such end.
        """
        await put(database, work, clock, 1)
        left = []

        async def slow(_lease):
            await asyncio.sleep(0.1)
            left.append(deadlines.left())

        inline = self.inline(work, clock, Script(slow))
        with deadlines.within(Deadline(deadlines.KEPT_BACK_SECONDS + 0.02, lambda: 0.0)):
            await inline.drive("settlement", 1, 1)
        assert [] == left
        await inline.close()

        assert [None] == left

    async def test_leaves_a_worker_alone(self, database, work, clock):
        """
        What a worker holds is not driven.
        """
        await put(database, work, clock, 1)
        await work.claim("w", 1)
        script = Script()
        inline = self.inline(work, clock, script)
        await inline.drive("settlement", 1, 1)
        await inline.close()

        assert [] == script.done

    async def test_a_database_that_is_busy(self, anyio_backend, clock):
        """
        Where the thing cannot be claimed a worker does it; nothing is left for the loop to report.
        """
        del anyio_backend
        complaints = []
        asyncio.get_running_loop().set_exception_handler(lambda _, said: complaints.append(said))

        class Busy:
            async def claim_one(self, *_):
                raise OverloadedError

        inline = self.inline(Busy(), clock, Script())
        await inline.drive("settlement", 1, 1)
        await inline.close()
        del inline
        gc.collect()

        assert [] == complaints

    async def test_may_leave_everything_to_workers(self, database, work, clock):
        """
        With no time to wait nothing is begun; the thing stays due.
        """
        await put(database, work, clock, 1)
        script = Script()
        inline = self.inline(work, clock, script, limit_seconds=0)
        await inline.drive("settlement", 1, 1)
        await inline.close()

        assert [] == script.done
        assert 1 == len(await work.claim("w", 1))


class TestBackoff:
    def test_grows_to_a_limit(self):
        """
        The wait doubles, half of it random, up to five minutes.
        """
        low = [backoff(n, bytes).total_seconds() for n in (0, 1, 2, 3, 99)]
        high = backoff(99, lambda size: b"\xff" * size).total_seconds()

        assert [0.5, 0.5, 1.0, 2.0, 150.0] == low
        assert 299 < high < 300
