"""
Whether this process may go on with money now.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession


class Timekeeping(Protocol):
    """
    Whether the clock can be trusted.
    """

    def untrusted_seconds(self) -> int:
        """
        Return how long to wait; 0: it can.
        """
        ...


class Membership(Protocol):
    """
    Whether this process is of the deployment.
    """

    def insist(self, session: AsyncSession) -> Awaitable[None]:
        """
        Insist on it in a transaction.
        """
        ...


class Permission:
    """
    Asked before a step is begun, and within each transaction of one.

    Args:
        timekeeping: while the clock cannot be trusted nothing is begun.
        membership: a process that was taken over commits nothing.
        elapsed: a clock that only moves forward, in seconds.
    """

    def __init__(
        self, timekeeping: Timekeeping, membership: Membership, elapsed: Callable[[], float]
    ) -> None:
        self._timekeeping = timekeeping
        self._membership = membership
        self.elapsed = elapsed

    def paused(self) -> bool:
        """
        Tell whether nothing is to be begun now.
        """
        return self._timekeeping.untrusted_seconds() > 0

    async def insist(self, session: AsyncSession) -> None:
        """
        Insist that this process may write.

        Raises:
            OverloadedError: it may not; roll back.
        """
        await self._membership.insist(session)


class Always(Permission):
    """
    For a list of things to do that stands alone.
    """

    def __init__(self) -> None:
        self.elapsed = lambda: 0.0

    def paused(self) -> bool:
        """
        Never.
        """
        return False

    async def insist(self, session: AsyncSession) -> None:
        """
        Let everybody.
        """
