"""
The machine of one refund: pure.

A refund through a provider is asked about while it is unknown, and repeated with identical ids
when the provider's usual time is over: repeating it is the same refund. What was paid in cash or
by card at the desk is paid out there and confirmed by the desk.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet.calls.events import (
    Committed,
    Done,
    Doubtful,
    Event,
    Failed,
    Undetermined,
    Unsent,
)
from wallet.settling.actions import Ask, Begin, Repeat, Rest, Resume
from wallet.settling.states import LARGEST_TRIES, IllegalMoveError, Status

RefundPhase = Literal["refunding", "payout", "refunded", "review"]
REFUND_PHASES: tuple[RefundPhase, ...] = ("refunding", "payout", "refunded", "review")
Action = Begin | Resume | Ask | Repeat | Rest


class RefundState(Struct, frozen=True, kw_only=True):
    """
    Where a refund stands.

    Attributes:
        phase, status: what is going on; `payout` waits for the desk.
        repeating: the next thing is to perform the same call again.
        tries: how many calls were made in vain.
        reason: what a person has to look at.
    """

    phase: RefundPhase = "refunding"
    status: Status = "due"
    repeating: bool = False
    tries: int = 0
    reason: str = ""


def decide(state: RefundState) -> Action:
    """
    Say what to do next.
    """
    if state.phase != "refunding":
        return Rest()
    if state.status == "due":
        return Begin("refund")
    if state.status == "sent":
        return Resume("refund")
    return Repeat("refund") if state.repeating else Ask("refund")


def apply(state: RefundState, event: Event) -> RefundState:
    """
    Return the state after an event of the refund's call.

    Raises:
        IllegalMoveError: it cannot happen now.
    """
    if state.phase != "refunding" or (state.status == "due") != _begins(state, event):
        raise IllegalMoveError
    match event:
        case Committed():
            return replace(state, status="sent")
        case Done():
            return replace(state, phase="refunded", status="due", reason="")
        case Failed(code=code, refused=refused):
            return _failed(state, code, refused=refused)
        case Unsent():
            return state
        case Doubtful():
            return replace(state, status="unknown", repeating=False)
        case Undetermined(exhausted=exhausted):
            return replace(state, repeating=exhausted)


def paid_out(state: RefundState) -> RefundState:
    """
    The desk has handed the money over.

    Raises:
        IllegalMoveError: it is not a payout, or was confirmed before.
    """
    if state.phase != "payout":
        raise IllegalMoveError
    return replace(state, phase="refunded")


def reopened(state: RefundState) -> RefundState:
    """
    Try a refund again that was left to a person.

    Raises:
        IllegalMoveError: it was not.
    """
    if state.phase != "review":
        raise IllegalMoveError
    return RefundState()


def _begins(state: RefundState, event: Event) -> bool:
    """
    Only a commit, or an integration that refuses to prepare, begins a call.
    """
    return isinstance(event, Committed) or (isinstance(event, Failed) and state.status == "due")


def _failed(state: RefundState, code: str, *, refused: bool) -> RefundState:
    tries = state.tries + 1
    if refused or tries >= LARGEST_TRIES:
        return replace(state, phase="review", status="due", repeating=False, reason=code)
    return replace(state, status="due", repeating=False, tries=tries)
