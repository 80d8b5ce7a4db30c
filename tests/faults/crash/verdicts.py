"""After a run: insurer, provider and wallet must tell the same story, each amount once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import col, select

from tests.fixtures.regions import Region
from wallet.calls.models import CallRow
from wallet.journal.models import JournalRow
from wallet.ledger.models import PostingRow
from wallet.settling.models import RefundRow, SettlementRow, TenderRow
from wallet.visiting.models import VisitRow
from wallet.work.models import WorkItemRow

_SHARES = {
    "insurer:fund": "fund",
    "insurer:account": "account",
    "insurer:mutual_aid": "mutual_aid",
    "hospital:borne": "hospital",
    "patient:cash_due": "cash",
}
_TABLES = (
    VisitRow,
    SettlementRow,
    TenderRow,
    RefundRow,
    PostingRow,
    CallRow,
    WorkItemRow,
    JournalRow,
)


class Evidence:
    """
    What all three sides have written down about one patient.
    """

    def __init__(self, rows: dict[type, Sequence[Any]], nhsa: Any, alipay: Any) -> None:
        self.visits: Sequence[VisitRow] = rows[VisitRow]
        self.settlements: Sequence[SettlementRow] = rows[SettlementRow]
        self.tenders: Sequence[TenderRow] = rows[TenderRow]
        self.refunds: Sequence[RefundRow] = rows[RefundRow]
        self.postings: Sequence[PostingRow] = rows[PostingRow]
        self.calls: Sequence[CallRow] = rows[CallRow]
        self.work: Sequence[WorkItemRow] = rows[WorkItemRow]
        self.journal: Sequence[JournalRow] = rows[JournalRow]
        self.nhsa, self.alipay = nhsa, alipay

    def booked(self, kind: str, subject_id: int) -> dict[str, int]:
        """
        Return the postings of one transaction, by account.
        """
        return {
            line.account: line.amount_minor
            for line in self.postings
            if (line.kind, line.subject_id) == (kind, subject_id)
        }


async def evidence(region: Region, resident_id: int, psn_no: str) -> Evidence:
    """
    Collect what is written about a patient.
    """
    rows: dict[type, Sequence[Any]] = {}
    async with region.services.basis.database.reading() as session:
        for table in _TABLES:
            found = await session.execute(
                select(table).where(col(table.resident_id) == resident_id)
            )
            rows[table] = found.scalars().all()
    nhsa = {
        kind: [
            row for row in (await region.sandboxes.books("nhsa"))[kind] if row["psn_no"] == psn_no
        ]
        for kind in ("settlements", "visits")
    }
    charges = {call.reference for call in rows[CallRow] if call.operation == "charge"}
    trades = (await region.sandboxes.books("alipay"))["trades"]
    alipay = {row["out_trade_no"]: row for row in trades if row["out_trade_no"] in charges}
    return Evidence(rows, nhsa, alipay)


def faults_of(found: Evidence) -> list[str]:
    """
    Return what does not fit together, in words; nothing when all is well.
    """
    return [
        *_unfinished(found),
        *_waiting(found),
        *_visits(found),
        *(fault for each in found.settlements for fault in _insurer(found, each)),
        *(fault for each in found.tenders for fault in _provider(found, each)),
        *(fault for each in found.settlements for fault in _cash(found, each)),
        *_doubled(found),
    ]


def _unfinished(found: Evidence) -> Iterable[str]:
    groups = (
        (found.settlements, {"completed", "cancelled"}),
        (found.tenders, {"charged", "refused", "cancelled"}),
        (found.refunds, {"refunded"}),
        (found.visits, {"open", "cancelled"}),
    )
    for rows, ends in groups:
        for row in rows:
            if row.phase not in ends:
                yield f"{row.__tablename__}: one is left in {row.phase}/{row.status}"


def _waiting(found: Evidence) -> Iterable[str]:
    if any(settlement.refunds_open for settlement in found.settlements):
        yield "a settlement waits for refunds"
    if any(visit.open_settlement_id is not None for visit in found.visits):
        yield "a visit waits for a settlement"
    if any(item.kind == "settlement" for item in found.work):
        yield "a finished settlement is left on the list of things to do"
    for call in found.calls:
        if call.state == "sent" and not call.outcome:
            yield f"the call {call.operation} is left as sent"


def _visits(found: Evidence) -> Iterable[str]:
    for visit in found.visits:
        there = [row for row in found.nhsa["visits"] if row["ipt_otp_no"] == visit.visit_number]
        live = [row for row in there if row["status"] == "registered"]
        if len(live) != int(visit.registered):
            yield f"{len(live)} live registrations at the insurer, registered={visit.registered}"
        if len(there) > 1:
            yield f"registered {len(there)} times at the insurer"
        standing = sum(row.phase == "completed" for row in found.settlements)
        if visit.standing != standing:
            yield f"visit counts {visit.standing} settlements of {standing}"
    for row in found.nhsa["visits"]:
        if row["unsettled_lines"]:
            yield f"{row['unsettled_lines']} lines lie unsettled at the insurer"


def _insurer(found: Evidence, settlement: SettlementRow) -> Iterable[str]:
    live = [
        row
        for row in found.nhsa["settlements"]
        if row["chrg_bchno"] == f"B{settlement.settlement_id}"
        and row["status"] == "settled"
        and not row["cancels"]
    ]
    wanted = settlement.phase == "completed" and settlement.insurer == "wallet"
    if len(live) != int(wanted):
        yield f"{len(live)} live settlements at the insurer of one that is {settlement.phase}"
    settled = found.booked("settled", settlement.settlement_id)
    undone = found.booked("settlement_undone", settlement.settlement_id)
    if bool(settled) != (settlement.settled != "none"):
        yield f"settled={settlement.settled}, booked {settled}"
    opposite = {account: -amount for account, amount in undone.items()}
    if opposite != (settled if settlement.settled == "undone" else {}):
        yield f"settled={settlement.settled}, undone {undone} of {settled}"
    for row in live:
        shares = {account: row[share] for account, share in _SHARES.items() if row[share]}
        shares["hospital:receivable"] = -row["total"]
        if shares != settled:
            yield f"the insurer says {shares}, the ledger {settled}"
        if row["setl_id"] != settlement.insurer_reference:
            yield "the insurer's number is another one"


def _provider(found: Evidence, tender: TenderRow) -> Iterable[str]:
    """
    One tender: never charged twice, and the ledger holds what the provider holds.
    """
    if not tender.integration_id:
        return
    references = [
        call.reference
        for call in found.calls
        if (call.subject_kind, call.subject_id, call.operation)
        == ("tender", tender.tender_id, "charge")
    ]
    if len(references) > 1:
        yield f"{len(references)} charges were prepared for one tender"
    trades = [found.alipay[each] for each in references if each in found.alipay]
    held = sum(trade["paid_fen"] - trade["refunded_fen"] for trade in trades)
    account = f"provider:{tender.integration_id}"
    booked = found.booked("charged", tender.tender_id).get(account, 0)
    for refund in found.refunds:
        if refund.tender_id == tender.tender_id:
            booked += found.booked("refunded", refund.refund_id).get(account, 0)
    if held != booked:
        yield f"the provider holds {held} of a tender {tender.phase}, the ledger {booked}"
    if any(trade["refunded_fen"] > trade["paid_fen"] for trade in trades):
        yield "more was given back than taken"


def _cash(found: Evidence, settlement: SettlementRow) -> Iterable[str]:
    """
    The patient owes nothing and is owed nothing.
    """
    tenders = {each.tender_id: each for each in found.tenders}
    mine = {key for key, each in tenders.items() if each.settlement_id == settlement.settlement_id}
    refunds = [each for each in found.refunds if each.tender_id in mine]
    owed = sum(
        found.booked(kind, subject_id).get("patient:cash_due", 0)
        for kind, subject_id in (
            ("settled", settlement.settlement_id),
            ("settlement_undone", settlement.settlement_id),
            *(("charged", key) for key in mine),
            *(("tendered", key) for key in mine),
            *(("refunded", refund.refund_id) for refund in refunds),
        )
    )
    if owed:
        yield f"the patient owes {owed} after {settlement.phase}"
    taken = sum(tenders[key].amount_minor for key in mine if tenders[key].phase == "charged")
    back = sum(refund.amount_minor for refund in refunds)
    wanted = settlement.cash_minor if settlement.phase == "completed" else 0
    if taken - back != wanted:
        yield f"{taken} taken, {back} given back, {wanted} due"


def _doubled(found: Evidence) -> Iterable[str]:
    told = Counter(entry.kind for entry in found.journal)
    booked = Counter(kind for kind, _ in {(line.kind, line.subject_id) for line in found.postings})
    pairs = (
        ("settled", booked["settled"]),
        ("charged", booked["charged"] + booked["tendered"]),
        ("refunded", booked["refunded"]),
        ("settlement_undone", booked["settlement_undone"]),
    )
    for kind, count in pairs:
        if told[kind] != count:
            yield f"{kind}: {count} in the ledger, {told[kind]} in the resident's journal"
    if sum(line.amount_minor for line in found.postings):
        yield "the ledger does not balance"
    undone = Counter(refund.tender_id for refund in found.refunds)
    if any(count > 1 for count in undone.values()):
        yield "a tender was refunded twice"


async def region_faults(region: Region) -> list[str]:
    """
    Return what does not fit together over everybody: books of partners against the trial balance.
    """
    async with region.services.basis.database.reading() as session:
        balance = await region.services.money.ledger.trial_balance(session)
    accounts = {account: amount for (account, _), amount in balance.items()}
    nhsa = (await region.sandboxes.books("nhsa"))["settlements"]
    trades = (await region.sandboxes.books("alipay"))["trades"]
    pairs = [
        (account, sum(row[share] for row in nhsa if row["status"] != "reversed"))
        for account, share in _SHARES.items()
        if account.startswith("insurer:")
    ]
    held = sum(trade["paid_fen"] - trade["refunded_fen"] for trade in trades)
    pairs += [("provider:alipay", held), ("patient:cash_due", 0)]
    faults = [
        f"{account}: {accounts.get(account, 0)} in the ledger, {there} there"
        for account, there in pairs
        if accounts.get(account, 0) != there
    ]
    return faults + (["the trial balance is not zero"] if sum(accounts.values()) else [])
