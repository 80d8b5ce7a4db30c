"""Processes that resolve codes of one database, each with an engine of its own."""

import asyncio
import multiprocessing
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection

from integrations.registry import Registry
from tests.fakes.clock import StandingClock
from wallet.app.services import compose
from wallet.clock import Clock
from wallet.errors import OverloadedError, WalletError
from wallet.idempotency.errors import IdempotencyInProgressError
from wallet.ids import Ids
from wallet.resolving.scans import Attempt
from wallet.settings import Settings
from wallet.vault.keyfile import KeyFile


@dataclass(frozen=True)
class Race:
    """
    What a process is to do: open the database, say so, wait for the start, post the attempts.
    """

    url: str
    keys: KeyFile
    now: datetime
    attempts: tuple[Attempt, ...]


class Racers:
    """
    Processes that were started before any of them has something to do.

    They are forked from a server that was executed anew and imported everything once: eight times
    the imports would take longer than everything else.
    """

    def __init__(self, count: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self._ends: list[Connection] = []
        self._processes = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self._ends.append(ours)
            self._processes.append(process)

    def run(self, races: list[Race]) -> list[str]:
        """
        Start all at once; return the problem code, or ``accepted``, of every attempt.
        """
        pairs = list(zip(self._ends, races, strict=True))
        for end, race in pairs:
            end.send(race)
        for end, _ in pairs:
            assert "ready" == end.recv()
        for end, _ in pairs:
            end.send("go")
        return [outcome for end, _ in pairs for outcome in end.recv()]

    def stop(self) -> None:
        """
        End them.
        """
        for end, process in zip(self._ends, self._processes, strict=True):
            end.send(None)
            process.join(10)
            end.close()


def _work(end: Connection) -> None:
    while (race := end.recv()) is not None:
        asyncio.run(_race(end, race))


async def _race(end: Connection, race: Race) -> None:
    clock: Clock = StandingClock(race.now)
    services = compose(
        Settings(database_url=race.url),
        clock=clock,
        ids=Ids(clock),
        keys=race.keys,
        registry=Registry(()),
    )
    async with services.basis.database.reading() as session:
        await session.connection()
    end.send("ready")
    await asyncio.to_thread(end.recv)

    async def one(attempt: Attempt) -> str:
        while True:
            try:
                await services.resolving.resolve(attempt)
            except (OverloadedError, IdempotencyInProgressError):
                await asyncio.sleep(0)  # these are to be tried again
            except WalletError as error:
                return error.code
            else:
                return "accepted"

    end.send(await asyncio.gather(*(one(attempt) for attempt in race.attempts)))
    await services.basis.database.close()
