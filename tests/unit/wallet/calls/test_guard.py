"""The guard: a bad integration harms nobody else."""

import asyncio
import gc
import itertools
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from integrations.spi import UnavailableError
from wallet import deadlines
from wallet.calls.errors import NotStartedError
from wallet.calls.guard import Breaker, Guard
from wallet.deadlines import Deadline
from wallet.http.tally import NoTally


async def fine():
    return "fine"


async def crash():
    raise RuntimeError("a bug with a secret")


async def unavailable():
    raise UnavailableError("no answer")


async def hang():
    await asyncio.sleep(60)


async def stubborn():
    for _ in range(20):
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            continue
    raise RuntimeError("much later")


async def ends_the_process():
    raise SystemExit(3)


async def cancels_itself():
    raise asyncio.CancelledError


@pytest.fixture
def guard(clock):
    return Guard(clock=clock, most_at_once=2, threshold=2, pause_seconds=5)


class TestRun:
    async def test_returns_the_result(self, guard):
        """
        What the integration says is returned.
        """
        assert "fine" == await guard.run("a", 100, fine)

    @pytest.mark.parametrize(
        "call", [crash, ends_the_process, unavailable, hang, stubborn, cancels_itself]
    )
    async def test_everything_else_is_unavailable(self, guard, call):
        """
        Crashing, hanging and clinging to life are all just unavailable.
        """
        with pytest.raises(UnavailableError) as fault:
            await guard.run("a", 20, call)
        await asyncio.sleep(0.3)

        assert "secret" not in str(fault.value)

    async def test_a_wrong_type(self, guard):
        """
        A result of a wrong type is none.
        """
        with pytest.raises(UnavailableError):
            await guard.run("a", 100, fine, expected=(int,))

    async def test_too_many_at_once(self, guard):
        """
        More than so many calls of one integration are not even begun; others are not touched.
        """
        slow = [asyncio.create_task(guard.run("a", 200, hang)) for _ in range(2)]
        await asyncio.sleep(0.01)
        with pytest.raises(NotStartedError):
            await guard.run("a", 100, fine)
        assert "fine" == await guard.run("b", 100, fine)
        await asyncio.gather(*slow, return_exceptions=True)

    async def test_an_abandoned_call_keeps_its_place(self, guard):
        """
        A call that does not end takes up its place until it does.
        """
        for _ in range(2):
            with pytest.raises(UnavailableError):
                await guard.run("b", 10, stubborn)
        with pytest.raises(NotStartedError):
            await guard.run("b", 10, fine)
        await asyncio.sleep(0.4)

    async def test_the_callers_time(self, guard):
        """
        A call ends with its caller's time; that says nothing against the integration.
        """
        for _ in range(3):
            with (
                deadlines.within(Deadline(deadlines.KEPT_BACK_SECONDS + 0.01, lambda: 0.0)),
                pytest.raises(UnavailableError, match="too late"),
            ):
                await guard.run("a", 5_000, hang)

        assert "fine" == await guard.run("a", 100, fine)

    @pytest.mark.parametrize("call", [hang, stubborn])
    async def test_the_caller_leaves(self, guard, call):
        """
        So does one that is cancelled with its caller, and what it raises later is nobody's.
        """
        for _ in range(2):
            leaving = asyncio.create_task(guard.run("a", 5_000, call))
            await asyncio.sleep(0.01)
            leaving.cancel()
            await asyncio.wait({leaving})
        await asyncio.sleep(0.4)
        gc.collect()

        assert "fine" == await guard.run("a", 100, fine)

    async def test_no_time_left(self, guard):
        """
        Nothing is begun for a caller who waits no longer.
        """
        with (
            deadlines.within(Deadline(0.1, lambda: 0.0)),
            pytest.raises(NotStartedError),
        ):
            await guard.run("a", 5_000, fine)

    async def test_opens_and_probes(self, guard, clock):
        """
        After failures in a row nobody is asked; after a pause one probe decides.
        """
        for _ in range(2):
            with pytest.raises(UnavailableError):
                await guard.run("a", 100, crash)
        with pytest.raises(NotStartedError):
            await guard.run("a", 100, fine)
        clock.advance(5)
        assert "fine" == await guard.run("a", 100, fine)

        assert "fine" == await guard.run("a", 100, fine)

    async def test_results_may_count_as_failures(self, guard):
        """
        A value that tells of a failure counts like one.
        """
        for _ in range(2):
            await guard.run("a", 100, fine, failed=lambda result: result == "fine")
        with pytest.raises(NotStartedError):
            await guard.run("a", 100, fine)


class TestBreaker:
    def test_one_probe_at_a_time(self, clock):
        """
        While half open only the first to ask is let through.
        """
        breaker = Breaker(1, timedelta(seconds=5))
        breaker.note(clock.now(), failed=True)
        clock.advance(5)
        first, second = breaker.admits(clock.now()), breaker.admits(clock.now())
        breaker.note(clock.now(), failed=True)

        assert (True, False) == (first, second)
        assert not breaker.admits(clock.now())


class TestTally:
    async def test_opens_and_closes(self, clock):
        """
        A breaker that opens or closes is counted and logged, once each.
        """
        told = []
        guard = Guard(clock=clock, threshold=2, pause_seconds=5, tally=Told(told))
        with capture_logs() as written:
            for _ in range(2):
                with pytest.raises(UnavailableError):
                    await guard.run("a", 100, unavailable)
            clock.advance(5)
            for _ in range(2):
                await guard.run("a", 100, fine)

        assert [("a", "open"), ("a", "closed")] == told
        assert [("warning", "open"), ("info", "closed")] == [
            (line["log_level"], line["state"])
            for line in written
            if line["event"] == "breaker changed"
        ]

    async def test_calls(self, clock):
        """
        Each call is told with how it ended and how long it took; one held back took no time.
        """
        calls, ticks = [], itertools.count()
        guard = Guard(
            clock=clock, threshold=1, tally=Told([], calls), elapsed=lambda: float(next(ticks))
        )
        await guard.run("a", 100, fine)
        with pytest.raises(UnavailableError):
            await guard.run("a", 100, unavailable)
        with pytest.raises(NotStartedError):
            await guard.run("a", 100, fine)

        assert [("answered", 1.0), ("failed", 1.0), ("held_back", 0.0)] == calls


class Told(NoTally):
    """
    Keeps what it is told of breakers and calls.
    """

    def __init__(self, told, calls=None):
        self.told, self.calls = told, calls if calls is not None else []

    def call(self, integration_id, outcome, seconds):  # noqa: ARG002 - one integration
        self.calls.append((outcome, seconds))

    def breaker(self, integration_id, state):
        self.told.append((integration_id, state))
