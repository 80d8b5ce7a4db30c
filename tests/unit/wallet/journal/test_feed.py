"""Watching the journal, and the end of it."""

import asyncio
from contextlib import asynccontextmanager

from wallet.errors import OverloadedError
from wallet.journal.feed import Feed

RESIDENT = 7


class Deaf:
    """
    A database that reads once; from then on it is overloaded for whoever stops waiting for it.
    """

    def __init__(self, database):
        self.database = database
        self.waited_for = asyncio.Event()
        self._reads = 0

    @asynccontextmanager
    async def reading(self):
        self._reads += 1
        if self._reads == 1:
            async with self.database.reading() as session:
                yield session
            return
        self.waited_for.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as fault:
            raise OverloadedError(retry_after_seconds=1) from fault


class TestClose:
    async def test_amid_a_look(self, database, clock):
        """
        A feed that is closed while it looks and somebody listens ends all the same.
        """
        deaf = Deaf(database)
        feed = Feed(database=deaf, clock=clock)
        async with feed.listening(RESIDENT), asyncio.timeout(10):
            await deaf.waited_for.wait()
            await feed.close()
