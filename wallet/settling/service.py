"""
Settlements as a desk works with them: open, confirm, cancel, tender, report the invoice.
"""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.db.faults import repeated
from wallet.errors import StateConflictError, ValidationFailedError
from wallet.failpoints import hit
from wallet.http.callers import TerminalCaller
from wallet.settling.counter import WRITE, Counter, Folder
from wallet.settling.happenings import (
    CancelAsked,
    Confirmed,
    Tendered,
    TenderStarted,
)
from wallet.settling.opening import Ground, Wish, batch_of, checked, settlement_of
from wallet.settling.records import Change, Settlement
from wallet.settling.tendering import TenderState
from wallet.settling.tenders import Tender
from wallet.visiting.intents import Intent
from wallet.visiting.service import Presentations, Visit

BY_DESK = "CANCELLED_BY_DESK"


class Devices(Protocol):
    """
    What settlements need of devices.
    """

    async def alarmed(self, session: AsyncSession, resident_id: int, device_no: int) -> bool:
        """
        Tell whether a device's clone alarm is on.
        """
        ...

    async def verify_approval(
        self,
        session: AsyncSession,
        resident_id: int,
        device_no: int,
        message: bytes,
        signature: bytes,
    ) -> bool:
        """
        Tell whether an active device of the resident signed a message.
        """
        ...


class Confirmation(Struct, frozen=True, kw_only=True):
    """
    What the cashier agrees to.

    Attributes:
        cash_minor: the cash part that was shown.
        cash_by: how it will be met.
        identity_checked: the desk has checked the holder's identity, which answers an alarm.
    """

    cash_minor: int
    cash_by: Literal["agreement", "desk"]
    identity_checked: bool = False


class Offered(Struct, frozen=True, kw_only=True):
    """
    What is tendered at the desk.

    Attributes:
        method: a scanned payment code, a bank card, or cash.
        code: the payment code's text.
        provider: who takes the code; may be left out where there is only one.
        reference: the desk's own number of the slip or receipt.
    """

    method: Literal["cash", "card", "code"]
    amount_minor: int
    code: str = ""
    provider: str = ""
    reference: str = ""

    def __repr__(self) -> str:
        """
        Show nothing that could be charged.
        """
        return f"Offered({self.method!r}, {self.amount_minor})"


class SettlingService:
    """
    What a desk does with settlements.
    """

    def __init__(
        self, *, counter: Counter, presentations: Presentations, devices: Devices
    ) -> None:
        self.counter = counter
        self.devices = devices
        self._presentations = presentations
        self._till = counter.till
        self._mover = counter.mover

    def now(self) -> datetime:
        """
        Return the instant at which a bill is issued.
        """
        return self._till.clock.now()

    @repeated
    async def open(self, intent: Intent, visit_name: str, wish: Wish) -> Folder:
        """
        Begin to settle a bill of a visit, with its own scan.

        Raises:
            BillInvalidError: the bill does not add up.
            NotFoundError: there is no such visit of the party.
            HandleMismatchError: not the visit's person or insurance, or not this terminal's scan.
            HandleExpiredError: the scan is too old.
            InsuranceRefusedError: the insurance did not answer valid at this scan.
            StateConflictError: the visit is not open, or another settlement is going on in it.
        """
        visit_key = self.counter.visits.locate(intent.caller.party_id, visit_name)
        settlement_id = self._till.ids.local()
        key = (visit_key[0], settlement_id)
        bill = checked(replace(wish.bill, batch=batch_of(settlement_id)))
        async with self.counter.database.transaction() as session:
            replay = await self.counter.intents.admit(session, intent, WRITE, key)
            if replay is not None:
                return await self.counter.folder(session, replay.target)
            party_id = intent.caller.party_id
            visit = await self.counter.visits.owned(session, party_id, visit_key)
            settlement = await self.made(
                session, intent.caller, visit, settlement_id, replace(wish, bill=bill)
            )
            await self.counter.visits.begin_settlement(session, visit, settlement_id)
            await self._mover.records.add(session, settlement)
            if settlement.state.settled == "standing":
                await self._mover.settled(session, settlement)
            await self.counter.schedule(session, key)
            hit("settlement.before_intent_commit")
        hit("settlement.after_intent_commit")
        return await self.counter.driven(key)

    async def made(
        self,
        session: AsyncSession,
        caller: TerminalCaller,
        visit: Visit,
        settlement_id: int,
        wish: Wish,
    ) -> Settlement:
        """
        Take the scan and return a new settlement, not yet written.
        """
        claimed = await self._presentations.claim(session, caller, wish.presentation, "settlement")
        ground = Ground(
            visit=visit,
            claimed=claimed,
            party=await self._mover.parties.settings(session, visit.party_id),
            terminal_id=caller.terminal_id,
            alarmed=await self.devices.alarmed(session, claimed.resident_id, claimed.device_no),
            now=self._till.clock.now(),
        )
        return settlement_of(settlement_id, ground, wish)

    async def confirm(self, intent: Intent, name: str, said: Confirmation) -> Folder:
        """
        Agree to the split that was shown, and say how the cash part will be met.

        Raises:
            NotFoundError: there is no such settlement of the party.
            StateConflictError: another cash part is shown now, or nobody waits for this.
        """

        async def do(session: AsyncSession, settlement: Settlement) -> None:
            await self.counter.insist_on_turn(session, settlement)
            if settlement.state.cash_minor != said.cash_minor:
                raise StateConflictError("The cash part is not what was confirmed; show it anew.")
            if said.cash_by == "agreement" and not settlement.payment_id:
                raise StateConflictError("No payment agreement answered at this scan.")
            alarmed = await self.devices.alarmed(
                session, settlement.resident_id, settlement.device_no
            )
            if alarmed and said.identity_checked:
                await self._mover.identity_checked(session, settlement)
            event = Confirmed(route=said.cash_by, alarmed=alarmed and not said.identity_checked)
            await self._mover.move(session, settlement, event)

        return await self.counter.act(intent, self._key(intent, name), ("confirm", WRITE), do)

    async def cancel(self, intent: Intent, name: str) -> Folder:
        """
        Undo a settlement that is not completed: everything that was done, in reverse order.

        Raises:
            NotFoundError: there is no such settlement of the party.
            StateConflictError: it is completed (return it), or something is under way.
        """

        async def do(session: AsyncSession, settlement: Settlement) -> None:
            if settlement.state.phase == "completed":
                raise StateConflictError("A completed settlement is returned, not cancelled.")
            await self._mover.move(session, settlement, CancelAsked(reason=BY_DESK))

        return await self.counter.act(intent, self._key(intent, name), ("cancel", WRITE), do)

    async def tender(self, intent: Intent, name: str, offered: Offered) -> Folder:
        """
        Meet the cash part, or some of it, at the desk.

        Raises:
            NotFoundError: there is no such settlement of the party.
            StateConflictError: no cash is due, or less than offered.
            ValidationFailedError: there is no code, or it is not clear which provider takes it.
        """
        provider = self._provider(offered)

        async def do(session: AsyncSession, settlement: Settlement) -> None:
            await self.counter.insist_on_turn(session, settlement)
            state = settlement.state
            if state.phase != "cash_due" or not 0 < offered.amount_minor <= state.due_minor:
                raise StateConflictError("That much cash is not due.")
            now = self._till.clock.now()
            tender = Tender(
                resident_id=settlement.resident_id,
                tender_id=self._till.ids.local(),
                settlement_id=settlement.settlement_id,
                party_id=settlement.party_id,
                terminal_id=intent.caller.terminal_id,
                method=offered.method,
                amount_minor=offered.amount_minor,
                integration_id=provider,
                code=offered.code if provider else "",
                reference=offered.reference,
                created_at=now,
            )
            if provider:
                await self._till.tenders.add(session, tender)
                await self._mover.move(session, settlement, TenderStarted())
                return
            taken = replace(tender, state=TenderState(phase="charged", step=""), charged_at=now)
            await self._till.tenders.add(session, taken)
            await self._mover.move(
                session, settlement, Tendered(amount_minor=offered.amount_minor)
            )
            await self._mover.charged(session, taken, now)

        return await self.counter.act(intent, self._key(intent, name), ("tenders", WRITE), do)

    async def invoice(self, intent: Intent, name: str, invono: str) -> Folder:
        """
        Keep the number of the medical e-invoice that the hospital has issued.

        Raises:
            NotFoundError: there is no such settlement of the party.
            StateConflictError: it is not completed.
        """

        async def do(session: AsyncSession, settlement: Settlement) -> None:
            if settlement.state.phase != "completed":
                raise StateConflictError("There is nothing to invoice.")
            change = Change(plain={"invono": invono})
            await self._mover.records.move(session, settlement, settlement.state, change)

        return await self.counter.act(intent, self._key(intent, name), ("invoice", WRITE), do)

    def _key(self, intent: Intent, name: str) -> tuple[int, int]:
        return self.counter.locate(f"party:{intent.caller.party_id}", name)

    def _provider(self, offered: Offered) -> str:
        if offered.method != "code":
            return ""
        known = self._till.calls.outside.payments()
        named = tuple(each for each in known if offered.provider in {"", each})
        if len(named) != 1 or not offered.code:
            raise ValidationFailedError("Look at: code, provider")
        return named[0]
