"""What must hold after every commit, whatever went wrong."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from integrations.spi import Prepared
from tests.simulation import drawn
from tests.simulation.partners.insurer import Insurer
from tests.simulation.partners.provider import Provider
from tests.simulation.storage.rules import Row
from tests.simulation.storage.tables import Changed
from tests.simulation.world import World

_TENDER_PHASES = {
    (None, "charging"),
    (None, "charged"),
    ("charging", "charged"),
    ("charging", "refused"),
    ("charging", "cancelling"),
    ("cancelling", "cancelled"),
    ("cancelling", "charged"),
}
_REFUND_PHASES = {
    (None, "refunding"),
    (None, "payout"),
    ("refunding", "refunded"),
    ("refunding", "review"),
    ("review", "refunding"),
    ("payout", "refunded"),
}
_BOOKED = frozenset({"settlements", "tenders", "refunds", "postings"})


@cache
def _drawn() -> frozenset[tuple[str, str]]:
    return drawn.of_settlements()


class Invariants:
    """
    Watches commits and calls, and ends the history when something is wrong.
    """

    def __init__(self, world: World, insurer: Insurer, provider: Provider) -> None:
        self._world, self._insurer, self._provider = world, insurer, provider
        self._sent: dict[str, bytes] = {}
        self.walked: set[tuple[str, str]] = set()

    def committed(self, who: str, changes: list[Changed]) -> None:
        """
        Look at a commit.
        """
        tables = {change.table for change in changes}
        for change in changes:
            if change.table == "settlements":
                self._settlement(who, change)
            elif change.table == "tenders":
                self._phases(who, change, _TENDER_PHASES)
            elif change.table == "refunds":
                self._phases(who, change, _REFUND_PHASES)
            elif change.table in {"postings", "journal", "takings"}:
                self._insist(change.before is None, f"a row of {change.table} was changed")
            elif change.table == "calls":
                self._call(change)
        if tables & _BOOKED:
            self._books()

    def performs(self, who: str, what: str, prepared: Prepared) -> None:
        """
        Look at a call that is about to leave: it was committed, and is what it was before.
        """
        self._world.note(who, f"{what} {prepared.operation} {prepared.reference}")
        if what != "performs":
            return
        calls = self._world.store.rows("calls").values()
        mine = [call for call in calls if call["reference"] == prepared.reference]
        self._insist(
            [call["state"] for call in mine] == ["sent"],
            f"{prepared.operation} is performed before it was committed as sent",
        )
        before = self._sent.setdefault(prepared.reference, prepared.payload)
        self._insist(
            before == prepared.payload, f"{prepared.operation} is repeated with another content"
        )

    def _settlement(self, who: str, change: Changed) -> None:
        before, after = change.before, change.after
        if after is None:
            self._world.fail("a settlement was deleted")
            return
        if before is None:
            self._insist(after["phase"] in drawn.begins(_drawn()), f"begins as {after['phase']}")
        elif before["phase"] != after["phase"]:
            moved = (before["phase"], after["phase"])
            self.walked |= drawn.walked(_drawn(), *moved)
            self._insist(
                drawn.leads(_drawn(), *moved), f"no arrow leads from {moved[0]} to {moved[1]}"
            )
            self._insist(after["version"] > before["version"], "a version stood still")
        step = f"{after['step'] or '-'} {after['status']}"
        self._world.note(
            who, f"#{after['settlement_id'] % 1000} {after['phase']} ({step}) {after['reason']}"
        )

    def _phases(self, who: str, change: Changed, allowed: set[tuple[str | None, str]]) -> None:
        before = change.before["phase"] if change.before else None
        after = change.after["phase"] if change.after else ""
        self._world.note(who, f"{change.table[:-1]} {after}")
        self._insist(
            before == after or (before, after) in allowed,
            f"a row of {change.table} went from {before} to {after}",
        )

    def _call(self, change: Changed) -> None:
        before, after = change.before, change.after
        if before is None or after is None:
            self._insist(after is not None, "a call was deleted")
            return
        for column in ("reference", "payload", "operation", "integration_id"):
            self._insist(before[column] == after[column], f"a call's {column} changed")

    def _books(self) -> None:
        rows = self._world.store.rows
        booked: dict[tuple[str, int], dict[str, int]] = {}
        for line in rows("postings").values():
            accounts = booked.setdefault((line["kind"], line["subject_id"]), {})
            accounts[line["account"]] = line["amount_minor"]
        for key, accounts in booked.items():
            self._insist(sum(accounts.values()) == 0, f"{key[0]} does not balance")
        for row in rows("settlements").values():
            self._stands(row, booked)
        for row in rows("tenders").values():
            kind = "charged" if row["integration_id"] else "tendered"
            there = (kind, row["tender_id"]) in booked
            self._insist(there == (row["phase"] == "charged"), f"{kind}: books and tender differ")
            if row["integration_id"]:
                self._taken_once(row)
        for row in rows("refunds").values():
            there = ("refunded", row["refund_id"]) in booked
            self._insist(there == (row["phase"] == "refunded"), "books and refund differ")

    def _stands(self, row: Row, booked: dict[tuple[str, int], dict[str, int]]) -> None:
        number = row["settlement_id"]
        settled, undone = (
            booked.get(("settled", number)),
            booked.get(("settlement_undone", number)),
        )
        self._insist((settled is not None) == (row["settled"] != "none"), "settled, not booked")
        if row["insurer"] == "nobody" and settled is None:
            return
        self._insist((undone is not None) == (row["settled"] == "undone"), "undone, not booked")
        if row["insurer"] != "wallet":
            return
        ever = self._insurer.settled_ever(f"B{number}")
        self._insist(len(ever) <= 1, "the insurer settled one bill twice")
        if settled is None or self._world.lied:
            return
        self._insist(bool(ever), "settled in the books, never at the insurer")
        for there in ever:
            cash = settled.get("patient:cash_due", 0)
            self._insist(there.cash == cash, f"cash is {there.cash} there, {cash} in the books")

    def _taken_once(self, tender: Row) -> None:
        trades = list(trades_of(self._world, self._provider, tender["tender_id"]))
        taken = [trade for trade in trades if trade.taken]
        self._insist(len(taken) <= 1, "one tender was charged twice")
        self._insist(
            all(trade.taken <= tender["amount_minor"] for trade in trades), "too much was charged"
        )
        self._insist(all(trade.held >= 0 for trade in trades), "more went back than was taken")
        if tender["phase"] == "charged" and not self._world.lied:
            self._insist(bool(taken), "charged in the books, never at the provider")

    def _insist(self, held: bool, what: str) -> None:  # noqa: FBT001 - reads like an assertion
        self._world.insist(held, what)


def trades_of(world: World, provider: Provider, tender_id: int) -> Iterable[Any]:
    """
    Walk over the provider's trades about a tender.
    """
    for call in world.store.rows("calls").values():
        if (call["subject_kind"], call["subject_id"], call["operation"]) == (
            "tender",
            tender_id,
            "charge",
        ):
            trade = provider.trades.get(call["reference"])
            if trade is not None:
                yield trade
