"""A region whose wallet dies and is started again, run after run."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from tests.faults.crash.cashier import Cashier
from tests.faults.crash.people import insured
from tests.faults.crash.plans import Plan
from tests.faults.crash.scenarios import SCENARIOS
from tests.faults.crash.verdicts import evidence, faults_of, region_faults
from tests.faults.crash.visits import Patient
from tests.fixtures.nursery.client import Child, Nursery
from tests.fixtures.nursery.orders import Ended
from tests.fixtures.regions import Region, Window, hasty

_QUIET_SECONDS = 60.0
_PAUSE_SECONDS = 0.05
_LOOKING_SECONDS = 0.4
_DYING_SECONDS = 10.0


class RunFailedError(AssertionError):
    """
    A run went wrong; says with which seed it can be done again.
    """

    def __init__(self, plan: Plan, what: str) -> None:
        super().__init__(f"{what}\n  {plan}\n  again: --crash-seed {plan.seed}")
        self.seed = plan.seed


class Done(Struct, frozen=True, kw_only=True):
    """
    A run that went well.

    Attributes:
        crashes: which process died how often.
        seconds: how long it took.
    """

    plan: Plan
    crashes: dict[str, int]
    conflicts: int
    seconds: float


async def until(holds: Callable[[], bool]) -> None:
    """
    Wait until something holds that nobody announces.

    Raises:
        TimeoutError: it does not.
    """
    latest = time.monotonic() + _QUIET_SECONDS
    while not holds():
        if time.monotonic() > latest:
            raise TimeoutError
        await asyncio.sleep(_PAUSE_SECONDS)


class Kept:
    """
    A process that is started again whenever it has ended.
    """

    def __init__(self, start: Callable[[str], Child], arming: Path) -> None:
        self._start = start
        self._arming = arming
        self._encore = ""
        self.ends: list[Ended] = []
        self.child = start("")
        self._task = asyncio.create_task(self._keep())

    async def arm(self, failpoint: str, encore: str) -> None:
        """
        Arm it where it stands; what follows it is armed with the encore.
        """
        self.ends.clear()
        self._encore = encore
        self._write(failpoint)
        await until(lambda: not self._arming.exists())

    async def disarm(self) -> None:
        """
        Disarm it where it stands, and what follows it.
        """
        self._encore = ""
        self._write("")
        await until(lambda: not self._arming.exists())

    def stop(self) -> None:
        """
        Start it no more.
        """
        self._task.cancel()

    def _write(self, failpoint: str) -> None:
        written = self._arming.with_suffix(".new")
        written.write_text(failpoint)
        written.rename(self._arming)

    async def _keep(self) -> None:
        while True:
            self.ends.append(await self.child.gone())
            self.child = self._start(self._encore)
            self._encore = ""


class Lane:
    """
    One region for the runs of one database and one victim.

    Args:
        region: not yet opened; insures the person of every plan.
    """

    def __init__(self, region: Region) -> None:
        self.region = region
        self._windows: dict[int, Window] = {}

    async def play(self, plans: list[Plan]) -> list[Done]:
        """
        Do all runs, one after the other.

        Raises:
            RunFailedError: one went wrong.
        """
        inline = {"inline_seconds": "0"} if plans[0].victim == "worker" else {}
        async with self.region as region:
            self._kept = {
                "server": Kept(lambda at: region.serve(at, **inline), region.arming("server")),
                "worker": Kept(region.work, region.arming("worker")),
            }
            await region.answering()
            try:
                done = [await self._checked(number, plan) for number, plan in enumerate(plans)]
            finally:
                for kept in self._kept.values():
                    kept.stop()
            found = await region_faults(region)
            if found:
                raise RunFailedError(plans[-1], f"over all {len(plans)} runs: {'; '.join(found)}")
        return done

    async def _checked(self, number: int, plan: Plan) -> Done:
        began = time.monotonic()
        try:
            done = await self._run(number, plan, began)
        except RunFailedError:
            raise
        except Exception as fault:
            raise RunFailedError(plan, f"{type(fault).__name__}: {fault}") from fault
        return done

    async def _run(self, number: int, plan: Plan, began: float) -> Done:
        scenario = SCENARIOS[plan.scenario]
        await self.region.answering()
        person = self.region.people[number]
        window = await self._window(scenario.cash_due_seconds)
        await self.region.sandboxes.behave(**scenario.payer)
        for name, fault in scenario.faults:
            await self.region.sandboxes.fault(name, **fault)
        phone = await self.region.phone(person)
        cashier = Cashier(self.region, window, phone)
        patient = Patient(cashier, plan.quantity)
        armed = ("server", "worker") if plan.victim == "server" else ("worker",)
        for name in armed:
            await self._kept[name].arm(plan.failpoint, plan.encore)
        await scenario.play(patient)
        await self._died(armed)
        crashes = {name: len(self._kept[name].ends) for name in armed}
        ends = {end for name in armed for end in self._kept[name].ends}
        for name in armed:
            if plan.encore or not self._kept[name].ends:
                await self._kept[name].disarm()
        await judged(self.region, patient)
        if ends != {Ended(signal=9, code=0)}:
            raise RunFailedError(plan, f"nobody died at the failpoint: {ends or 'no end'}")
        return Done(
            plan=plan,
            crashes=crashes,
            conflicts=cashier.conflicts,
            seconds=time.monotonic() - began,
        )

    async def _died(self, armed: tuple[str, ...]) -> None:
        """
        Wait for the first end: what a process commits before it dies may be seen before that.
        """
        latest = time.monotonic() + _DYING_SECONDS
        while not any(self._kept[name].ends for name in armed):
            if time.monotonic() > latest:
                return
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _window(self, cash_due_seconds: int) -> Window:
        if cash_due_seconds not in self._windows:
            window = await self.region.window(cash_due_seconds=cash_due_seconds)
            self._windows[cash_due_seconds] = window
        return self._windows[cash_due_seconds]


async def judged(region: Region, patient: Patient) -> None:
    """
    Insist that all books agree about a patient, as soon as everything is at rest.

    Raises:
        AssertionError: they do not.
    """
    party_id = patient.cashier.window.party_id
    resident_id, _ = region.services.money.visiting.locate(party_id, patient.visit)
    number = patient.cashier.phone.holder.number
    psn_no = next(one.psn_no for one in region.people if one.certno == number)
    latest = time.monotonic() + _QUIET_SECONDS
    while True:
        found = faults_of(await evidence(region, resident_id, psn_no))
        if not found:
            return
        if time.monotonic() > latest:
            raise AssertionError("; ".join(found))
        await asyncio.sleep(_LOOKING_SECONDS)


def lane_of(nursery: Nursery, folder: Path, database_url: str, plans: list[Plan]) -> Lane:
    """
    Return the lane for some plans.
    """
    people = tuple(
        insured(number, SCENARIOS[plan.scenario].account_minor)
        for number, plan in enumerate(plans)
    )
    region = Region(
        nursery=nursery,
        folder=folder,
        database_url=database_url,
        clock=hasty(),
        people=people,
        changes={"lease_seconds": "15"},
    )
    return Lane(region)
