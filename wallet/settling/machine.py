"""
The settlement's state machine: pure. `decide` says what to do next, `apply` what an event means.

Rules it holds: securing comes before the insurer settles; nothing is charged that was not shown or
approved; a declined charge does not undo the insurer; what may have happened is asked for, then
reversed for good, and never simply done again; what was done is undone in reverse order.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from integrations.spi import PreSettled, Settled
from wallet.calls.events import Committed, Done, Doubtful, Failed, Undetermined, Unsent
from wallet.settling import moves
from wallet.settling.actions import (
    Action,
    Ask,
    Begin,
    DriveRefunds,
    DriveTender,
    OpenRefunds,
    Repeat,
    Rest,
    Resume,
    SecureCash,
    StartTender,
    Wait,
)
from wallet.settling.happenings import (
    Approved,
    CancelAsked,
    Confirmed,
    Event,
    Expired,
    NotSecured,
    Reexamined,
    RefundEnded,
    RefundReopened,
    RefundsOpened,
    Secured,
    Tendered,
    TenderEnded,
    TenderMoved,
    TenderStarted,
)
from wallet.settling.states import ASKED, LARGEST_TRIES, IllegalMoveError, State

LARGEST_UNSENT = 5


def decide(state: State) -> Action:
    """
    Say what to do next.
    """
    match state.phase:
        case "draft":
            return Begin("upload")
        case "awaiting_approval":
            return Wait()
        case "cash_due" | "review":
            return DriveRefunds() if state.refunds_open else Wait()
        case "completed" | "cancelled":
            return DriveRefunds() if state.refunds_open else Rest()
        case _:
            return _task(state)


def _task(state: State) -> Action:
    match state.step:
        case "secure":
            return SecureCash()
        case "tender":
            return StartTender() if state.status == "due" else DriveTender()
        case "refunds":
            return OpenRefunds() if state.status == "due" else DriveRefunds()
        case _:
            return _call(state)


def _call(state: State) -> Action:
    if state.status == "due":
        return Begin(state.step)
    if state.status == "sent":
        return Resume(state.step)
    return Ask(state.step) if state.step in ASKED else Repeat(state.step)


def apply(state: State, event: Event) -> State:
    """
    Return the state after an event.

    Raises:
        IllegalMoveError: it cannot happen now.
    """
    return _APPLY[type(event)](state, event)


def _committed(state: State, event: Committed) -> State:
    if state.phase == "draft" and event.operation == "upload":
        return replace(state, phase="pre_settling", step="upload", status="sent")
    moves.expect(state, event.operation, "due")
    return replace(state, status="sent")


def _unsent(state: State, event: Unsent) -> State:
    """
    Nothing reached the insurer: what moves forward gives up after a while, an undo never does.
    """
    moves.expect(state, event.operation, "sent", "unknown")
    forward = event.operation in {"upload", "pre_settle", "settle"}
    if not forward or event.attempts < LARGEST_UNSENT:
        return state
    return moves.cancelling(state, "INSURER_UNREACHABLE")


def _doubtful(state: State, event: Doubtful) -> State:
    moves.expect(state, event.operation, "sent", "unknown")
    match event.operation:
        case "upload":
            unknown = replace(state, upload="unknown")
            return moves.at_step(unknown, "revoke_upload", tries=state.tries)
        case "revoke_upload" | "reverse":
            return _undo_doubted(state)
        case "pre_settle" if state.tries + 1 >= LARGEST_TRIES:
            return moves.cancelling(state, "INSURER_UNREACHABLE")
        case "pre_settle":
            return moves.at_step(state, "pre_settle", tries=state.tries + 1)
        case _:
            return replace(state, status="unknown", tries=state.tries + 1)


def _undo_doubted(state: State) -> State:
    """
    Repeat an undo that nobody knows of, and ever more rarely begin it anew.

    An insurer may refuse to hear the same message again for ever, because it carried it out or
    because the message has grown too old, but answers another one that says the same.
    """
    tries = state.tries + 1
    anew = tries > 1 and tries & (tries - 1) == 0
    return replace(state, status="due" if anew else "unknown", tries=tries)


def _undetermined(state: State, event: Undetermined) -> State:
    moves.expect(state, event.operation, "unknown")
    if event.operation not in ASKED:
        raise IllegalMoveError
    if state.last_query:
        tries = state.tries + 1
        doubted = replace(state, tries=tries)
        return moves.review(doubted, "OUTCOME_UNKNOWN") if tries >= LARGEST_TRIES else doubted
    return moves.at_step(state, "reverse") if event.exhausted else state


def _done(state: State, event: Done) -> State:
    moves.expect(state, event.operation, "sent", "unknown")
    match event.operation:
        case "upload":
            return moves.at_step(replace(state, upload="done"), "pre_settle")
        case "pre_settle":
            return _pre_settled(state, event)
        case "settle":
            return _settled(state, event)
        case "cancel_settlement":
            return moves.undoing(replace(state, settled="undone", last_query=False))
        case "reverse":
            return _reversed(state)
        case _:
            return _revoked(state)


def _pre_settled(state: State, event: Done) -> State:
    if not isinstance(event.result, PreSettled):
        raise IllegalMoveError
    cash_minor = event.result.split.cash_minor
    return moves.resting(state, "awaiting_approval", cash_minor=cash_minor)


def _settled(state: State, event: Done) -> State:
    if not isinstance(event.result, Settled):
        raise IllegalMoveError
    cash_minor = event.result.split.cash_minor
    return moves.standing(replace(state, settled="standing", cash_minor=cash_minor))


def _reversed(state: State) -> State:
    if state.phase == "insuring":
        return moves.cancelling(state, "INSURER_REVERSED")
    return moves.at_step(state, "cancel_settlement")


def _revoked(state: State) -> State:
    revoked = replace(state, upload="none")
    if state.phase == "cancelling":
        return moves.undoing(revoked)
    if state.tries + 1 >= LARGEST_TRIES:
        return moves.cancelling(revoked, "INSURER_UNREACHABLE")
    return moves.at_step(revoked, "upload", tries=state.tries + 1)


def _failed(state: State, event: Failed) -> State:
    if state.phase == "draft" and event.operation == "upload":
        return moves.cancelling(state, event.code)
    moves.expect(state, event.operation, "due", "sent", "unknown")
    match event.operation:
        case "upload" if state.tries:  # perhaps because an earlier one arrived after all
            return moves.cancelling(replace(state, upload="unknown"), event.code)
        case "upload" | "pre_settle" | "settle":
            return moves.cancelling(state, event.code)
        case "reverse":
            asked = "settle" if state.phase == "insuring" else "cancel_settlement"
            return moves.last_query(state, asked, event.code)  # type: ignore[arg-type]
        case "cancel_settlement":
            return _not_cancelled(state, event)
        case _:
            return _not_revoked(state, event)


def _not_cancelled(state: State, event: Failed) -> State:
    if state.last_query or state.tries >= LARGEST_TRIES:
        return moves.review(state, event.code)
    if event.refused and state.status != "due":
        return moves.last_query(state, "cancel_settlement", event.code)
    if event.refused:
        return moves.review(state, event.code)
    return moves.at_step(state, "cancel_settlement", tries=state.tries + 1)


def _not_revoked(state: State, event: Failed) -> State:
    """
    There was nothing to revoke, if it was not even known whether the upload arrived.

    That is the insurer's to say: a call that could not even be prepared says nothing.
    """
    if state.upload == "unknown" and state.status != "due":
        return _revoked(state)
    if state.phase != "cancelling":
        return moves.cancelling(state, event.code)
    return moves.review(state, event.code)


def _refund_reopened(state: State, _event: RefundReopened) -> State:
    """
    One that was refused is open again; while everything is undone that is done for all at once.
    """
    if state.phase in {"cancelling", "review"} or state.refunds_failed == 0:
        raise IllegalMoveError
    failed, opened = state.refunds_failed - 1, state.refunds_open + 1
    return replace(state, refunds_failed=failed, refunds_open=opened)


_APPLY: Mapping[type, Callable[[State, Any], State]] = {
    Committed: _committed,
    Unsent: _unsent,
    Doubtful: _doubtful,
    Undetermined: _undetermined,
    Done: _done,
    Failed: _failed,
    Secured: moves.secured,
    NotSecured: moves.not_secured,
    Confirmed: moves.confirmed,
    Approved: moves.approved,
    CancelAsked: moves.cancel_asked,
    Expired: moves.expired,
    Reexamined: moves.reexamined,
    TenderStarted: moves.tender_started,
    TenderMoved: moves.tender_moved,
    TenderEnded: moves.tender_ended,
    Tendered: moves.tendered,
    RefundsOpened: moves.refunds_opened,
    RefundEnded: moves.refund_ended,
    RefundReopened: _refund_reopened,
}
