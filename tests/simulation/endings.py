"""What must hold when faults have ended and everything had time enough."""

from collections.abc import Iterator

from tests.simulation.invariants import trades_of
from tests.simulation.partners.insurer import Insurer
from tests.simulation.partners.provider import Provider
from tests.simulation.storage.rules import Row
from tests.simulation.world import World

_ENDS = {
    "settlements": {"completed", "cancelled", "review"},
    "tenders": {"charged", "refused", "cancelled"},
    "refunds": {"refunded", "payout", "review"},
    "visits": {"open", "cancelled", "closed", "review"},
}


def restless(world: World) -> list[str]:
    """
    Return what has not come to an end.
    """
    found = [
        f"{table}: {row['phase']} {row.get('step', '')} {row['status']}"
        for table, ends in _ENDS.items()
        for row in world.store.rows(table).values()
        if row["phase"] not in ends and not _stands_over_review(world, table, row)
    ]
    return found + [
        "settlements: waits for refunds"
        for row in world.store.rows("settlements").values()
        if row["phase"] in {"completed", "cancelled"} and row["refunds_open"]
    ]


def _stands_over_review(world: World, table: str, row: Row) -> bool:
    """
    What belongs to a settlement that is left to a person waits with it, or after it.
    """
    about = {"tenders": "settlement_id", "refunds": "settlement_id", "settlements": "replaces"}
    number = row[about[table]] if table in about else None
    if number is None:
        return False
    return world.store.rows("settlements")[row["resident_id"], number]["phase"] == "review"


def disagreements(world: World, insurer: Insurer, provider: Provider) -> Iterator[str]:
    """
    Walk over everything in which insurer, provider and books tell different stories.
    """
    for row in world.store.rows("settlements").values():
        yield from _with_insurer(row, insurer)
        yield from _with_patient(world, row)
    for row in world.store.rows("tenders").values():
        yield from _with_provider(world, row, provider)
    yield from _with_visits(world, insurer)
    for call in world.store.rows("calls").values():
        if call["state"] == "sent" and not call["outcome"]:
            yield f"the call {call['operation']} is left as sent"


def _with_insurer(row: Row, insurer: Insurer) -> Iterator[str]:
    if row["insurer"] != "wallet" or row["phase"] == "review":
        return
    live = insurer.live(f"B{row['settlement_id']}")
    if len(live) != int(row["settled"] == "standing"):
        yield f"{len(live)} stand at the insurer of one that is {row['settled']} here"
    if [each.number for each in live if each.number != row["insurer_reference"]]:
        yield "the insurer's number is another one"


def _with_provider(world: World, tender: Row, provider: Provider) -> Iterator[str]:
    if not tender["integration_id"]:
        return
    booked = 0
    subjects = {("charged", tender["tender_id"])} | {
        ("refunded", refund["refund_id"])
        for refund in world.store.rows("refunds").values()
        if refund["tender_id"] == tender["tender_id"]
    }
    for line in world.store.rows("postings").values():
        mine = (line["kind"], line["subject_id"]) in subjects
        if mine and line["account"].startswith("provider:"):
            booked += line["amount_minor"]
    held = sum(trade.held for trade in trades_of(world, provider, tender["tender_id"]))
    if held != booked:
        yield f"the provider holds {held} of a tender {tender['phase']}, the books say {booked}"


def _with_patient(world: World, row: Row) -> Iterator[str]:
    """
    Nobody owes anybody anything, except what is to be paid out or left to a person.
    """
    number, rows = row["settlement_id"], world.store.rows
    if row["phase"] not in {"completed", "cancelled"}:
        return
    tenders = {t["tender_id"] for t in rows("tenders").values() if t["settlement_id"] == number}
    refunds = [r for r in rows("refunds").values() if r["settlement_id"] == number]
    subjects = {
        *((kind, number) for kind in ("settled", "settlement_undone")),
        *((kind, key) for kind in ("charged", "tendered") for key in tenders),
        *(("refunded", refund["refund_id"]) for refund in refunds),
    }
    owed = sum(
        line["amount_minor"]
        for line in rows("postings").values()
        if (line["kind"], line["subject_id"]) in subjects and line["account"] == "patient:cash_due"
    )
    open_refunds = sum(r["amount_minor"] for r in refunds if r["phase"] != "refunded")
    if owed + open_refunds:
        yield f"the patient owes {owed} after {row['phase']}, {open_refunds} to be given back"


def _with_visits(world: World, insurer: Insurer) -> Iterator[str]:
    for visit in world.store.rows("visits").values():
        if visit["phase"] == "review":
            continue
        there = f"M-{visit['visit_number']}" in insurer.open_visits
        if there != visit["registered"]:
            yield f"registered={visit['registered']} here, {there} at the insurer"
        key, settlements = visit["visit_id"], world.store.rows("settlements").values()
        mine = [row for row in settlements if row["visit_id"] == key]
        if visit["standing"] != sum(row["phase"] == "completed" for row in mine):
            yield f"the visit counts {visit['standing']} settlements"
        turn = visit["open_settlement_id"]
        if turn is not None and all(row["phase"] != "review" for row in mine):
            yield "the visit waits for a settlement that is over"
    if insurer.lines.keys() - insurer.strays and all(
        row["phase"] == "cancelled" for row in world.store.rows("settlements").values()
    ):
        yield "lines of a bill that is cancelled lie at the insurer"
