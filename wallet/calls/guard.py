"""
Keeps a slow, crashing, hanging or lying integration from harming anybody else.

The circuit breakers of the libraries at hand ask the machine's clock themselves and let everybody
through when half open; ours is told the time and lets one probe through.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from integrations.spi import UnavailableError
from wallet import deadlines
from wallet.calls.errors import NotStartedError
from wallet.clock import Clock
from wallet.http.tally import BreakerState, CallOutcome, NoTally, Tally

_log = structlog.get_logger("wallet.calls")

R = TypeVar("R")


class Breaker:
    """
    Opens after so many failures in a row; after a pause one probe decides.

    Args:
        threshold: failures in a row.
        pause: how long it stays open.
    """

    def __init__(self, threshold: int, pause: timedelta) -> None:
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._opened_at: datetime | None = None
        self._probing = False

    @property
    def state(self) -> BreakerState:
        """
        Tell whether calls are held back; half open counts as open.
        """
        return "closed" if self._opened_at is None else "open"

    def admits(self, now: datetime) -> bool:
        """
        Tell whether a call may go; when half open only the first to ask may.
        """
        if self._opened_at is None:
            return True
        if self._probing or now < self._opened_at + self._pause:
            return False
        self._probing = True
        return True

    def abstain(self) -> None:
        """
        Let the end of an admitted call say nothing: it was ours that had no more time, or left.
        """
        self._probing = False

    def note(self, now: datetime, *, failed: bool) -> None:
        """
        Count the end of a call that was admitted.
        """
        self._probing = False
        if not failed:
            self._failures, self._opened_at = 0, None
            return
        self._failures += 1
        if self._failures >= self._threshold:
            self._opened_at = now


class _TooLateError(UnavailableError):
    pass


class _Lane:
    def __init__(self, threshold: int, pause: timedelta) -> None:
        self.breaker = Breaker(threshold, pause)
        self.running: set[asyncio.Task[Any]] = set()


class Guard:
    """
    Runs calls of integrations, each integration in a lane of its own.

    Args:
        clock: for the breakers.
        most_at_once: calls of one integration under way at a time in this process.
        threshold: failures in a row that open its breaker.
        pause_seconds: how long it stays open.
        tally: is told of each call, and when a breaker opens or closes.
        elapsed: a clock that only moves forward, in seconds, to time calls by.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        most_at_once: int = 64,
        threshold: int = 8,
        pause_seconds: int = 5,
        tally: Tally | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._tally = tally or NoTally()
        self._most = most_at_once
        self._threshold = threshold
        self._pause = timedelta(seconds=pause_seconds)
        self._lanes: dict[str, _Lane] = {}

    async def run(
        self,
        integration_id: str,
        deadline_ms: int,
        call: Callable[[], Awaitable[R]],
        *,
        expected: tuple[type, ...] = (object,),
        failed: Callable[[R], bool] = lambda _result: False,
    ) -> R:
        """
        Run one call and return what came of it.

        The deadline holds even against code that swallows its cancellation: such a call is
        abandoned, and keeps its place in the lane until it really ends.

        Args:
            integration_id: whose call.
            deadline_ms: how long to wait; less where our own caller waits less.
            call: starts it.
            expected: the types a result may have.
            failed: tells whether a result counts against the integration.

        Raises:
            NotStartedError: the lane is full, its breaker open, or our caller's time over; nothing
                was called.
            UnavailableError: too late, crashed, or of a wrong type.
        """
        lane = self._lanes.setdefault(integration_id, _Lane(self._threshold, self._pause))
        seconds = deadlines.cut(deadline_ms / 1000)
        held_back = len(lane.running) >= self._most or seconds <= 0
        if held_back or not lane.breaker.admits(self._clock.now()):
            self.held_back(integration_id)
            raise NotStartedError("not asked")
        begun = self._elapsed()
        task = asyncio.ensure_future(_started(call))
        lane.running.add(task)
        task.add_done_callback(lane.running.discard)
        healthy = abstains = False
        try:
            result = await _finished(task, seconds, integration_id)
            if not isinstance(result, expected):
                _log.error("integration answered with a wrong type", integration=integration_id)
                raise UnavailableError("wrong type")
            healthy = not failed(result)
        except (_TooLateError, asyncio.CancelledError) as end:
            abstains = isinstance(end, asyncio.CancelledError) or seconds * 1000 < deadline_ms
            raise
        else:
            return result
        finally:
            outcome: CallOutcome = "answered" if healthy else "failed"
            self._tally.call(integration_id, outcome, self._elapsed() - begun)
            if abstains:
                lane.breaker.abstain()
            else:
                self._note(lane.breaker, integration_id, failed=not healthy)

    def held_back(self, integration_id: str) -> None:
        """
        Count a call that is not made now.
        """
        self._tally.call(integration_id, "held_back", 0.0)

    def _note(self, breaker: Breaker, integration_id: str, *, failed: bool) -> None:
        before = breaker.state
        breaker.note(self._clock.now(), failed=failed)
        if breaker.state == before:
            return
        write = _log.warning if breaker.state == "open" else _log.info
        write("breaker changed", integration=integration_id, state=breaker.state)
        self._tally.breaker(integration_id, breaker.state)


async def _started(call: Callable[[], Awaitable[R]]) -> R:
    """
    Run a call that may want to end the process.

    An event loop lets `SystemExit` and `KeyboardInterrupt` of a task through to whoever runs it,
    and so would end everybody's requests.
    """
    try:
        return await call()
    except (SystemExit, KeyboardInterrupt) as fault:
        _log.error("integration wanted to end the process", kind=type(fault).__name__)
        raise UnavailableError("wanted to end the process") from None


async def _finished(task: asyncio.Task[R], seconds: float, integration_id: str) -> R:
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(_look)
    if not task.done():
        raise _TooLateError("too late")
    if task.cancelled():
        raise UnavailableError("cancelled itself")
    fault = task.exception()
    if isinstance(fault, UnavailableError):
        raise UnavailableError(str(fault)) from fault
    if fault is not None:
        _log.error("integration crashed", integration=integration_id, kind=type(fault).__name__)
        raise UnavailableError("crashed") from None
    return task.result()


def _look(task: asyncio.Task[Any]) -> None:
    """
    Take the exception of an abandoned call, so that nobody complains that it was never looked at.
    """
    if not task.cancelled():
        task.exception()
