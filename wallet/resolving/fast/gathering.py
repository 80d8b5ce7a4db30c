"""
What both stores have in common: scans are gathered, read together and written together.
"""

from collections.abc import Awaitable, Callable, Sequence

from wallet.db.batching import Batches
from wallet.resolving.fast.records import Wanted, Writing
from wallet.resolving.fast.rows import Found


class Gathering:
    """
    Hands scans on a lot at a time.

    Args:
        read: reads a lot.
        write: writes a lot, each scan all or nothing, and tells which it wrote.
        most: scans in a lot.
        at_once: lots under way at a time.
    """

    def __init__(
        self,
        read: Callable[[Sequence[Wanted]], Awaitable[Sequence[Found]]],
        write: Callable[[Sequence[Writing]], Awaitable[Sequence[bool]]],
        *,
        most: int,
        at_once: int,
    ) -> None:
        self._reading: Batches[Wanted, Found] = Batches(read, most=most, at_once=at_once)
        self._writing: Batches[Writing, bool] = Batches(
            write, names=Writing.touched, most=most, at_once=at_once
        )

    async def read(self, wanted: Wanted) -> Found:
        """
        Read everything that one scan needs.
        """
        return await self._reading.put(wanted)

    async def write(self, writing: Writing) -> bool:
        """
        Use the code up and keep everything, if what was read is still so, all or nothing.
        """
        return await self._writing.put(writing)
