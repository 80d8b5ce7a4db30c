"""
Settlements driven by workers' loops, their partners answering at once: what a step costs.
"""

import asyncio
import time
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import text

from bench import instant
from bench.crew import Crew
from bench.deployment import services_of
from bench.errand import PLACE
from bench.seeding import Desk
from bench.stage import Wallet
from integrations.spi import Bill, Purpose, Scene
from wallet.cli.demo import bills
from wallet.http.callers import TerminalCaller
from wallet.parties.words import Scope
from wallet.resolving.scans import Attempt
from wallet.resolving.schemas import Resolve
from wallet.settling.counter import KIND
from wallet.settling.opening import Wish
from wallet.settling.service import Confirmation
from wallet.visiting.intents import Intent
from wallet.visiting.service import Details

_LOOK_SECONDS: Final = 0.02
_PATIENCE_SECONDS: Final = 120.0
_FINGERPRINT: Final = bytes(32)
_COUNT: Final = {
    phase: text(f"select count(*) from {table} where phase = '{phase}'")  # noqa: S608 - ours
    for table, phase in (
        ("visits", "open"),
        ("settlements", "awaiting_approval"),
        ("settlements", "completed"),
    )
}


class Driven(Struct, frozen=True, kw_only=True):
    """
    What the loops did.

    Attributes:
        settlements: from opened to completed, the desk's own requests not counted.
        seconds: in which.
        commits: of the loops.
    """

    settlements: int
    seconds: float
    commits: int

    @property
    def rate(self) -> float:
        """
        Committed steps per second.
        """
        return self.commits / self.seconds


class Workshop:
    """
    A wallet whose desk is in this process and leaves every step to the workers.

    Args:
        wallet: prepared.
        workers: who do the steps.
    """

    def __init__(self, wallet: Wallet, workers: Crew) -> None:
        self._wallet = wallet
        self._workers = workers
        self._services = services_of(wallet.settings(), instant.plugins())
        self._caller = _caller(wallet.desk)

    async def close(self) -> None:
        """
        Close the wallet.
        """
        await self._services.close()

    async def drive(self, count: int) -> Driven:
        """
        Bring so many settlements about and let the workers finish them.
        """
        money = self._services.money
        visits, settlements = [], []
        before = {phase: await self._count(phase) for phase in _COUNT}
        for code in await self._wallet.codes(count):
            shown = await self._scanned(code, Purpose.REGISTRATION)
            details = Details(**PLACE)
            visits.append(await money.visiting.open(self._intent("visits"), shown, details))
        await self._loop("open", before["open"] + count, count)
        codes = await self._wallet.codes(count)
        for visit, code in zip(visits, codes, strict=True):
            shown = await self._scanned(code, Purpose.SETTLEMENT)
            name = money.visiting.name(self._caller.party_id, visit)
            wish = Wish(presentation=shown, bill=self._bill(), use_account=False)
            opened = await money.settling.open(self._intent("settlements"), name, wish)
            settlements.append(opened.settlement)
        first = await self._loop("awaiting_approval", before["awaiting_approval"] + count, count)
        for settlement in settlements:
            audience = f"party:{self._caller.party_id}"
            name = money.settling.counter.name(KIND, audience, *settlement.key)
            cash = instant.cash_of(settlement.total_minor)
            said = Confirmation(cash_minor=cash, cash_by="agreement")
            await money.settling.confirm(self._intent("confirm"), name, said)
        second = await self._loop("completed", before["completed"] + count, count)
        return Driven(
            settlements=count,
            seconds=first.seconds + second.seconds,
            commits=first.commits + second.commits,
        )

    async def _loop(self, phase: str, wanted: int, count: int) -> Driven:
        """
        Let the workers work until so many are in a phase.
        """
        began = time.perf_counter()
        await self._workers.begin()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while await self._count(phase) < wanted:  # noqa: ASYNC110 - rows, not events
                    await asyncio.sleep(_LOOK_SECONDS)
            seconds = time.perf_counter() - began
        finally:
            commits = await self._workers.end()
        return Driven(settlements=count, seconds=seconds, commits=commits)

    async def _count(self, phase: str) -> int:
        async with self._services.basis.database.reading() as session:
            return int((await session.execute(_COUNT[phase])).scalar_one())

    async def _scanned(self, code: str, purpose: Purpose) -> str:
        scene = (
            Scene.OUTPATIENT_SETTLEMENT
            if purpose is Purpose.SETTLEMENT
            else Scene.OUTPATIENT_REGISTRATION
        )
        attempt = Attempt(
            caller=self._caller,
            scan=Resolve(code=code, purpose=purpose, scene=scene),
            key=self._key(),
            fingerprint=_FINGERPRINT,
        )
        return (await self._services.resolving.resolve(attempt)).resolved.presentation

    def _intent(self, route: str) -> Intent:
        return Intent(caller=self._caller, route=route, key=self._key(), fingerprint=_FINGERPRINT)

    def _key(self) -> str:
        return self._services.basis.ids.secret(16).hex()

    def _bill(self) -> Bill:
        issued = self._services.basis.clock.now().isoformat()
        return msgspec.convert({**bills.two_lines(), "batch": "", "issued_at": issued}, Bill)


def _caller(desk: Desk) -> TerminalCaller:
    return TerminalCaller(
        party_id=desk.party_id,
        terminal_id=desk.terminal_id,
        scopes=frozenset(scope.value for scope in Scope),
    )
