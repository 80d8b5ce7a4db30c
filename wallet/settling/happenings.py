"""
What may happen to a settlement, beside what happens to its calls.
"""

from typing import Literal

from msgspec import Struct

from wallet.calls.events import Event as CallEvent
from wallet.settling.states import Status


class Confirmed(Struct, frozen=True, kw_only=True):
    """
    The cashier agreed to the cash part shown, and said how it will be met.

    Attributes:
        alarmed: whether the device is under alarm now and nobody checked the holder's identity.
    """

    route: Literal["agreement", "desk"]
    alarmed: bool


class Approved(Struct, frozen=True):
    """
    The resident approved the present cash part with the device's key.
    """


class CancelAsked(Struct, frozen=True, kw_only=True):
    """
    The cashier wants it undone.
    """

    reason: str


class Expired(Struct, frozen=True):
    """
    The time limit of the present phase is over.
    """


class Secured(Struct, frozen=True):
    """
    The agreement covers the cash part.
    """


class NotSecured(Struct, frozen=True, kw_only=True):
    """
    The agreement does not cover it, or nobody could be asked (`definite` false).
    """

    code: str
    definite: bool


class TenderStarted(Struct, frozen=True):
    """
    A charge has begun.
    """


class TenderMoved(Struct, frozen=True, kw_only=True):
    """
    The charge's status changed.
    """

    status: Status


class TenderEnded(Struct, frozen=True, kw_only=True):
    """
    The charge is decided.

    Attributes:
        met_minor: what it took; 0 when it failed.
        late: it succeeded after it was cancelled; a refund has been opened.
    """

    met_minor: int
    code: str = ""
    late: bool = False


class Tendered(Struct, frozen=True, kw_only=True):
    """
    Cash or a card was taken at the desk.
    """

    amount_minor: int


class RefundsOpened(Struct, frozen=True, kw_only=True):
    """
    What was tendered goes back; so many of it through providers.
    """

    through_providers: int


class RefundEnded(Struct, frozen=True, kw_only=True):
    """
    A provider's refund is decided.
    """

    refunded: bool


class Reexamined(Struct, frozen=True):
    """
    An operator wants the outside asked again.
    """


class RefundReopened(Struct, frozen=True):
    """
    An operator has a refund tried again that a provider refused.
    """


Event = (
    CallEvent
    | Confirmed
    | Approved
    | CancelAsked
    | Expired
    | Secured
    | NotSecured
    | TenderStarted
    | TenderMoved
    | TenderEnded
    | Tendered
    | RefundsOpened
    | RefundEnded
    | Reexamined
    | RefundReopened
)
