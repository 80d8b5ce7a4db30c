"""
Steps of one thing under its lease, one after the other while the next is due at once.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from wallet.clock import Clock
from wallet.errors import ClockUntrustedError, OverloadedError, StateConflictError
from wallet.work.backoff import backoff
from wallet.work.errors import LeaseLostError
from wallet.work.service import Lease, WorkService

_log = structlog.get_logger("wallet.work")

LARGEST_RUN = 64


class Handler(Protocol):
    """
    Does the steps of one kind of work.
    """

    async def step(self, lease: Lease) -> datetime | None:
        """
        Do the next step and commit it.

        Returns:
            When the following step is due (now or earlier: at once), or None when there is none.
        """
        ...


class Stepper:
    """
    Does steps and gives the lease back, whatever happens.

    Args:
        handlers: per kind who does its steps.
        token: source of random bytes for the jitter.
    """

    def __init__(
        self,
        *,
        work: WorkService,
        handlers: Mapping[str, Handler],
        clock: Clock,
        token: Callable[[int], bytes],
    ) -> None:
        self._work = work
        self._handlers = handlers
        self._clock = clock
        self._token = token

    async def run(self, lease: Lease, more: Callable[[], bool]) -> None:
        """
        Do steps while they are due at once and `more` says so.
        """
        try:
            at = await self._steps(lease, more)
        except LeaseLostError:
            _log.warning("lease lost", kind=lease.kind)
        except ClockUntrustedError:
            await self._tried(lease, self._work.put_back(lease))
        except (StateConflictError, OverloadedError) as refusal:
            _log.info("step deferred", kind=lease.kind, problem=refusal.code)
            await self._later(lease)
        except Exception:  # noqa: BLE001 - one broken step must not stop the others
            _log.exception("step failed", kind=lease.kind, attempts=lease.attempts)
            await self._later(lease)
        else:
            await self._give_back(lease, at, progressed=True)

    async def _steps(self, lease: Lease, more: Callable[[], bool]) -> datetime | None:
        handler = self._handlers[lease.kind]
        for _ in range(LARGEST_RUN):
            if self._work.paused():
                raise ClockUntrustedError
            at = await handler.step(lease)
            if at is None or at > self._clock.now() or not more():
                return at
        return self._clock.now()

    async def _later(self, lease: Lease) -> None:
        wait = backoff(lease.attempts, self._token)
        await self._give_back(lease, self._clock.now() + wait, progressed=False)

    async def _give_back(self, lease: Lease, at: datetime | None, *, progressed: bool) -> None:
        await self._tried(lease, self._work.release(lease, at, progressed=progressed))

    async def _tried(self, lease: Lease, giving: Awaitable[None]) -> None:
        try:
            await giving
        except Exception:  # noqa: BLE001 - the lease runs out by itself
            _log.exception("lease not given back", kind=lease.kind)
