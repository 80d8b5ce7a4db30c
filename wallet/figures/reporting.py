"""
Each process writes down what it counted and knows, every few seconds.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.figures import repository
from wallet.figures.collecting import Collector, Key
from wallet.figures.words import ProcessKind
from wallet.ids import Ids

EVERY: Final = timedelta(seconds=10)

_log = structlog.get_logger("wallet.figures")


class Reporter:
    """
    Writes down what one process counted and knows, again and again.

    Args:
        collector: what it counted.
        kind: what the process does.
        integrations: the ids of those it has opened.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        collector: Collector,
        kind: ProcessKind,
        integrations: Sequence[str],
    ) -> None:
        self._database = database
        self._clock = clock
        self._collector = collector
        self._kind = kind
        self._integrations = tuple(sorted(integrations))
        self._process_id = ids.local()
        self._started_at = clock.now()
        self._stopped = asyncio.Event()
        self._doubtful: tuple[datetime, Mapping[Key, int]] | None = None

    async def run(self) -> None:
        """
        Write every ten seconds until stopped; a database that is away is no reason to end.
        """
        while not self._stopped.is_set():
            await self._try(self.report)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY.total_seconds()):
                    await self._stopped.wait()

    def stop(self) -> None:
        """
        Let `run` end after what it is writing.
        """
        self._stopped.set()

    async def leave(self) -> None:
        """
        Write what is left and take this process away, as one that ends in order does.
        """
        await self._try(self._leave)

    async def report(self) -> None:
        """
        Write down what was counted since the last time, and that this process is there.

        What was cut off at its commit may have been written; the instant that went with it tells.
        """
        now, counts, doubtful = self._clock.now(), self._collector.take(), self._doubtful
        try:
            async with self._database.transaction() as session:
                if doubtful is not None:
                    seen_at = await repository.seen_at(session, self._process_id)
                    if seen_at != doubtful[0]:
                        counts = Counter(doubtful[1]) + Counter(counts)
                self._doubtful = now, counts
                await self._write(session, now, counts)
            self._doubtful = None
        except BaseException:
            if self._doubtful is doubtful:
                self._collector.put_back(counts)
            raise

    async def _leave(self) -> None:
        await self.report()
        async with self._database.transaction() as session:
            await repository.forget_process(session, self._process_id)

    async def _write(
        self, session: AsyncSession, now: datetime, counts: Mapping[Key, int]
    ) -> None:
        process = {
            "process_id": self._process_id,
            "kind": self._kind.value,
            "started_at": self._started_at,
            "seen_at": now,
        }
        await repository.seen(session, process)
        for integration_id in self._integrations:
            state, since = self._collector.breakers.get(
                integration_id, ("closed", self._started_at)
            )
            row = {"integration_id": integration_id, "state": state, "since": since}
            await repository.put_breaker(session, {"process_id": self._process_id, **row})
        for key in sorted(counts):  # in one order, so that no two processes wait for each other
            await repository.add(
                session,
                {
                    "slot": key.slot,
                    "subject": key.subject,
                    "integration_id": key.integration_id,
                    "word": key.word,
                    "count": counts[key],
                },
            )

    async def _try(self, do: Callable[[], Awaitable[None]]) -> None:
        try:
            await do()
        except Exception:  # noqa: BLE001 - figures are worth no request and no settlement
            _log.warning("figures not written", exc_info=True)


@asynccontextmanager
async def reporting(reporter: Reporter) -> AsyncIterator[None]:
    """
    Let a reporter write meanwhile, and take leave at the end.
    """
    task = asyncio.create_task(reporter.run())
    try:
        yield
    finally:
        reporter.stop()  # cut off at its commit it could not tell whether that happened
        await asyncio.wait({task})
        await reporter.leave()
