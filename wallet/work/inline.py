"""
Steps driven by the request that made them necessary, for as long as a desk likes to wait.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.errors import OverloadedError
from wallet.work.service import WorkService
from wallet.work.stepping import Stepper

_log = structlog.get_logger("wallet.work")


class Inline:
    """
    Drives one thing until it needs somebody or the time is up; a worker finishes the rest.

    Args:
        token: source of random bytes; names the lease's owner.
        limit_seconds: how long a request may wait; 0 leaves everything to workers.
    """

    def __init__(
        self,
        *,
        work: WorkService,
        stepper: Stepper,
        clock: Clock,
        token: Callable[[int], bytes],
        limit_seconds: float = 8,
    ) -> None:
        self._work = work
        self._stepper = stepper
        self._clock = clock
        self._token = token
        self._limit = limit_seconds
        self._tasks: set[asyncio.Task[None]] = set()

    async def schedule(
        self, session: AsyncSession, kind: str, resident_id: int, subject_id: int
    ) -> None:
        """
        Make the next step of a thing due now, in the transaction that makes it necessary.
        """
        await self._work.schedule(session, kind, resident_id, subject_id, self._clock.now())

    async def drive(self, kind: str, resident_id: int, subject_id: int) -> None:
        """
        Do what is due about one thing; returns when it rests or the time is up.

        A step that is under way then goes on by itself, so that no answer of a partner is lost.
        """
        if self._limit <= 0:
            return
        task = asyncio.create_task(self._drive(kind, resident_id, subject_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=self._limit)

    async def close(self) -> None:
        """
        Wait for the steps that are still under way.
        """
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _drive(self, kind: str, resident_id: int, subject_id: int) -> None:
        until = self._clock.now() + timedelta(seconds=self._limit)
        owner = f"inline-{self._token(8).hex()}"
        try:
            lease = await self._work.claim_one(kind, resident_id, subject_id, owner)
        except OverloadedError as refusal:
            _log.info("step deferred", kind=kind, problem=refusal.code)
            return
        except Exception:  # noqa: BLE001 - a worker finds it due
            _log.exception("claiming failed", kind=kind)
            return
        if lease is not None:
            await self._stepper.run(lease, lambda: self._clock.now() < until)
