"""
The machine of one charge: pure.

A charge that is pending or unknown is asked about for as long as the provider usually takes, then
cancelled right after the last query, then asked about again: only a query closes it. If the money
was taken after all, it goes back.
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
from wallet.settling.states import IllegalMoveError, Status

LARGEST_UNSENT = 3
UNREACHABLE = "PROVIDER_UNREACHABLE"

TenderPhase = Literal["charging", "cancelling", "charged", "refused", "cancelled"]
TENDER_PHASES: tuple[TenderPhase, ...] = (
    "charging",
    "cancelling",
    "charged",
    "refused",
    "cancelled",
)
TenderStep = Literal["", "charge", "cancel_charge", "ask"]
TENDER_STEPS: tuple[TenderStep, ...] = ("", "charge", "cancel_charge", "ask")
Action = Begin | Resume | Ask | Repeat | Rest


class TenderState(Struct, frozen=True, kw_only=True):
    """
    Where a charge stands.

    Attributes:
        phase, status, step: what is going on.
        acknowledged: the provider has confirmed a cancel, so "unknown there" is a definite no.
        late: it succeeded although it was cancelled.
        cancels: cancels that were committed.
        reason: why it failed.
    """

    phase: TenderPhase = "charging"
    status: Status = "due"
    step: TenderStep = "charge"
    acknowledged: bool = False
    late: bool = False
    cancels: int = 0
    reason: str = ""

    @property
    def open(self) -> bool:
        """
        Tell whether it is not decided.
        """
        return self.phase in {"charging", "cancelling"}


def decide(state: TenderState) -> Action:
    """
    Say what to do next.
    """
    if not state.open:
        return Rest()
    if state.step == "ask":
        return Ask("charge", undone=state.acknowledged)
    operation = state.step
    if state.status == "due":
        return Begin(operation)
    if state.status == "sent":
        return Resume(operation)
    return Ask("charge") if operation == "charge" else Repeat("cancel_charge")


def apply(state: TenderState, event: Event) -> TenderState:
    """
    Return the state after an event of the charge or of its cancel.

    Raises:
        IllegalMoveError: it cannot happen now.
    """
    if not state.open or not _expected(state, event):
        raise IllegalMoveError
    if event.operation == "charge":
        return _charge(state, event)
    return _cancel(state, event)


def _expected(state: TenderState, event: Event) -> bool:
    if isinstance(event, Committed):
        return state.step == event.operation and state.status == "due"
    if state.step == "ask":
        return event.operation == "charge" and not isinstance(event, Unsent | Doubtful)
    return state.step == event.operation


def _charge(state: TenderState, event: Event) -> TenderState:
    cancelled = state.phase == "cancelling"
    match event:
        case Committed():
            return replace(state, status="sent")
        case Done():
            return _over(replace(state, late=cancelled), "charged")
        case Failed(code=code):
            return _over(state, "cancelled" if cancelled else "refused", code)
        case Unsent(attempts=attempts):
            return _over(state, "refused", UNREACHABLE) if attempts >= LARGEST_UNSENT else state
        case Doubtful():
            return replace(state, status="unknown")
        case Undetermined(exhausted=exhausted):
            return _undetermined(state, exhausted=exhausted)


def _undetermined(state: TenderState, *, exhausted: bool) -> TenderState:
    if state.phase == "cancelling":
        return replace(state, step="cancel_charge", status="unknown" if state.cancels else "due")
    if not exhausted:
        return state
    return replace(state, phase="cancelling", step="cancel_charge", status="due")


def _cancel(state: TenderState, event: Event) -> TenderState:
    match event:
        case Committed():
            return replace(state, status="sent", cancels=state.cancels + 1)
        case Done():
            return replace(state, step="ask", status="unknown", acknowledged=True)
        case Failed() | Doubtful():
            return replace(state, step="ask", status="unknown")
        case Unsent():
            return state
        case Undetermined():
            raise IllegalMoveError


def _over(state: TenderState, phase: TenderPhase, reason: str = "") -> TenderState:
    return replace(state, phase=phase, status="due", step="", reason=reason)
