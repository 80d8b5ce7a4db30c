"""
What is due: schedule it, claim it under a lease, give it back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.faults import repeated
from wallet.db.session import Database
from wallet.work import repository
from wallet.work.errors import LeaseLostError
from wallet.work.permission import Always, Permission
from wallet.work.repository import Lease

__all__ = ("Lease", "WorkService")


class WorkService:
    """
    Keeps the list of things to do. All that moves money goes through here, on either way in.

    Args:
        lease_seconds: how long a step may take before somebody else may take it over; longer than
            any deadline of an outside call.
        permission: whether this process may; always unless given.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        lease_seconds: int = 30,
        permission: Permission | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._permission = permission or Always()
        self._lease = timedelta(seconds=lease_seconds)

    async def schedule(
        self, session: AsyncSession, kind: str, resident_id: int, subject_id: int, at: datetime
    ) -> None:
        """
        Make the next step of something due, in the transaction that makes it necessary.

        Raises:
            OverloadedError: this process may write no money; roll back.
        """
        await self._permission.insist(session)
        await repository.put(session, (resident_id, kind, subject_id), at)

    @repeated
    async def claim(self, owner: str, limit: int) -> Sequence[Lease]:
        """
        Take up to `limit` due things of anybody; none while the clock cannot be trusted.
        """
        if self.paused():
            return ()
        now = self._clock.now()
        async with self._database.transaction() as session:
            await self._permission.insist(session)
            return await repository.claim_due(
                session, owner=owner, now=now, until=now + self._lease, limit=limit
            )

    @repeated
    async def claim_one(
        self, kind: str, resident_id: int, subject_id: int, owner: str
    ) -> Lease | None:
        """
        Take one thing now.

        Returns:
            None when somebody holds it, it is not on the list, or the clock cannot be trusted.
        """
        if self.paused():
            return None
        now = self._clock.now()
        async with self._database.transaction() as session:
            await self._permission.insist(session)
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
            OverloadedError: this process may write no money; roll back.
        """
        await self._permission.insist(session)
        if not await repository.renew(session, lease, self._clock.now() + self._lease):
            raise LeaseLostError

    async def put_back(self, lease: Lease) -> None:
        """
        Give a lease back as if it had not been taken: due when it was, by whatever clock.
        """
        async with self._database.transaction() as session:
            await repository.put_back(session, lease)

    def paused(self) -> bool:
        """
        Tell whether nothing is to be begun now, because the clock cannot be trusted.
        """
        return self._permission.paused()

    def elapsed(self) -> float:
        """
        Return seconds of a clock that only moves forward.
        """
        return self._permission.elapsed()

    async def confirm(self, lease: Lease, held_at: float) -> None:
        """
        Make sure, right before something leaves the house, that nobody else can have the lease.

        A process may have stood still since it held it: stopped, swapped out, a machine that
        moved. Half of the lease is for that, half for the call; later than that it asks again.

        Args:
            lease: of the step.
            held_at: when `hold` was called last, by `elapsed`.

        Raises:
            LeaseLostError: somebody else has it.
            OverloadedError: this process may write no money.
        """
        if self.elapsed() - held_at > self._lease.total_seconds() / 2:
            async with self._database.transaction() as session:
                await self.hold(session, lease)

    @repeated
    async def release(self, lease: Lease, at: datetime | None, *, progressed: bool) -> None:
        """
        Give a lease back: due again at an instant, or finished with None.
        """
        async with self._database.transaction() as session:
            if at is None:
                await repository.remove(session, lease)
            else:
                await repository.give_back(session, lease, at, progressed=progressed)
