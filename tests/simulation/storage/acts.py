"""What the wallet does to its tables on the way of money, in any order: for comparing storages."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec.structs import asdict

from tests.simulation.desk import bill_of
from tests.simulation.partners.insured import split_of
from tests.simulation.storage.drawing import VAULT, Act, Drawing
from tests.simulation.virtual import START
from wallet.calls import numbers
from wallet.calls import repository as calls
from wallet.calls.models import CallRow
from wallet.idempotency import repository as idempotency
from wallet.ledger.service import LedgerService, Posting, Transaction
from wallet.settling import repository as settling
from wallet.settling.records import Settlement, SettlementRecords
from wallet.settling.refunding import RefundState
from wallet.settling.states import State
from wallet.settling.tenders import Refund, Tender, TenderRecords


class Counting:
    """
    Ids that count.
    """

    def __init__(self) -> None:
        self._last = 0

    def local(self) -> int:
        """
        Return the next.
        """
        self._last += 1
        return self._last


class Acts(Drawing):
    """
    All of them.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._ids: Any = Counting()
        self._kinds = (
            self._put, self._claim, self._claim_one, self._renew, self._give_back, self._remove,
            self._due, self._visit, self._take, self._hand_over, self._visit_changes,
            self._settlement, self._settlement_changes, self._page, self._tender, self._refund,
            self._call, self._call_changes, self._latest, self._numbers, self._key, self._post,
            self._reverse,
        )  # fmt: skip

    def _settlement(self) -> Act:
        cash = self._below(4)
        settlement = Settlement(
            resident_id=1,
            settlement_id=self._below(4),
            visit_id=self._below(2),
            party_id=7,
            terminal_id=70,
            presentation_id=1,
            device_no=1,
            method="otp",
            state=State(phase="draft", insurer="wallet", cash_minor=cash * 60),
            bill=bill_of((100, 50)),
            split=split_of(150, 30) if cash else None,
            total_minor=150,
            use_account=True,
            subject="somebody",
            created_at=self._at(),
            deadline_at=START,
        )
        return lambda session: SettlementRecords(VAULT).add(session, settlement)

    def _settlement_changes(self) -> Act:
        key, version = (1, self._below(4)), 1 + self._below(3)
        values: Mapping[str, Any] = (
            {"phase": "insuring", "step": "settle"},
            {"phase": "nowhere"},
            {"cash_minor": 151},
            {"cash_minor": 90, "tendered_minor": 90},
            {"refunds_open": -1},
            {"alarmed": True, "credential": None},
        )[self._below(6)]
        return lambda session: settling.change_settlement(session, key, version, dict(values))

    def _page(self) -> Act:
        before, visit = (None, 2)[self._below(2)], (None, 0, 1)[self._below(3)]

        async def act(session: Any) -> Any:
            found = await SettlementRecords(VAULT).page(session, 1, before, 3, visit_id=visit)
            return [asdict(each) for each in found]

        return act

    def _tender(self) -> Act:
        tender = Tender(
            resident_id=1,
            tender_id=self._below(3),
            settlement_id=self._below(4),
            party_id=7,
            terminal_id=70,
            method=("cash", "cheque")[self._below(6) == 1],
            amount_minor=self._below(3) * 10,
            created_at=self._at(),
        )
        return lambda session: TenderRecords(VAULT).add(session, tender)

    def _refund(self) -> Act:
        refund = Refund(
            resident_id=1,
            refund_id=self._below(3),
            settlement_id=self._below(4),
            tender_id=self._below(3),
            party_id=7,
            method="cash",
            amount_minor=10,
            state=RefundState(),
            created_at=self._at(),
        )
        return lambda session: TenderRecords(VAULT).add_refund(session, refund)

    def _call(self) -> Act:
        row = {
            "resident_id": 1,
            "call_id": self._below(5),
            "subject_kind": ("settlement", "tender", "dream")[self._below(5) % 3],
            "subject_id": self._below(2),
            "party_id": 7,
            "integration_id": "insurer",
            "operation": ("settle", "upload")[self._below(2)],
            "reference": "R",
            "payload": b"{}",
            "state": ("prepared", "sent", "closed")[self._below(3)],
            "outcome": ("", "succeeded", "declined")[self._below(3)],
            "code": "",
            "partner_code": "",
            "attempts": self._below(2),
            "queries": 0,
            "prepared_at": self._at(),
        }

        async def act(session: Any) -> None:
            session.add(CallRow(**row))
            await session.flush()

        return act

    def _call_changes(self) -> Act:
        key, state = self._below(5), ("sent", "closed")[self._below(2)]
        values = {"state": state, "sent_at": self._at(), "attempts": self._below(4) - 1}
        return lambda session: calls.change(session, 1, key, values)

    def _latest(self) -> Act:
        subject = (("settlement", "tender")[self._below(2)], self._below(2))
        operation = ("settle", "upload")[self._below(2)]

        async def act(session: Any) -> Any:
            row = await calls.latest(session, 1, subject, operation)
            rows = await calls.newest(session, 1, subject, 2)
            return row and row.call_id, [each.call_id for each in rows]

        return act

    def _numbers(self) -> Act:
        party, at = 7 + self._below(2), START + timedelta(seconds=self._below(2))
        return lambda session: numbers.allocate(session, party, "insurer", at)

    def _key(self) -> Act:
        place, now = (7, "route", f"key{self._below(2)}"), self._at()
        values = {
            "terminal_id": 70,
            "fingerprint": b"f",
            "target_resident_id": 1,
            "target_id": self._below(3),
            "created_at": now,
            "expires_at": now + timedelta(seconds=2),
        }
        named = dict(zip(("party_id", "route", "key"), place, strict=True))

        async def act(session: Any) -> Any:
            if await idempotency.insert(session, {**named, **values}):
                return "taken"
            if await idempotency.take_over(session, place, now, values):
                return "taken over"
            row = await idempotency.find(session, place)
            return row and row.target_id

        return act

    def _post(self) -> Act:
        amount, subject = self._below(3) * 5, self._below(2)
        postings = (Posting("desk:cash", amount), Posting("patient:cash_due", -amount))
        transaction = Transaction(
            kind="tendered", subject_id=subject, postings=postings, at=self._at()
        )
        return lambda session: LedgerService(ids=self._ids).post(session, 1, transaction)

    def _reverse(self) -> Act:
        subject = self._below(2)
        return lambda session: LedgerService(ids=self._ids).reverse(
            session,
            1,
            kind="tendered",
            subject_id=subject,
            as_kind="refunded",
            at=START,
        )
