"""
Settlements as their outside calls see them.
"""

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import (
    CancelSettlement,
    InsuranceRequest,
    PreSettle,
    PreSettled,
    Refused,
    Reverse,
    RevokeUpload,
    Settle,
    Settled,
    Upload,
)
from wallet.calls.events import Done, Doubtful, Event
from wallet.calls.outside import Order
from wallet.calls.service import CallsService, Subject
from wallet.db.once import Once
from wallet.errors import StateConflictError
from wallet.settling import machine
from wallet.settling.actions import Begin
from wallet.settling.moving import Mover
from wallet.settling.records import Change, Settlement

_AMOUNTS = frozenset({"pre_settle", "settle"})


class SettlementCase:
    """
    A settlement towards the insurer.

    Attributes:
        moved: the settlement as it was told last, once its transaction is committed.
    """

    def __init__(
        self, mover: Mover, calls: CallsService, resident_id: int, settlement_id: int
    ) -> None:
        self._mover = mover
        self._calls = calls
        self._settlement_id = settlement_id
        self.resident_id = resident_id
        self.subject = Subject("settlement", settlement_id)
        self._get = Once(self._read)
        self.moved: Settlement | None = None

    async def order(self, session: AsyncSession, operation: str) -> Order | Refused:
        """
        Build the request of an operation.

        Raises:
            StateConflictError: it is not what has to be done any more.
        """
        settlement = await self._get(session)
        if machine.decide(settlement.state) != Begin(operation):
            raise StateConflictError  # a desk was quicker than whoever had read it
        if operation == "reverse":
            request: InsuranceRequest | None = await self._reverse(session, settlement)
        else:
            request = _request(settlement, operation)
        if request is None:
            return Refused("NOTHING_TO_REVERSE")
        return Order(
            party_id=settlement.party_id,
            integration_id=settlement.insurance_id,
            request=request,
            continuation=settlement.continuation,
        )

    async def amount(self, session: AsyncSession, operation: str) -> int | None:
        """
        A split states the whole bill.
        """
        return (await self._get(session)).total_minor if operation in _AMOUNTS else None

    async def continuation(self, session: AsyncSession) -> bytes:
        """
        Return what the insurer's integration remembers.
        """
        return (await self._get(session)).continuation

    async def told(self, session: AsyncSession, event: Event) -> None:
        """
        Move the settlement.
        """
        change = Change()
        match event:
            case Done():
                change = _learned(event)
            case Doubtful(continuation=bytes() as continuation):
                change = Change(secrets={"continuation": continuation})
            case _:
                pass
        before = await self._get(session)
        self.moved = await self._mover.move(session, before, event, change)

    async def _reverse(self, session: AsyncSession, settlement: Settlement) -> Reverse | None:
        operation = "settle" if settlement.state.phase == "insuring" else "cancel_settlement"
        original = await self._calls.latest(session, self.resident_id, self.subject, operation)
        if original is None:
            return None
        return Reverse(
            subject=settlement.subject,
            credential=settlement.credential,
            original=original.prepared.reference,
            operation=operation,
            operator=settlement.bill.operator,
        )

    async def _read(self, session: AsyncSession) -> Settlement:
        return await self._mover.records.get(session, self.resident_id, self._settlement_id)


def _learned(event: Done) -> Change:
    secrets = {"continuation": event.continuation}
    match event.result:
        case PreSettled(split=split):
            return Change(secrets=secrets | {"split": msgspec.json.encode(split)})
        case Settled(split=split, settlement_reference=reference):
            return Change(
                plain={"insurer_reference": reference},
                secrets=secrets | {"split": msgspec.json.encode(split)},
            )
        case _:
            return Change(secrets=secrets)


def _request(settlement: Settlement, operation: str) -> InsuranceRequest | None:
    subject, credential = settlement.subject, settlement.credential
    bill, operator = settlement.bill, settlement.bill.operator
    match operation:
        case "upload":
            return Upload(subject=subject, credential=credential, bill=bill)
        case "revoke_upload":
            return RevokeUpload(
                subject=subject, credential=credential, batch=bill.batch, operator=operator
            )
        case "pre_settle":
            return PreSettle(
                subject=subject,
                credential=credential,
                bill=bill,
                use_account=settlement.use_account,
            )
        case "settle" if settlement.split is not None:
            return Settle(
                subject=subject,
                credential=credential,
                bill=bill,
                use_account=settlement.use_account,
                shown=settlement.split,
            )
        case "cancel_settlement":
            return CancelSettlement(subject=subject, credential=credential, operator=operator)
        case _:
            return None
