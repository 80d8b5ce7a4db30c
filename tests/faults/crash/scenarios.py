"""What goes on at the desk in a run, and which failpoints that can reach."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from tests.faults.crash.visits import Patient, Wish
from wallet.calls.failpoints import ASKING, DOING
from wallet.settling.failpoints import FAILPOINTS


def _doing(*operations: str) -> frozenset[str]:
    return frozenset(f"{operation}.{where}" for operation in operations for where in DOING)


def _asking(*operations: str) -> frozenset[str]:
    return frozenset(f"{operation}.{where}" for operation in operations for where in ASKING)


def _all(*prefixes: str) -> frozenset[str]:
    return frozenset(point for point in FAILPOINTS if point.startswith(prefixes))


def _intents(*acts: str) -> frozenset[str]:
    return frozenset(f"{act}.{side}_intent_commit" for act in acts for side in ("before", "after"))


_OPEN = _all("visit.before_open", "visit.after_open")
_INSURED = (
    _OPEN
    | _intents("settlement", "confirm")
    | _doing("register", "upload", "pre_settle", "settle")
)
_AGREED = _INSURED | _all("secure.", "tender.") | _doing("charge")
_CASH = _INSURED | _intents("tenders")
_UNDONE = _all("refunds.") | _doing("cancel_settlement", "revoke_upload")
_LEFT = _all("visit.before_cancel", "visit.after_cancel") | _doing("cancel_registration")
_RETURNED = _AGREED | _UNDONE | _intents("returns") | _doing("refund")


class Scenario(Struct, frozen=True, kw_only=True):
    """
    One kind of run.

    Attributes:
        reaches: the failpoints it passes, each process taking its part of them.
        play: does it.
        account_minor: what the patient has on the personal account at the insurer.
        payer: how the payer behaves at the provider.
        faults: what goes wrong at the partners, by sandbox.
        cash_due_seconds: the hospital's limit.
    """

    reaches: frozenset[str]
    play: Callable[[Patient], Awaitable[None]]
    account_minor: int = 0
    payer: Mapping[str, Any] = {}
    faults: tuple[tuple[str, dict[str, Any]], ...] = ()
    cash_due_seconds: int = 1_800


async def _agreement(patient: Patient) -> None:
    settlement = await patient.settled(Wish(cash_by="agreement"))
    if settlement["phase"] == "completed":
        target = f"/v1/settlements/{settlement['id']}/invoice"
        await patient.cashier.post(target, {"invono": "0123456789"})


async def _big_bill(patient: Patient) -> None:
    await patient.settled(Wish(cash_by="agreement", lines=5))


async def _cash(patient: Patient) -> None:
    await patient.settled(Wish(cash_by="agreement", tenders=("cash", "card")))


async def _desk(patient: Patient) -> None:
    await patient.settled(Wish(cash_by="desk", tenders=("cash", "code")))


async def _cancelled(patient: Patient) -> None:
    await patient.settled(Wish(cash_by="desk", tenders=("cash",), then="cancel"))
    await patient.leave()


async def _cancelled_code(patient: Patient) -> None:
    await patient.settled(Wish(cash_by="desk", tenders=("code",), then="cancel"))
    await patient.leave()


async def _whole_returned(patient: Patient) -> None:
    settlement = await patient.settled(Wish(cash_by="agreement"))
    await patient.give_back(settlement, ())
    await patient.leave()


async def _item_returned(patient: Patient) -> None:
    settlement = await patient.settled(Wish(cash_by="agreement"))
    await patient.give_back(settlement, ("L2",))


async def _expired(patient: Patient) -> None:
    await patient.settled(Wish(cash_by="desk", then="expire"))


def _at(name: str, operation: str, kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return name, {"operation": operation, "kind": kind, **more}


_PAY, _REFUND = "alipay.trade.pay", "alipay.trade.refund"
_WAITS = {"asks_buyer": "always", "decides_after_seconds": None}
_CUT, _SILENT = "cut_before_response", "cut_after_request"

SCENARIOS: Mapping[str, Scenario] = {
    "agreement": Scenario(reaches=_AGREED | _intents("invoice"), play=_agreement),
    "approval": Scenario(reaches=_AGREED | _intents("approve"), play=_big_bill),
    "no cash part": Scenario(reaches=_INSURED, play=_agreement, account_minor=10_000_000),
    "declined, then cash": Scenario(reaches=_AGREED | _CASH, play=_cash, payer={"balance_fen": 1}),
    "payment code": Scenario(reaches=_CASH | _doing("charge"), play=_desk),
    "cancelled by the cashier": Scenario(
        reaches=_CASH | _UNDONE | _LEFT | _intents("cancel", "payout"), play=_cancelled
    ),
    "cancelled after a payment code": Scenario(
        reaches=_CASH | _UNDONE | _LEFT | _intents("cancel") | _doing("charge", "refund"),
        play=_cancelled_code,
    ),
    "all returned": Scenario(reaches=_RETURNED | _LEFT, play=_whole_returned),
    "an item returned": Scenario(reaches=_RETURNED, play=_item_returned),
    "expired": Scenario(
        reaches=_INSURED | _all("expiry.") | _doing("cancel_settlement", "revoke_upload"),
        play=_expired,
        cash_due_seconds=60,
    ),
    "pending, then paid": Scenario(
        reaches=_AGREED | _asking("charge"),
        play=_agreement,
        payer=_WAITS | {"decides_after_seconds": 5, "decision": "confirm"},
    ),
    "pending, never paid": Scenario(
        reaches=_AGREED | _CASH | _asking("charge") | _doing("cancel_charge"),
        play=_cash,
        payer=_WAITS,
    ),
    "payment cut after it charged": Scenario(
        reaches=_AGREED | _asking("charge"), play=_agreement, faults=(_at("alipay", _PAY, _CUT),)
    ),
    "payment cut before it charged": Scenario(
        reaches=_AGREED | _CASH | _asking("charge") | _doing("cancel_charge"),
        play=_cash,
        faults=(_at("alipay", _PAY, _SILENT),),
    ),
    "payment 20000, charged": Scenario(
        reaches=_AGREED | _asking("charge"),
        play=_agreement,
        faults=(_at("alipay", _PAY, "answer", code="20000"),),
    ),
    "payment 20000, not charged": Scenario(
        reaches=_AGREED | _CASH | _asking("charge") | _doing("cancel_charge"),
        play=_cash,
        faults=(_at("alipay", _PAY, "answer", code="20000", processed=False),),
    ),
    "cancel of the charge cut": Scenario(
        reaches=_AGREED | _CASH | _asking("charge") | _doing("cancel_charge"),
        play=_cash,
        payer=_WAITS,
        faults=(_at("alipay", "alipay.trade.cancel", _CUT),),
    ),
    "insurer cut after it registered": Scenario(
        reaches=_AGREED | _asking("register"), play=_agreement, faults=(_at("nhsa", "2201", _CUT),)
    ),
    "insurer cut after it cancelled the registration": Scenario(
        reaches=_CASH | _UNDONE | _LEFT | _asking("cancel_registration"),
        play=_cancelled,
        faults=(_at("nhsa", "2202", _CUT),),
    ),
    "insurer cut after the upload": Scenario(
        reaches=_AGREED | _doing("revoke_upload"),
        play=_agreement,
        faults=(_at("nhsa", "2204", _CUT), _at("nhsa", "2206", _CUT)),
    ),
    "insurer cut after it settled": Scenario(
        reaches=_AGREED | _asking("settle"), play=_agreement, faults=(_at("nhsa", "2207", _CUT),)
    ),
    "insurer silent before it settled": Scenario(
        reaches=_AGREED | _asking("settle") | _doing("reverse", "revoke_upload"),
        play=_agreement,
        faults=(_at("nhsa", "2207", _SILENT),),
    ),
    "insurer cut after it undid": Scenario(
        reaches=_CASH | _UNDONE | _asking("cancel_settlement"),
        play=_cancelled,
        faults=(_at("nhsa", "2208", _CUT), _at("nhsa", "2205", _CUT)),
    ),
    "insurer silent before it undid": Scenario(
        reaches=_CASH | _UNDONE | _asking("cancel_settlement") | _doing("reverse"),
        play=_cancelled,
        faults=(_at("nhsa", "2208", _SILENT),),
    ),
    "refund cut after it was made": Scenario(
        reaches=_RETURNED | _asking("refund"),
        play=_whole_returned,
        faults=(_at("alipay", _REFUND, _CUT),),
    ),
    "refund 20000, not made": Scenario(
        reaches=_RETURNED | _asking("refund"),
        play=_item_returned,
        faults=(_at("alipay", _REFUND, "answer", code="20000", processed=False),),
    ),
}


def reaching(failpoint: str) -> list[str]:
    """
    Return the scenarios that pass a failpoint.
    """
    return [name for name, scenario in SCENARIOS.items() if failpoint in scenario.reaches]
