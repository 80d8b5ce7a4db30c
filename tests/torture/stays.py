"""A region whose wallet is kept alive, and patients who come to it."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.faults.crash.cashier import Cashier
from tests.faults.crash.lanes import Kept, judged
from tests.faults.crash.people import insured
from tests.faults.crash.plans import Draws
from tests.faults.crash.scenarios import SCENARIOS
from tests.faults.crash.verdicts import region_faults
from tests.faults.crash.visits import Patient
from tests.fixtures.regions import Region, Window, hasty
from tests.torture.ground import Place
from wallet.cli.demo.phone import Phone

LEASE_SECONDS = "15"
ALONE = tuple(name for name, each in SCENARIOS.items() if not each.faults and not each.payer)
"""Scenarios in which nothing goes wrong at the partners, so that several may go on at a time."""
_SPEED = 8.0
_LIMITS = frozenset(each.cash_due_seconds for each in SCENARIOS.values())
_QUICK = tuple(name for name in ALONE if SCENARIOS[name].cash_due_seconds > 60)


class Stay:
    """
    One region and the patients of a run.

    Attributes:
        failures: what the wallet could not do for the moment, by status and code.
        patients: who was treated.
    """

    def __init__(self, region: Region, draws: Draws, kept: dict[str, Kept]) -> None:
        self.region, self.draws, self.kept = region, draws, kept
        self.failures: Counter[str] = Counter()
        self.patients: list[Patient] = []
        self._windows: dict[int, Window] = {}
        self._phones: list[Phone] = []
        self._next = 0

    async def treat(self, *among: str) -> str:
        """
        Treat one more patient in a scenario that the seed draws; return its name.
        """
        await self.region.sandboxes.pay_in()
        name = self.draws.of(among or _QUICK)
        scenario = SCENARIOS[name]
        phone, self._next = self._phones[self._next], self._next + 1
        window = self._windows[scenario.cash_due_seconds]
        cashier = Cashier(self.region, window, phone)
        patient = Patient(cashier, 1 + self.draws.below(3))
        try:
            await scenario.play(patient)
        finally:
            self.failures += cashier.failures
        self.patients.append(patient)
        return name

    def more(self) -> bool:
        """
        Tell whether anybody is left to be treated.
        """
        return self._next < len(self._phones)

    async def judge(self) -> None:
        """
        Insist that all books agree about everybody.
        """
        for patient in self.patients:
            await judged(self.region, patient)
        faults = await region_faults(self.region)
        assert [] == faults, "; ".join(faults)

    async def welcome(self) -> None:
        """
        Found the hospital and give everybody a phone, before anything goes wrong.
        """
        self._windows = {
            limit: await self.region.window(cash_due_seconds=limit) for limit in _LIMITS
        }
        self._phones = [await self.region.phone(person) for person in self.region.people]


@asynccontextmanager
async def stay(
    place: Place,
    seed: int,
    url: str,
    *,
    patients: int = 8,
    servers: bool = True,
    changes: dict[str, str] | None = None,
    shift: str = "",
    nursery: Any = None,
) -> AsyncIterator[Stay]:
    """
    Open a region with a server and a worker that are started again whenever they end.
    """
    region = Region(
        nursery=nursery or place.nursery,
        folder=place.folder,
        database_url=url,
        clock=hasty(_SPEED),
        people=tuple(insured(number, 0) for number in range(patients)),
        changes={"lease_seconds": LEASE_SECONDS} | (changes or {}),
        shift=shift,
    )
    async with region:
        kept: dict[str, Kept] = {}
        if servers:
            kept["server"] = Kept(lambda _: region.serve(), region.arming("server"))
            kept["worker"] = Kept(lambda _: region.work(), region.arming("worker"))
            await region.answering()
        opened = Stay(region, Draws(seed), kept)
        try:
            yield opened
        finally:
            for each in kept.values():
                each.stop()


async def together(*waiting: Any) -> None:
    """
    Wait for all; the first fault ends the others.
    """
    async with asyncio.TaskGroup() as group:
        for each in waiting:
            group.create_task(each)


@asynccontextmanager
async def meanwhile(doing: Any) -> AsyncIterator[None]:
    """
    Do something until the end of the block.
    """
    task = asyncio.create_task(doing)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
