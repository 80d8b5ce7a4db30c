"""
What is looked at several times in one transaction is read once.
"""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

Thing = TypeVar("Thing")


class Once(Generic[Thing]):
    """
    Reads something the first time that a transaction asks for it.

    For what is asked before it is changed: a change made meanwhile is not seen.

    Args:
        read: reads it.
    """

    def __init__(self, read: Callable[[AsyncSession], Awaitable[Thing]]) -> None:
        self._read = read
        self._seen: tuple[AsyncSession, Thing] | None = None

    async def __call__(self, session: AsyncSession) -> Thing:
        """
        Return it.
        """
        if self._seen is None or self._seen[0] is not session:
            self._seen = (session, await self._read(session))
        return self._seen[1]
