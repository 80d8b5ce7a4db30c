"""
What happened to a committed call, in the words every state machine understands.
"""

from msgspec import Struct

from integrations.spi import (
    Answer,
    Declined,
    DidNotHappen,
    Happened,
    NotSent,
    Outcome,
    Pending,
    StillPending,
    Succeeded,
    Undecided,
    Unknown,
)
from integrations.spi.outcome import Result


class Committed(Struct, frozen=True, kw_only=True):
    """
    The call is in the database; nothing was sent yet.
    """

    operation: str


class Done(Struct, frozen=True, kw_only=True):
    """
    It was done, says an answer to the call or to a query.
    """

    operation: str
    result: Result
    continuation: bytes

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Done({self.operation!r})"


class Failed(Struct, frozen=True, kw_only=True):
    """
    It was definitely not done and will not be.

    Attributes:
        refused: true when the partner (or the integration) said no to the call itself.
    """

    operation: str
    code: str
    refused: bool


class Unsent(Struct, frozen=True, kw_only=True):
    """
    Nothing reached the partner; the same call may be performed again.
    """

    operation: str
    attempts: int


class Doubtful(Struct, frozen=True, kw_only=True):
    """
    It may or may not have happened, or somebody has yet to decide.

    Attributes:
        continuation: replaces the one held, when there is one.
    """

    operation: str
    continuation: bytes | None = None

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Doubtful({self.operation!r})"


class Undetermined(Struct, frozen=True, kw_only=True):
    """
    A query did not settle it.

    Attributes:
        exhausted: true when the partner's usual time is over and the wallet must act.
    """

    operation: str
    exhausted: bool


Event = Committed | Done | Failed | Unsent | Doubtful | Undetermined


def of_outcome(operation: str, outcome: Outcome, attempts: int) -> Event:
    """
    Return what the outcome of performing a call means.
    """
    match outcome:
        case Succeeded(result=result, continuation=continuation):
            return Done(operation=operation, result=result, continuation=continuation)
        case Declined(code=code):
            return Failed(operation=operation, code=code, refused=True)
        case Pending(continuation=continuation):
            return Doubtful(operation=operation, continuation=continuation)
        case NotSent():
            return Unsent(operation=operation, attempts=attempts)
        case Unknown():
            return Doubtful(operation=operation)


def of_answer(operation: str, answer: Answer, *, exhausted: bool) -> Event:
    """
    Return what the answer to a query means.
    """
    match answer:
        case Happened(result=result, continuation=continuation):
            return Done(operation=operation, result=result, continuation=continuation)
        case DidNotHappen(code=code):
            return Failed(operation=operation, code=code, refused=False)
        case StillPending() | Undecided():
            return Undetermined(operation=operation, exhausted=exhausted)
