"""Patients who settle one bill after the other at a desk that repeats what was not answered."""

import asyncio
import time

from tests.faults.crash.cashier import Cashier, RefusedError
from tests.faults.crash.lanes import judged
from tests.faults.crash.visits import Patient, StuckError, Wish
from tests.fixtures.regions import Region, Window
from wallet.cli.demo.phone import Phone

_WISHES = (Wish(cash_by="agreement"), Wish(cash_by="desk"))


class Settlements:
    """
    Keeps patients settling.
    """

    def __init__(self, region: Region, window: Window) -> None:
        self._region = region
        self._window = window
        self._ending = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.patients: list[Patient] = []
        self.done: list[float] = []
        self.faults: list[str] = []

    def begin(self, phones: list[Phone]) -> None:
        """
        Let a patient come for each phone.
        """
        for number, phone in enumerate(phones):
            self.patients.append(self._patient(phone, number))
            self._tasks.append(asyncio.create_task(self._comes(phone, number)))

    async def end(self) -> None:
        """
        Let everybody finish what they are at.
        """
        self._ending.set()
        await asyncio.gather(*self._tasks)

    async def judge(self) -> None:
        """
        Insist that insurer, provider and wallet tell the same story about everybody.

        Raises:
            AssertionError: they do not.
        """
        for patient in (each for each in self.patients if each.visit):
            await judged(self._region, patient)

    async def _comes(self, phone: Phone, number: int) -> None:
        turn = number
        while not self._ending.is_set():
            patient = self.patients[number] = self._patient(phone, number)
            try:
                await self._settle(patient, _WISHES[turn % len(_WISHES)])
            except (StuckError, RefusedError, TimeoutError) as fault:
                self.faults.append(f"patient {number}: {type(fault).__name__}: {fault}")
                return
            turn += 1

    async def _settle(self, patient: Patient, wish: Wish) -> None:
        """
        Register, settle, have everything given back and leave, so that the next visit begins anew.
        """
        settlement = await patient.settled(wish)
        self.done.append(time.monotonic())
        await patient.give_back(settlement, ())
        await patient.leave()

    def _patient(self, phone: Phone, number: int) -> Patient:
        return Patient(Cashier(self._region, self._window, phone), 1 + number)
