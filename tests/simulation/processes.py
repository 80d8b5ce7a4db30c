"""Processes of the wallet: the product's own services, and a memory that is lost when they die."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, TypeVar

from integrations.registry import Registry
from tests.simulation.draws import Token
from tests.simulation.offices import Devices, Duties, Parties, Presentations, Residents
from tests.simulation.storage.database import MemoryDatabase
from tests.simulation.storage.tables import Changed
from tests.simulation.storage.vaults import PlainVault
from tests.simulation.virtual import Watch
from tests.simulation.world import CURRENT, World
from wallet.app.money import Money, money
from wallet.calls.guard import Guard
from wallet.errors import OverloadedError
from wallet.http.tally import NoTally
from wallet.http.timekeeping import Timekeeping
from wallet.idempotency.service import IdempotencyService
from wallet.ids import Ids
from wallet.instances.service import Identity, Membership
from wallet.journal.service import JournalService
from wallet.work.loop import Loop

T = TypeVar("T")
LEASE_SECONDS, INLINE_SECONDS, IDLE_SECONDS = 30, 8, 0.5
REPEATS_PER_SECOND = 50
PATIENCE_SECONDS = 40.0


class DiedError(asyncio.CancelledError):
    """
    The process is gone; nothing of ours may catch it.
    """


class NoAnswerError(Exception):
    """
    Whoever asked a process has no answer.
    """


class Process:
    """
    A server or a worker, started again whenever it died.

    Args:
        name: whose decisions these are.
        integrations: makes the integrations of a new process.
    """

    def __init__(
        self, world: World, name: str, integrations: Callable[[], list[Any]], odds: dict[str, int]
    ) -> None:
        self.world, self.name, self.odds = world, name, odds
        self.watch = Watch(world.loop)
        self.alive = False
        self.starts = 0
        self.tasks: set[asyncio.Task[Any]] = set()
        self._integrations = integrations
        self._life = 0

    def start(self) -> None:
        """
        Make everything anew, as a process does that knows nothing but the database.
        """
        if self.alive:
            return
        self.starts += 1
        self.alive, self._life, self.tasks = True, self._life + 1, set()
        self.services = services_of(self, f"{self.name}.{self.starts}")

    def kill(self) -> None:
        """
        End it at once, wherever it stands; it comes back after a while.
        """
        if not self.alive:
            return
        self.alive = False
        running = asyncio.current_task()
        for task in list(self.tasks):
            if task is not running:
                task.cancel()
        self.world.loop.call_later(self.world.draws.jitter("~restart", 1.0, 50.0), self.start)

    def passes(self, failpoint: str) -> None:
        """
        Pass a named place, or die there.
        """
        if self.world.draws.fault(f"{self.name} dies at {failpoint}", self.odds["dies"]):
            self.world.note(self.name, f"dies at {failpoint}")
            self.kill()
            raise DiedError

    def spawn(self, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        """
        Run something inside this process.
        """
        context = copy_context()
        context.run(CURRENT.set, self)
        return context.run(self.world.loop.create_task, work())  # type: ignore[arg-type]

    async def asked(self, work: Callable[[Money], Awaitable[T]]) -> T:
        """
        Ask it for something, as a request does.

        Raises:
            NoAnswerError: it was dead, died, or takes too long.
        """
        if not self.alive:
            raise NoAnswerError
        task = self.spawn(lambda: work(self.services))
        task.add_done_callback(_look)
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if not task.done() or task.cancelled():
            raise NoAnswerError
        return task.result()

    async def before(self, *, writing: bool) -> None:
        """
        Let a transaction wait for its connection; a process may stand still meanwhile.
        """
        life, draws = self._life, self.world.draws
        self._lives(life)
        await asyncio.sleep(draws.jitter("~database", 0.001, 0.02))
        if draws.fault(f"{self.name} stands still", self.odds["still"]):
            self.world.note(self.name, "stands still")
            await asyncio.sleep(draws.jitter("~still", 5.0, 80.0))
        if draws.fault(f"{self.name} dies somewhere", self.odds["dies"]):
            self.world.note(self.name, "dies between two statements")
            self.kill()
        self._lives(life)
        if draws.fault("database is busy", self.odds["busy"]):
            self.world.note(self.name, "finds the database busy")
            raise OverloadedError(retry_after_seconds=1)
        del writing

    def free(self) -> asyncio.Lock:
        """
        Return the lock of whoever writes.
        """
        return self.world.lock

    def committed(self, changes: list[Changed]) -> None:
        """
        Show what has become true; the answer to a commit may get lost.

        Raises:
            OverloadedError: the connection was cut at the commit.
        """
        if not changes:
            return
        self.world.committed(self.name, changes)
        if self.world.draws.fault("the commit's answer is lost", self.odds["cut"]):
            self.world.note(self.name, "never hears that it committed")
            raise OverloadedError(retry_after_seconds=1)

    def _lives(self, life: int) -> None:
        if not self.alive or life != self._life:
            raise DiedError


class Worker(Process):
    """
    A process that runs the loop.
    """

    def start(self) -> None:
        """
        Start it and its loop.
        """
        if self.alive:
            return
        super().start()
        services, name = self.services, f"{self.name}.{self.starts}"
        loop = Loop(work=services.work, stepper=services.stepper, owner=name)
        self.spawn(lambda: self._run(loop))

    async def _run(self, loop: Loop) -> None:
        """
        Take turns as `Loop.run` does, but sleep until something is due instead of looking.
        """
        while True:
            if not await loop._turn():
                await self._rest()

    async def _rest(self) -> None:
        """
        Wait until something is due; an idle worker would find out half a second later at most.
        """
        world = self.world
        while True:
            now = self.watch.now()
            due = due_at(world.store.rows("work_items").values())
            if due is not None and due <= now:
                await asyncio.sleep(world.draws.jitter("~idle", 0.01, IDLE_SECONDS))
                return
            wait = None if due is None else (due - now) / timedelta(seconds=1)
            await asyncio.wait({world.changed}, timeout=wait)


def _look(task: asyncio.Task[Any]) -> None:
    """
    Take the exception of a request that nobody waits for any more.
    """
    if not task.cancelled():
        task.exception()


def due_at(items: Any) -> datetime | None:
    """
    Return when the next thing is due that nobody holds.
    """
    return min(
        [
            max(item["next_action_at"], item["lease_until"] or item["next_action_at"])
            for item in items
        ],
        default=None,
    )


def services_of(process: Process, token_name: str) -> Money:
    """
    Put the product's services together, over the history's storage and clock.
    """
    clock, vault = process.watch, PlainVault()
    database = MemoryDatabase(process.world.store, process)
    ids = Ids(clock, Token(token_name))
    guard = Guard(clock=clock, elapsed=process.world.loop.time)
    elapsed = process.world.loop.time
    timekeeping = Timekeeping(clock, elapsed)
    basis: Any = SimpleNamespace(
        settings=SimpleNamespace(
            lease_seconds=LEASE_SECONDS,
            inline_seconds=INLINE_SECONDS,
            repeats_per_second=REPEATS_PER_SECOND,
        ),
        clock=clock,
        elapsed=elapsed,
        timekeeping=timekeeping,
        membership=Membership(
            database=database,  # type: ignore[arg-type]
            clock=clock,
            ids=ids,
            timekeeping=timekeeping,
            identity=Identity(),
        ),
        ids=ids,
        database=database,
        vault=vault,
        registry=Registry(process._integrations()),
        guard=guard,
        tally=NoTally(),
    )
    people: Any = SimpleNamespace(
        parties=Parties(process.world),
        idempotency=IdempotencyService(clock=clock, vault=vault),  # type: ignore[arg-type]
        journal=JournalService(database=database, ids=ids, vault=vault),  # type: ignore[arg-type]
        presentations=Presentations(process.world),
        residents=Residents(),
        devices=SimpleNamespace(devices=Devices(process.world)),
        operators=Duties(),
        providers=Duties(),
    )
    return money(basis, people)
