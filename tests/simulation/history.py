"""One history: a day at a desk, faults that end, and whatever has to be true afterwards."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from tests.simulation.desk import Desk
from tests.simulation.draws import Draws
from tests.simulation.endings import disagreements, restless
from tests.simulation.invariants import Invariants
from tests.simulation.partners.insured import InsurerIntegration
from tests.simulation.partners.insurer import Insurer
from tests.simulation.partners.integrations import Integration
from tests.simulation.partners.paid import ProviderIntegration
from tests.simulation.partners.provider import Provider
from tests.simulation.partners.wire import Wire
from tests.simulation.plan import Plan, plan_of
from tests.simulation.processes import Process, Worker
from tests.simulation.virtual import START, VirtualLoop, run
from tests.simulation.within import within
from tests.simulation.world import RESIDENT, World
from wallet.errors import WalletError

SETTLING_SECONDS = 8 * 3_600.0
REVIEWS = 3
LARGEST_COMMITS = 4_000


class Outcome(Struct, frozen=True, kw_only=True):
    """
    What came of a history.

    Attributes:
        verdict: what went wrong; empty when nothing did.
        made: the decisions that came out other than ordinary.
        ends: how its settlements ended.
        walked: from which phase to which its settlements went.
    """

    seed: int
    verdict: str
    made: frozenset[str]
    trace: tuple[str, ...]
    ends: tuple[str, ...]
    walked: frozenset[tuple[str, str]]
    commits: int
    seconds: float


class History:
    """
    Runs one.
    """

    def __init__(self, loop: VirtualLoop, draws: Draws, *, tell: bool) -> None:
        self.world = world = World(loop, draws, tell=tell)
        self.plan: Plan = plan_of(draws)
        world.plan = self.plan
        self.insurer = Insurer(self.plan.cash_percent)
        self.insurer.grows_by = self.plan.grows_by
        self.provider = Provider(limit=10**9)
        self.invariants = Invariants(world, self.insurer, self.provider)
        self.commits = 0
        world.watchers += [self._count, self.invariants.committed]
        self.server = Process(world, "server", self._integrations("server"), self.plan.odds)
        self.workers = [
            Worker(world, name, self._integrations(name), self.plan.odds)
            for name in ("worker-a", "worker-b")
        ]
        self.desk = Desk(world, self.plan, self.server)

    async def run(self) -> None:
        """
        Let everything happen.
        """
        story = asyncio.ensure_future(self._story())
        await asyncio.wait({story, self.world.over}, return_when=asyncio.FIRST_COMPLETED)
        if self.world.verdict:
            return
        story.result()

    async def _story(self) -> None:
        everybody = [self.server, *self.workers]
        for process in everybody:
            process.start()
        self._refuse()
        clocks = asyncio.ensure_future(self._clocks(everybody))
        await self.desk.day()
        clocks.cancel()
        await asyncio.sleep(self.world.draws.jitter("~evening", 1.0, 2_400.0))
        self._calm(everybody)
        await self._rests()
        for _ in range(REVIEWS):
            await self.desk.leave_nothing()
            if not await self._reexamined():
                break
            await self._rests()
        self.world.insist(
            self.desk.tendered >= self._tenders(), "something was tendered that nobody offered"
        )
        if not self.world.lied:
            for found in disagreements(self.world, self.insurer, self.provider):
                self.world.fail(found)

    def _tenders(self) -> int:
        rows = self.world.store.rows("tenders").values()
        return sum(row["method"] != "agreement" for row in rows)

    def _calm(self, everybody: list[Any]) -> None:
        self.world.note("world", "no more faults")
        self.world.draws.calm = True
        self.insurer.refuses.clear()
        self.provider.refuses.clear()
        self.provider.hesitates, self.provider.pretends = None, False
        for process in everybody:
            process.watch.wrong_seconds = 0.0
            process.start()

    async def _rests(self) -> None:
        """
        Give everything time to come to an end.
        """
        latest, step = self.world.loop.time() + SETTLING_SECONDS, 10.0
        while self.world.loop.time() < latest:
            await asyncio.sleep(step)
            if not restless(self.world):
                return
            step = min(step * 1.5, 600.0)
        self.world.fail(f"stuck: {'; '.join(restless(self.world))}")

    async def _reexamined(self) -> bool:
        """
        Let an operator have everything asked again that was left to a person.
        """
        kinds = (
            ("settlements", "set", "settlement"),
            ("visits", "vis", "visit"),
            ("refunds", "rfd", "refund"),
        )
        found = False
        for table, prefix, kind in kinds:
            for key, row in list(self.world.store.rows(table).items()):
                if row["phase"] != "review":
                    continue
                name = f"{prefix}|operator|{RESIDENT}|{key[1]}"
                self.world.note("operator", f"has a {kind} asked about again")
                found = True
                with contextlib.suppress(WalletError):
                    await self.server.asked(
                        lambda m, kind=kind, name=name: m.review.reexamine(kind, name, "T-1")
                    )
        return found

    def _refuse(self) -> None:
        if self.plan.refuses in {"charge", "refund", "cancel_charge"}:
            self.provider.refuses.add(self.plan.refuses)
        elif self.plan.refuses:
            self.insurer.refuses.add(self.plan.refuses)
        self.provider.pretends = self.plan.late

    async def _clocks(self, everybody: list[Any]) -> None:
        """
        Let a clock jump now and then, forward or back, and stay wrong.
        """
        draws, far = self.world.draws, self.plan.jumps
        while far:
            await asyncio.sleep(draws.jitter("~clock", 5.0, 120.0))
            process = draws.of("whose clock jumps", everybody)
            wrong = draws.below("how far a clock is wrong", 2 * far + 1) - far
            process.watch.wrong_seconds = float(wrong)
            self.world.note(process.name, f"has a clock that is {wrong} s wrong")

    def _integrations(self, who: str) -> Callable[[], list[Integration]]:
        def made() -> list[Integration]:
            def told(what: str, prepared: Any) -> None:
                if what == "performs" and prepared.operation == "charge":
                    self._buyer()
                self.invariants.performs(who, what, prepared)

            def wire(partner: str) -> Wire:
                return Wire(
                    self.world.loop,
                    self.world.draws,
                    (self.plan.wires[partner], self.plan.lies),
                    lambda what: self._happens(partner, what),
                )

            return [
                InsurerIntegration(self.insurer, wire("insurer"), told, self._true_time),
                ProviderIntegration(self.provider, wire("provider"), told, self._true_time),
            ]

        return made

    def _happens(self, partner: str, what: str) -> None:
        self.world.note(partner, what)
        self.world.lied |= what.endswith("a lie")

    def _buyer(self) -> None:
        draws = self.world.draws
        self.provider.hesitates = None
        if draws.fault("the buyer hesitates", self.plan.hesitates):
            after = draws.jitter("~buyer", 2.0, 240.0)
            self.provider.hesitates = (after, draws.below("the buyer turns away", 3) != 1)

    def _true_time(self) -> datetime:
        return START + timedelta(seconds=self.world.loop.time())

    def _count(self, who: str, changes: Any) -> None:
        del who, changes
        self.commits += 1
        if self.commits == LARGEST_COMMITS:
            self.world.fail("goes round in circles")


def play(
    seed: int,
    only: frozenset[str] | None = None,
    *,
    forced: Mapping[str, int] = MappingProxyType({}),
    tell: bool = False,
) -> Outcome:
    """
    Run the history of a seed.

    Args:
        seed: which.
        only: the decisions that may come out other than ordinary; None for all.
        forced: decisions that are not left to the seed.
        tell: write the trace.
    """
    loop, draws = VirtualLoop(), Draws(seed, only, forced)

    async def main() -> History:
        history = History(loop, draws, tell=tell)
        with within(history.world):
            await history.run()
        return history

    history = run(loop, main())
    world = history.world
    return Outcome(
        seed=seed,
        verdict=world.verdict,
        made=frozenset(draws.made),
        trace=tuple(world.trace),
        ends=tuple(row["phase"] for row in world.store.rows("settlements").values()),
        walked=frozenset(history.invariants.walked),
        commits=history.commits,
        seconds=loop.time(),
    )
