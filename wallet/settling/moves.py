"""
The moves the settlement's machine is made of: pure, from a state to a state.
"""

from typing import Any

from msgspec.structs import replace

from wallet.settling.happenings import (
    Approved,
    CancelAsked,
    Confirmed,
    Expired,
    NotSecured,
    Reexamined,
    RefundEnded,
    RefundsOpened,
    Secured,
    Tendered,
    TenderEnded,
    TenderMoved,
    TenderStarted,
)
from wallet.settling.states import ASKED, LARGEST_TRIES, IllegalMoveError, Phase, State, Step

_NO_CALLS = frozenset({"awaiting_approval", "cash_due", "completed", "cancelled", "review"})


def expect(state: State, step: str, *statuses: str) -> None:
    """
    Insist that this step is under way.
    """
    if state.step != step or state.status not in statuses or state.phase in _NO_CALLS:
        raise IllegalMoveError


def at_step(state: State, step: Step, tries: int = 0) -> State:
    """
    Begin a step of the present phase.
    """
    return replace(state, step=step, status="due", tries=tries, last_query=False)


def resting(state: State, phase: Phase, **changes: Any) -> State:  # noqa: ANN401
    """
    Enter a phase in which nothing is under way.
    """
    return replace(state, phase=phase, step="", status="due", tries=0, last_query=False, **changes)


def onward(state: State) -> State:
    """
    Leave `awaiting_approval` when everybody agreed, or stay.
    """
    if not state.confirmed or state.approval_required:
        return state
    if state.insurer == "wallet" and state.settled == "none":
        if state.route == "agreement" and state.cash_minor > 0:
            return at_step(replace(state, phase="securing"), "secure")
        return at_step(replace(state, phase="insuring"), "settle")
    return _collecting(replace(state, settled="standing"))


def standing(state: State) -> State:
    """
    Go on after the insurer has settled; more cash than agreed to is approved anew.
    """
    if state.route == "agreement" and state.cash_minor > state.shown_minor:
        if state.approval_required:
            return resting(state, "awaiting_approval", reason="CASH_PART_GREW")
        return at_step(replace(state, phase="securing"), "secure")
    if state.route == "agreement" and state.due_minor > 0:
        return at_step(replace(state, phase="charging"), "tender")
    return _collecting(state)


def _collecting(state: State) -> State:
    if state.due_minor <= 0:
        return resting(state, "completed")
    if state.route == "agreement":
        return at_step(replace(state, phase="securing"), "secure")
    return resting(state, "cash_due")


def cancelling(state: State, reason: str) -> State:
    """
    Begin to undo everything, the last thing first.
    """
    begun = replace(state, phase="cancelling", reason=reason, last_query=False)
    return undoing(begun)


def undoing(state: State) -> State:
    """
    Go on undoing: the insurer's settlement, then the tenders, then the upload.
    """
    if state.settled == "standing":
        if state.insurer == "wallet":
            return at_step(state, "cancel_settlement")
        return undoing(replace(state, settled="undone"))
    if state.tendered_minor > 0 or state.refunds_failed:
        return at_step(state, "refunds")
    if state.upload != "none":
        return at_step(state, "revoke_upload")
    return resting(state, "cancelled")


def last_query(state: State, step: Step, reason: str) -> State:
    """
    Ask once more after a refusal that leaves the outcome open.
    """
    return replace(state, step=step, status="unknown", tries=0, last_query=True, reason=reason)


def review(state: State, reason: str) -> State:
    """
    Leave it to a person.
    """
    return replace(state, phase="review", resume_phase=state.phase, reason=reason)


def secured(state: State, _event: Secured) -> State:
    """
    The agreement covers the cash part.
    """
    expect(state, "secure", "due")
    if state.insurer == "wallet" and state.settled == "none":
        return at_step(replace(state, phase="insuring"), "settle")
    return at_step(replace(state, phase="charging"), "tender")


def not_secured(state: State, event: NotSecured) -> State:
    """
    It does not: before the insurer settled the desk chooses anew, afterwards the cash is due.
    """
    expect(state, "secure", "due")
    if not event.definite and state.tries + 1 < LARGEST_TRIES:
        return replace(state, tries=state.tries + 1)
    if state.settled == "standing":
        return resting(state, "cash_due", reason=event.code)
    again = replace(state, confirmed=False, route="", reason=event.code)
    return resting(again, "awaiting_approval")


def confirmed(state: State, event: Confirmed) -> State:
    """
    The cashier agreed.
    """
    if state.phase != "awaiting_approval":
        raise IllegalMoveError
    grown = state.settled == "standing" and state.cash_minor > state.shown_minor
    shown = state.shown_minor if grown else state.cash_minor
    return onward(
        replace(
            state,
            confirmed=True,
            route=event.route,
            alarmed=event.alarmed,
            shown_minor=shown,
            reason="",
        )
    )


def approved(state: State, _event: Approved) -> State:
    """
    The resident approved the present cash part.
    """
    if state.phase != "awaiting_approval":
        raise IllegalMoveError
    return onward(replace(state, approved_minor=state.cash_minor))


def cancel_asked(state: State, event: CancelAsked) -> State:
    """
    The cashier wants it undone.
    """
    if state.phase not in {"draft", "awaiting_approval", "cash_due", "completed"}:
        raise IllegalMoveError
    return cancelling(state, event.reason)


def expired(state: State, _event: Expired) -> State:
    """
    The time limit has passed.
    """
    if state.phase not in {"draft", "awaiting_approval", "cash_due"}:
        raise IllegalMoveError
    return cancelling(state, "EXPIRED")


def reexamined(state: State, _event: Reexamined) -> State:
    """
    Ask the outside again about what was left to a person.
    """
    if state.phase != "review" or not state.resume_phase:
        raise IllegalMoveError
    asked = state.step in ASKED and state.status != "due"  # what never began cannot be asked for
    status = "unknown" if asked else "due"
    return replace(
        state,
        phase=state.resume_phase,
        resume_phase="",
        status=status,
        last_query=False,
        tries=0,
    )


def tender_started(state: State, _event: TenderStarted) -> State:
    """
    A charge begins: by agreement in `charging`, by a scanned code in `cash_due`.
    """
    due = state.phase == "charging" and state.step == "tender" and state.status == "due"
    if not due and (state.phase != "cash_due" or state.due_minor <= 0):
        raise IllegalMoveError
    return replace(state, phase="charging", step="tender", status="sent", reason="")


def tender_moved(state: State, event: TenderMoved) -> State:
    """
    The charge is under way, or nobody knows.
    """
    _charging(state)
    if event.status == "due":
        raise IllegalMoveError
    return replace(state, status=event.status)


def tender_ended(state: State, event: TenderEnded) -> State:
    """
    The charge is decided; one that failed undoes nothing.
    """
    _charging(state)
    if (
        event.met_minor < 0
        or event.met_minor > state.due_minor
        or (event.late and event.met_minor)
    ):
        raise IllegalMoveError
    if event.met_minor == 0:
        refunds = state.refunds_open + int(event.late)
        return resting(state, "cash_due", reason=event.code, refunds_open=refunds)
    return _met(state, event.met_minor)


def tendered(state: State, event: Tendered) -> State:
    """
    Something was taken at the desk.
    """
    if state.phase != "cash_due" or not 0 < event.amount_minor <= state.due_minor:
        raise IllegalMoveError
    return _met(state, event.amount_minor)


def _met(state: State, amount_minor: int) -> State:
    met = replace(state, tendered_minor=state.tendered_minor + amount_minor)
    return resting(met, "completed" if met.due_minor == 0 else "cash_due", reason="")


def refunds_opened(state: State, event: RefundsOpened) -> State:
    """
    What was tendered is on its way back.
    """
    if (state.phase, state.step, state.status) != ("cancelling", "refunds", "due"):
        raise IllegalMoveError
    opened = replace(
        state,
        status="sent",
        refunds_open=state.refunds_open + event.through_providers,
        tendered_minor=0,
        refunds_failed=0,
    )
    return opened if opened.refunds_open else undoing(opened)


def refund_ended(state: State, event: RefundEnded) -> State:
    """
    A provider's refund is decided.
    """
    if state.refunds_open <= 0:
        raise IllegalMoveError
    ended = replace(
        state,
        refunds_open=state.refunds_open - 1,
        refunds_failed=state.refunds_failed + int(not event.refunded),
    )
    if ended.refunds_open or (ended.phase, ended.step) != ("cancelling", "refunds"):
        return ended
    if ended.refunds_failed:
        return review(ended, "REFUND_REFUSED")
    return undoing(ended)


def _charging(state: State) -> None:
    if state.phase != "charging" or state.step != "tender" or state.status == "due":
        raise IllegalMoveError
