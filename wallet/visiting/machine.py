"""
The visit's state machine: pure.

A visit opens also without the insurer; whatever is not known about a registration is asked for,
and then the call is repeated.
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

VisitPhase = Literal["registering", "open", "cancelling", "cancelled", "closed", "review"]
VISIT_PHASES: tuple[VisitPhase, ...] = (
    "registering",
    "open",
    "cancelling",
    "cancelled",
    "closed",
    "review",
)
UNREACHABLE = "INSURER_UNREACHABLE"
LARGEST_UNSENT = 5
LARGEST_TRIES = 32


class IllegalMoveError(Exception):
    """
    An event that cannot happen in this state: a fault of ours, never hidden.
    """


class VisitState(Struct, frozen=True, kw_only=True):
    """
    Where a visit stands.

    Attributes:
        phase, status: what is going on.
        registered: it is open at the insurer.
        repeating: the next thing is to perform the same call again.
        tries: how often it was repeated.
        resume_phase: where `review` came from.
        reason: why the insurer is not in it, or what a person has to look at.
    """

    phase: VisitPhase
    status: Literal["due", "sent", "unknown"] = "due"
    registered: bool = False
    repeating: bool = False
    tries: int = 0
    resume_phase: VisitPhase | Literal[""] = ""
    reason: str = ""

    @property
    def operation(self) -> str:
        """
        The call of the phase.
        """
        return "register" if self.phase == "registering" else "cancel_registration"

    @property
    def moving(self) -> bool:
        """
        Tell whether something outside is under way.
        """
        return self.phase in {"registering", "cancelling"}

    @property
    def locked(self) -> bool:
        """
        Tell whether something is not known, so that nobody may begin anything else.
        """
        return self.phase == "review" or (self.moving and self.status == "unknown")


def apply(state: VisitState, event: Event) -> VisitState:
    """
    Return the state after an event of its call.

    Raises:
        IllegalMoveError: it cannot happen now.
    """
    if not _possible(state, event):
        raise IllegalMoveError
    match event:
        case Committed():
            return replace(state, status="sent")
        case Done():
            return _done(state)
        case Failed(code=code, refused=refused):
            return _failed(state, code, refused=refused)
        case Unsent(attempts=attempts):
            given_up = attempts >= LARGEST_UNSENT and state.phase == "registering"
            return _failed(state, UNREACHABLE, refused=True) if given_up else state
        case Doubtful():
            return replace(state, status="unknown", repeating=False)
        case Undetermined(exhausted=exhausted):
            return _undetermined(state, exhausted=exhausted)


def cancel(state: VisitState) -> VisitState:
    """
    退号: begin to cancel the registration.

    Raises:
        IllegalMoveError: it is not open.
    """
    if state.phase != "open":
        raise IllegalMoveError
    if not state.registered:
        return _resting(state, "cancelled")
    return replace(state, phase="cancelling", status="due", tries=0, repeating=False, reason="")


def close(state: VisitState) -> VisitState:
    """
    Close a visit whose time is over.

    Raises:
        IllegalMoveError: it is not open.
    """
    if state.phase != "open":
        raise IllegalMoveError
    return _resting(state, "closed")


def reexamine(state: VisitState) -> VisitState:
    """
    Ask the insurer again about what was left to a person.

    Raises:
        IllegalMoveError: it was not.
    """
    if state.phase != "review" or not state.resume_phase:
        raise IllegalMoveError
    return replace(
        state, phase=state.resume_phase, resume_phase="", status="unknown", tries=0, reason=""
    )


def _possible(state: VisitState, event: Event) -> bool:
    if not state.moving or event.operation != state.operation:
        return False
    return isinstance(event, Failed) or isinstance(event, Committed) == (state.status == "due")


def _done(state: VisitState) -> VisitState:
    if state.phase == "registering":
        return replace(_resting(state, "open"), registered=True, reason="")
    return replace(_resting(state, "cancelled"), registered=False)


def _failed(state: VisitState, code: str, *, refused: bool) -> VisitState:
    """
    A refused registration opens the visit without the insurer; a refused cancel leaves it open.

    That a call cannot be made anew says nothing of an earlier one that is still in doubt.
    """
    if refused and state.tries:
        return replace(state, status="unknown", repeating=False, reason=code)
    return replace(_resting(state, "open"), reason=code)


def _undetermined(state: VisitState, *, exhausted: bool) -> VisitState:
    """
    Repeat the same call, or every other time make it anew.

    The insurer may refuse to hear a message that has grown old, and knows by the visit's number
    that another one means the same registration.
    """
    if state.status != "unknown" or state.repeating:
        raise IllegalMoveError
    if not exhausted:
        return state
    tries = state.tries + 1
    if tries >= LARGEST_TRIES:
        return replace(state, phase="review", resume_phase=state.phase, reason="OUTCOME_UNKNOWN")
    if tries % 2 == 0:
        return replace(state, status="due", tries=tries)
    return replace(state, repeating=True, tries=tries)


def _resting(state: VisitState, phase: VisitPhase) -> VisitState:
    return replace(state, phase=phase, status="due", repeating=False, tries=0)
