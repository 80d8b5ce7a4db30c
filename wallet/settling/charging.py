"""
Tenders and refunds as their outside calls see them.
"""

from typing import Any

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import CancelCharge, Charge, Charged, Refused
from integrations.spi import Refund as RefundRequest
from wallet.calls.events import Done, Doubtful, Event
from wallet.calls.outside import Order
from wallet.calls.service import CallsService, Subject
from wallet.clock import Clock
from wallet.db.once import Once
from wallet.ids import Ids
from wallet.settling import refunding, tendering
from wallet.settling.happenings import RefundEnded, TenderEnded, TenderMoved
from wallet.settling.moving import Mover
from wallet.settling.records import Settlement
from wallet.settling.states import Status
from wallet.settling.tendering import TenderState
from wallet.settling.tenders import Refund, Tender, TenderRecords, refund_of

CHARGED_LATE = "CHARGED_LATE"


class Till:
    """
    What tender and refund cases work with.
    """

    def __init__(
        self, *, mover: Mover, tenders: TenderRecords, calls: CallsService, clock: Clock, ids: Ids
    ) -> None:
        self.mover = mover
        self.tenders = tenders
        self.calls = calls
        self.clock = clock
        self.ids = ids


class TenderCase:
    """
    A charge towards the payment provider.

    Attributes:
        moved: its settlement as it was told last, once its transaction is committed.
    """

    def __init__(self, till: Till, tender: Tender) -> None:
        self._till = till
        self._tender_id = tender.tender_id
        self.resident_id = tender.resident_id
        self.subject = Subject("tender", tender.tender_id)
        self._get = Once(self._read)
        self.moved: Settlement | None = None

    async def order(self, session: AsyncSession, operation: str) -> Order | Refused:
        """
        Build the request of an operation.
        """
        tender = await self._get(session)
        if operation == "charge":
            view = await self._till.calls.view(session, tender.party_id, tender.integration_id)
            request: Charge | CancelCharge = Charge(
                subject=tender.payer,
                code=tender.code,
                amount_minor=tender.amount_minor,
                hospital=view.name,
                terminal=str(tender.terminal_id),
            )
        else:
            charge = await self._till.calls.latest(
                session, self.resident_id, self.subject, "charge"
            )
            if charge is None:
                return Refused("NOTHING_TO_CANCEL")
            request = CancelCharge(original=charge.prepared.reference)
        return Order(
            party_id=tender.party_id,
            integration_id=tender.integration_id,
            request=request,
            continuation=tender.continuation,
        )

    async def amount(self, session: AsyncSession, operation: str) -> int | None:
        """
        A charge takes exactly what was asked.
        """
        return (await self._get(session)).amount_minor if operation == "charge" else None

    async def continuation(self, session: AsyncSession) -> bytes:
        """
        Return what the provider's integration remembers.
        """
        return (await self._get(session)).continuation

    async def told(self, session: AsyncSession, event: Event) -> None:
        """
        Move the tender, and the settlement with it.
        """
        tender = await self._get(session)
        state = tendering.apply(tender.state, event)
        now = self._till.clock.now()
        plain: dict[str, Any] = {}
        secrets: dict[str, bytes] = {} if state.open else {"code": b""}
        match event:
            case Done(result=Charged(provider_reference=reference), continuation=continuation):
                plain = {"charged_at": now, "reference": reference}
                secrets["continuation"] = continuation
            case Done(continuation=continuation):
                secrets["continuation"] = continuation
            case Doubtful(continuation=bytes() as continuation):
                secrets["continuation"] = continuation
            case _:
                pass
        await self._till.tenders.move(session, tender, state, plain=plain, secrets=secrets)
        if state.phase == "charged":
            await self._till.mover.charged(session, tender, now)
        if state.late:
            refund = refund_of(tender, self._till.ids.local(), now)
            await self._till.tenders.add_refund(session, refund)
        await self._follow(session, tender, state)

    async def _follow(self, session: AsyncSession, tender: Tender, state: TenderState) -> None:
        mover = self._till.mover
        settlement = await mover.records.get(session, tender.resident_id, tender.settlement_id)
        self.moved = settlement
        ended: TenderEnded | TenderMoved
        if state.open:
            unsure = state.status == "unknown" or state.phase == "cancelling"
            status: Status = "unknown" if unsure else "sent"
            if settlement.state.status == status:
                return
            ended = TenderMoved(status=status)
        elif state.late:
            ended = TenderEnded(met_minor=0, code=CHARGED_LATE, late=True)
        elif state.phase == "charged":
            ended = TenderEnded(met_minor=tender.amount_minor)
        else:
            ended = TenderEnded(met_minor=0, code=state.reason)
        self.moved = await mover.move(session, settlement, ended)

    async def _read(self, session: AsyncSession) -> Tender:
        return await self._till.tenders.get(session, self.resident_id, self._tender_id)


class RefundCase:
    """
    A refund towards the payment provider.
    """

    def __init__(self, till: Till, refund: Refund) -> None:
        self._till = till
        self._refund_id = refund.refund_id
        self._tender_id = refund.tender_id
        self.resident_id = refund.resident_id
        self.subject = Subject("refund", refund.refund_id)
        self._tender = Once(self._read)

    async def order(self, session: AsyncSession, operation: str) -> Order | Refused:
        """
        Build the request: the whole charge, by its original route.
        """
        del operation
        tender = await self._tender(session)
        charge = await self._till.calls.latest(
            session, self.resident_id, Subject("tender", tender.tender_id), "charge"
        )
        if charge is None:
            return Refused("NOTHING_TO_REFUND")
        return Order(
            party_id=tender.party_id,
            integration_id=tender.integration_id,
            request=RefundRequest(
                original=charge.prepared.reference,
                amount_minor=tender.amount_minor,
                charged_minor=tender.amount_minor,
            ),
            continuation=tender.continuation,
        )

    async def amount(self, session: AsyncSession, operation: str) -> int | None:
        """
        A refund gives back exactly what was asked.
        """
        del operation
        return (await self._tender(session)).amount_minor

    async def continuation(self, session: AsyncSession) -> bytes:
        """
        Return what the provider's integration remembers of the charge.
        """
        return (await self._tender(session)).continuation

    async def told(self, session: AsyncSession, event: Event) -> None:
        """
        Move the refund, and the settlement with it when it is decided.
        """
        refund = await self._till.tenders.refund(session, self.resident_id, self._refund_id)
        state = refunding.apply(refund.state, event)
        now = self._till.clock.now()
        decided = state.phase != "refunding"
        plain = {"refunded_at": now} if state.phase == "refunded" else {}
        await self._till.tenders.move_refund(session, refund, state, plain)
        if state.phase == "refunded":
            tender = await self._tender(session)
            gone = replace(refund, state=state)
            await self._till.mover.refunded(session, gone, tender, tender.terminal_id, now)
        if decided:
            mover = self._till.mover
            settlement = await mover.records.get(session, self.resident_id, refund.settlement_id)
            ended = RefundEnded(refunded=state.phase == "refunded")
            await mover.move(session, settlement, ended)

    async def _read(self, session: AsyncSession) -> Tender:
        return await self._till.tenders.get(session, self.resident_id, self._tender_id)
