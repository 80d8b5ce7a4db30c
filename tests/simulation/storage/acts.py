"""What the wallet does to its tables on the way of money, in any order: for comparing storages."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import asdict

from tests.simulation.desk import DETAILS, bill_of
from tests.simulation.draws import Draws
from tests.simulation.partners.insured import split_of
from tests.simulation.storage.vaults import PlainVault
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
from wallet.visiting import repository as visiting
from wallet.visiting.machine import VisitState
from wallet.visiting.records import Visit, VisitRecords
from wallet.work import repository as work

Act = Callable[[Any], Awaitable[Any]]
VAULT: Any = PlainVault()


class Counting:
    """
    Ids 1, 2, 3, …
    """

    def __init__(self) -> None:
        self._last = 0

    def local(self) -> int:
        """
        Return the next.
        """
        self._last += 1
        return self._last


class Acts:
    """
    Draws acts from a seed; two with the same seed draw the same.
    """

    def __init__(self, seed: int) -> None:
        self._draws = Draws(seed)
        self._leases: list[Any] = []
        self._ids: Any = Counting()
        self._instants = 0
        self._kinds: tuple[Callable[[], Act], ...] = (
            self._put, self._claim, self._claim_one, self._renew, self._give_back, self._remove,
            self._due, self._visit, self._take, self._hand_over, self._visit_changes,
            self._settlement, self._settlement_changes, self._page, self._tender, self._refund,
            self._call, self._call_changes, self._latest, self._numbers, self._key, self._post,
            self._reverse,
        )  # fmt: skip

    def next(self) -> tuple[str, Act]:
        """
        Return an act and its name.
        """
        kind = self._draws.of("act", self._kinds)
        return kind.__name__, kind()

    def _below(self, limit: int) -> int:
        return self._draws.below("number", limit)

    def _at(self) -> datetime:
        """
        Return an instant that no other act has, since ties fall as they like.
        """
        self._instants += 1
        return START + timedelta(seconds=self._below(9), microseconds=self._instants)

    def _item(self) -> tuple[int, str, int]:
        return 1 + self._below(2), ("visit", "settlement")[self._below(2)], self._below(3)

    def _lease(self) -> Any:
        if self._leases and self._below(3):
            return self._leases[self._below(len(self._leases))]
        resident_id, kind, subject_id = self._item()
        return work.Lease(
            resident_id=resident_id,
            kind=kind,
            subject_id=subject_id,
            owner="w0",
            fence=1,
            wakes=0,
            attempts=1,
        )

    def _put(self) -> Act:
        item, at = self._item(), self._at()
        return lambda session: work.put(session, item, at)

    def _claim(self) -> Act:
        owner, at, most = f"w{self._below(2)}", self._at(), 1 + self._below(3)

        async def act(session: Any) -> Any:
            until = at + timedelta(seconds=3)
            found = await work.claim_due(session, owner=owner, now=at, until=until, limit=most)
            self._leases += sorted(found, key=repr)
            return sorted((asdict(each) for each in found), key=repr)

        return act

    def _claim_one(self) -> Act:
        item, owner, at = self._item(), f"w{self._below(2)}", self._at()

        async def act(session: Any) -> Any:
            until = at + timedelta(seconds=3)
            found = await work.claim_one(session, item, owner=owner, now=at, until=until)
            self._leases += [found] if found else []
            return found

        return act

    def _renew(self) -> Act:
        lease, at = self._lease(), self._at()
        return lambda session: work.renew(session, lease, at)

    def _give_back(self) -> Act:
        lease, at, progressed = self._lease(), self._at(), bool(self._below(2))
        return lambda session: work.give_back(session, lease, at, progressed=progressed)

    def _remove(self) -> Act:
        lease = self._lease()
        return lambda session: work.remove(session, lease)

    def _due(self) -> Act:
        before, now = self._at(), self._at()
        return lambda session: work.oldest_due(session, due_before=before, now=now)

    def _visit(self) -> Act:
        visit = Visit(
            resident_id=1,
            visit_id=self._below(3),
            party_id=7,
            terminal_id=70,
            presentation_id=1,
            version=1,
            state=VisitState(phase=("open", "closed", "cancelled")[self._below(3)]),
            insurance=None,
            visit_number="V1",
            details=DETAILS,
            continuation=b"",
            visit_reference="",
            open_settlement_id=None,
            standing=0,
            opened_at=START,
            closes_at=self._at(),
        )
        return lambda session: VisitRecords(VAULT).add(session, visit)

    def _take(self) -> Act:
        visit, settlement, standing = self._below(3), self._below(3), -self._below(2)
        return lambda session: visiting.take(session, 1, visit, settlement, standing=standing)

    def _hand_over(self) -> Act:
        visit, settlement = self._below(3), self._below(3)
        successor = ((None, 5)[self._below(2)], self._below(2))
        return lambda session: visiting.hand_over(session, 1, visit, settlement, successor)

    def _visit_changes(self) -> Act:
        key, version, tries = self._below(3), 1 + self._below(3), self._below(3) - 1

        async def act(session: Any) -> Any:
            row = await visiting.one(session, 1, key)
            if row is None:
                return None
            return await visiting.change(session, row, {"tries": tries}, version=version)

        return act

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
