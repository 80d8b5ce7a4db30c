"""
The feed: tells whoever listens in this process that something was written to their journal.

All listeners of a process cost one statement a second, whatever process wrote the entry. Whoever
writes does not know of listeners.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.errors import OverloadedError
from wallet.ids import first_local
from wallet.journal import repository

# a server takes so many connections at once (granian's backlog, shared by its processes) …
_CONNECTIONS: Final = 1024
# … of which listeners may hold one in so many
_SHARE: Final = 2
MOST_OF_ONE: Final = 8
EVERY_SECONDS: Final = 1.0
# how long an entry is looked for: transactions may commit in another order than they began in
BACK: Final = timedelta(seconds=15)


class Listener:
    """
    Somebody who waits for entries of one resident, until it is `over`.
    """

    def __init__(self, resident_id: int) -> None:
        self.resident_id = resident_id
        self._known: set[int] = set()
        self._fresh: set[int] = set()
        self._woken = asyncio.Event()
        self.over = False

    def end(self) -> None:
        """
        Tell it that nothing more will come.
        """
        self.over = True
        self._woken.set()

    def skip(self, ids: set[int]) -> None:
        """
        Never tell of these.
        """
        self._known |= ids
        self._fresh -= ids

    def offer(self, ids: set[int]) -> None:
        """
        Take note of every entry of late; those that are new wake the listener.
        """
        self._fresh |= ids - self._known
        self._known = ids | self._fresh
        if self._fresh:
            self._woken.set()

    async def fresh(self, seconds: float) -> list[int]:
        """
        Wait for new entries, up to that long, and return their ids, oldest first.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()
        found, self._fresh = sorted(self._fresh), set()
        return found


class Feed:
    """
    Watches the journal for the listeners of this process.

    Args:
        database: where the journal is.
        clock: tells what is of late.
        processes: how many share the connections that the server takes.
    """

    def __init__(self, *, database: Database, clock: Clock, processes: int = 1) -> None:
        self._database = database
        self.clock = clock
        self._listeners: set[Listener] = set()
        self._watching: asyncio.Task[None] | None = None
        self._ended = False
        self._most = _CONNECTIONS // processes // _SHARE

    def check_room(self, resident_id: int) -> None:
        """
        Refuse a listener where there are as many as there may be, of one resident or of all.

        Raises:
            OverloadedError: ask instead.
        """
        theirs = sum(each.resident_id == resident_id for each in self._listeners)
        if self._ended or len(self._listeners) >= self._most or theirs >= MOST_OF_ONE:
            raise OverloadedError(retry_after_seconds=60)

    @asynccontextmanager
    async def listening(self, resident_id: int) -> AsyncIterator[Listener]:
        """
        Listen, from this moment on.
        """
        listener = Listener(resident_id)
        listener.skip((await self._latest([resident_id])).get(resident_id, set()))
        self._listeners.add(listener)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def end(self) -> None:
        """
        Let every listener go and take no other: the process is about to end.
        """
        self._ended = True
        for listener in self._listeners:
            listener.end()

    async def close(self) -> None:
        """
        Stop watching.
        """
        self._ended = True
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self) -> None:
        while self._listeners and not self._ended:
            with suppress(OverloadedError):  # the next round sees what this one did not
                latest = await self._latest({each.resident_id for each in self._listeners})
                for listener in self._listeners:
                    listener.offer(latest.get(listener.resident_id, set()))
            await asyncio.sleep(EVERY_SECONDS)

    async def _latest(self, residents: set[int] | list[int]) -> dict[int, set[int]]:
        since = first_local(self.clock.now() - BACK)
        found: dict[int, set[int]] = {}
        async with self._database.reading() as session:
            for resident_id, entry_id in await repository.since(session, sorted(residents), since):
                found.setdefault(resident_id, set()).add(entry_id)
        return found
