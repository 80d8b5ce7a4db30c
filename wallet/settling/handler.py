"""
Does the steps of settlements: what `machine.decide` says, one action at a time.
"""

from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Refused, SecureRequest, UnavailableError
from integrations.spi import Secured as SecuredByProvider
from wallet.calls.conducting import Case, Conductor
from wallet.db.session import Database
from wallet.errors import StateConflictError
from wallet.failpoints import hit
from wallet.settling import machine, refunding, tendering
from wallet.settling.actions import (
    Action,
    Ask,
    Begin,
    CallAction,
    DriveRefunds,
    DriveTender,
    OpenRefunds,
    Repeat,
    Rest,
    Resume,
    SecureCash,
    StartTender,
    TaskAction,
    Wait,
)
from wallet.settling.charging import RefundCase, TenderCase, Till
from wallet.settling.happenings import (
    Event,
    Expired,
    NotSecured,
    RefundsOpened,
    Secured,
    TenderStarted,
)
from wallet.settling.insuring import SettlementCase
from wallet.settling.records import Change, Settlement
from wallet.settling.tenders import BY_PROVIDER, Refund, Tender, refund_of
from wallet.work.service import Lease, WorkService

UNAVAILABLE = "UNAVAILABLE"
HANDLER_FAILPOINTS = (
    "secure.before_call",
    "secure.after_call",
    "secure.before_commit",
    "secure.after_commit",
    "tender.before_open_commit",
    "tender.after_open_commit",
    "refunds.before_open_commit",
    "refunds.after_open_commit",
    "expiry.before_commit",
    "expiry.after_commit",
)


_Case = SettlementCase | TenderCase


class SettlementHandler:
    """
    The worker's hand for settlements.
    """

    def __init__(
        self, *, database: Database, work: WorkService, conductor: Conductor, till: Till
    ) -> None:
        self._database = database
        self._work = work
        self._conductor = conductor
        self._till = till
        self._mover = till.mover
        self._known: WeakKeyDictionary[Lease, Settlement] = WeakKeyDictionary()

    async def step(self, lease: Lease) -> datetime | None:
        """
        Do the next step of a settlement.

        What the step before left is not read again; whoever changed it meanwhile is noticed
        where the step is written.
        """
        settlement = self._known.pop(lease, None)
        if settlement is None:
            async with self._database.reading() as session:
                settlement = await self._get(session, lease)
        if settlement.expired(self._till.clock.now()):
            return await self._tell(lease, Expired(), "expiry")
        action = machine.decide(settlement.state)
        at = await self._act(lease, settlement, action)
        if not settlement.state.refunds_open or at is None:
            return at
        if settlement.limited:
            return min(at, settlement.deadline_at)
        if isinstance(action, DriveRefunds) or at <= self._till.clock.now():
            return at
        return min(at, await self._drive_refunds(lease))  # what came too late waits for nobody

    async def _act(self, lease: Lease, settlement: Settlement, action: Action) -> datetime | None:
        match action:
            case Begin() | Resume() | Ask() | Repeat():
                case = SettlementCase(self._mover, self._till.calls, *settlement.key)
                return await self._call(lease, case, action)
            case Wait():
                return settlement.deadline_at if settlement.limited else None
            case Rest():
                return None
            case _:
                return await self._task(lease, settlement, action)

    async def _task(self, lease: Lease, settlement: Settlement, action: TaskAction) -> datetime:
        match action:
            case SecureCash():
                return await self._secure(lease, settlement)
            case StartTender():
                return await self._start_tender(lease)
            case DriveTender():
                return await self._drive_tender(lease)
            case OpenRefunds():
                return await self._open_refunds(lease)
            case DriveRefunds():
                return await self._drive_refunds(lease)

    async def _call(self, lease: Lease, case: _Case, action: CallAction) -> datetime:
        at = await self._conducted(lease, case, action)
        self._remember(lease, case.moved, at)
        return at

    async def _conducted(self, lease: Lease, case: Case, action: CallAction) -> datetime:
        match action:
            case Begin(operation):
                return await self._conductor.begin(lease, case, operation)
            case Resume(operation):
                return await self._conductor.resume(lease, case, operation)
            case Ask(operation, undone):
                return await self._conductor.ask(lease, case, operation, undone=undone)
            case Repeat(operation):
                return await self._conductor.repeat(lease, case, operation)

    def _remember(self, lease: Lease, settlement: Settlement | None, at: datetime) -> None:
        """
        Keep what a committed step left for the one that follows at once.
        """
        if settlement is not None and at <= self._till.clock.now():
            self._known[lease] = settlement

    async def _secure(self, lease: Lease, settlement: Settlement) -> datetime:
        async with self._database.reading() as session:
            view = await self._till.calls.view(session, settlement.party_id, settlement.payment_id)
        request = SecureRequest(
            subject=settlement.payer,
            amount_minor=settlement.state.due_minor,
            party=view,
            now=self._till.clock.now(),
        )
        hit("secure.before_call")
        event: Event
        change = Change()
        try:
            said = await self._till.calls.outside.secure(settlement.payment_id, request)
        except UnavailableError:
            event = NotSecured(code=UNAVAILABLE, definite=False)
        else:
            match said:
                case SecuredByProvider(continuation=continuation):
                    event = Secured()
                    change = Change(secrets={"secured": continuation})
                case Refused(code=code):
                    event = NotSecured(code=code, definite=True)
        hit("secure.after_call")
        return await self._tell(lease, event, "secure", change)

    async def _start_tender(self, lease: Lease) -> datetime:
        now = self._till.clock.now()
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            settlement = await self._get(session, lease)
            tender = Tender(
                resident_id=settlement.resident_id,
                tender_id=self._till.ids.local(),
                settlement_id=settlement.settlement_id,
                party_id=settlement.party_id,
                terminal_id=settlement.terminal_id,
                method="agreement",
                amount_minor=settlement.state.due_minor,
                integration_id=settlement.payment_id,
                payer=settlement.payer,
                continuation=settlement.secured,
                created_at=now,
            )
            await self._till.tenders.add(session, tender)
            moved = await self._mover.move(session, settlement, TenderStarted())
            hit("tender.before_open_commit")
        hit("tender.after_open_commit")
        self._remember(lease, moved, now)
        return now

    async def _drive_tender(self, lease: Lease) -> datetime:
        async with self._database.reading() as session:
            tenders = await self._till.tenders.of_settlement(
                session, lease.resident_id, lease.subject_id
            )
        tender = next((tender for tender in tenders if tender.state.open), None)
        if tender is None:  # a worker that stood still sees what another one has done meanwhile
            await self._insist(lease)
            raise LookupError("a state speaks of a tender that is not open")
        action = tendering.decide(tender.state)
        case = TenderCase(self._till, tender)
        if isinstance(action, Rest):
            return self._till.clock.now()
        return await self._call(lease, case, action)

    async def _open_refunds(self, lease: Lease) -> datetime:
        now = self._till.clock.now()
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            settlement = await self._get(session, lease)
            through = await self._reopen(session, settlement)
            refunds = await self._till.tenders.refunds(session, *settlement.key)
            known = {refund.tender_id for refund in refunds}
            for tender in await self._till.tenders.of_settlement(session, *settlement.key):
                if tender.state.phase != "charged" or tender.tender_id in known:
                    continue
                refund = refund_of(tender, self._till.ids.local(), now)
                await self._till.tenders.add_refund(session, refund)
                through += int(tender.method in BY_PROVIDER)
            event = RefundsOpened(through_providers=through)
            await self._mover.move(session, settlement, event)
            hit("refunds.before_open_commit")
        hit("refunds.after_open_commit")
        return now

    async def _reopen(self, session: AsyncSession, settlement: Settlement) -> int:
        """
        Open refunds anew that were left to a person, and count them.
        """
        count = 0
        for refund in await self._till.tenders.refunds(session, *settlement.key):
            if refund.state.phase == "review":
                state = refunding.reopened(refund.state)
                await self._till.tenders.move_refund(session, refund, state, {})
                count += 1
        return count

    async def _drive_refunds(self, lease: Lease) -> datetime:
        """
        Do one step of each open refund; the earliest following step counts.
        """
        async with self._database.reading() as session:
            refunds = await self._till.tenders.refunds(
                session, lease.resident_id, lease.subject_id
            )
        times = [
            await self._refund(lease, refund)
            for refund in refunds
            if refund.state.phase == "refunding"
        ]
        return min(times, default=self._till.clock.now())

    async def _refund(self, lease: Lease, refund: Refund) -> datetime:
        action = refunding.decide(refund.state)
        if isinstance(action, Rest):
            return self._till.clock.now()
        return await self._conducted(lease, RefundCase(self._till, refund), action)

    async def _insist(self, lease: Lease) -> None:
        """
        Insist that the work is still ours.

        Raises:
            LeaseLostError: it is not.
        """
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)

    async def _tell(
        self, lease: Lease, event: Event, area: str, change: Change | None = None
    ) -> datetime:
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            settlement = await self._get(session, lease)
            if isinstance(event, Expired) and not settlement.expired(self._till.clock.now()):
                raise StateConflictError  # a desk was quicker
            moved = await self._mover.move(session, settlement, event, change)
            hit(f"{area}.before_commit")
        hit(f"{area}.after_commit")
        now = self._till.clock.now()
        self._remember(lease, moved, now)
        return now

    async def _get(self, session: AsyncSession, lease: Lease) -> Settlement:
        return await self._mover.records.get(session, lease.resident_id, lease.subject_id)
