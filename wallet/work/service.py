"""
What is due: schedule it, claim it under a lease, give it back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.work import repository
from wallet.work.errors import LeaseLostError
from wallet.work.repository import Lease

__all__ = ("Lease", "WorkService")


class WorkService:
    """
    Keeps the list of things to do.

    Args:
        lease_seconds: how long a step may take before somebody else may take it over; longer than
            any deadline of an outside call.
    """

    def __init__(self, *, database: Database, clock: Clock, lease_seconds: int = 30) -> None:
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_seconds)

    async def schedule(
        self, session: AsyncSession, kind: str, resident_id: int, subject_id: int, at: datetime
    ) -> None:
        """
        Make the next step of something due, in the transaction that makes it necessary.
        """
        await repository.put(session, (resident_id, kind, subject_id), at)

    async def claim(self, owner: str, limit: int) -> Sequence[Lease]:
        """
        Take up to `limit` due things of anybody.
        """
        now = self._clock.now()
        async with self._database.transaction() as session:
            return await repository.claim_due(
                session, owner=owner, now=now, until=now + self._lease, limit=limit
            )

    async def claim_one(
        self, kind: str, resident_id: int, subject_id: int, owner: str
    ) -> Lease | None:
        """
        Take one thing now; None when somebody holds it or it is not on the list.
        """
        now = self._clock.now()
        async with self._database.transaction() as session:
            return await repository.claim_one(
                session,
                (resident_id, kind, subject_id),
                owner=owner,
                now=now,
                until=now + self._lease,
            )

    async def overdue(self, by: timedelta) -> datetime | None:
        """
        Return since when something has been due that nobody works on, if for longer than that.
        """
        now = self._clock.now()
        async with self._database.reading() as session:
            return await repository.oldest_due(session, due_before=now - by, now=now)

    async def hold(self, session: AsyncSession, lease: Lease) -> None:
        """
        Prolong a lease inside the transaction of a step; the row stays locked until it ends.

        Raises:
            LeaseLostError: somebody else has it; roll back.
        """
        if not await repository.renew(session, lease, self._clock.now() + self._lease):
            raise LeaseLostError

    async def release(self, lease: Lease, at: datetime | None, *, progressed: bool) -> None:
        """
        Give a lease back: due again at an instant, or finished with None.
        """
        async with self._database.transaction() as session:
            if at is None:
                await repository.remove(session, lease)
            else:
                await repository.give_back(session, lease, at, progressed=progressed)
