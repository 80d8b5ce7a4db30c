"""
What is done for a caller ends with the caller's time.
"""

import asyncio
from types import TracebackType
from typing import Final

from wallet import deadlines
from wallet.errors import OverloadedError

_OVER: Final = "The time of this request was over."


class InTime:
    """
    Begins nothing too late, and cuts off what is in the block when the time is over.

    A time-out of something in the block is none of its own, and passes.

    Raises:
        OverloadedError: it was not begun, or was cut off.
    """

    __slots__ = ("_limit",)

    async def __aenter__(self) -> None:
        """
        Begin.
        """
        if deadlines.left() == 0:
            raise OverloadedError(_OVER, retry_after_seconds=1)
        self._limit: asyncio.Timeout = deadlines.enforced()
        await self._limit.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """
        End, or tell that it was cut off.
        """
        try:
            await self._limit.__aexit__(kind, fault, trace)
        except TimeoutError as over:
            raise OverloadedError(_OVER, retry_after_seconds=1) from over
