"""
Requests and results of the `Payment` capability. Amounts are integers in minor units (fen).
"""

from datetime import datetime

from msgspec import Struct

from integrations.spi.request import PartyView, Sensitive


class SecureRequest(Sensitive, frozen=True, kw_only=True):
    """
    Ask, before the insurer settles, whether this amount can be charged.

    Attributes:
        subject: the payer's binding.
        amount_minor: what will be charged.
    """

    subject: str
    amount_minor: int
    party: PartyView
    now: datetime


class Secured(Sensitive, frozen=True, kw_only=True, tag="secured"):
    """
    The agreement stands and covers the amount; `continuation` goes into the charge.
    """

    continuation: bytes
    expires_at: datetime | None = None


class Charge(Sensitive, frozen=True, kw_only=True, tag="charge"):
    """
    Charge the cash part, by agreement (`subject`) or with a scanned payment code (`code`).

    Attributes:
        subject: the payer's binding, or empty.
        code: the scanned payment code, or empty; exactly one of the two is given.
        amount_minor: what to charge.
        hospital: shown to the payer; the subject line stays neutral.
        terminal: opaque terminal number for the partner's records.
    """

    subject: str = ""
    code: str = ""
    amount_minor: int
    hospital: str
    terminal: str


class CancelCharge(Sensitive, frozen=True, kw_only=True, tag="cancel_charge"):
    """
    支付撤销: close a charge that is pending or unknown, giving the money back if it was taken.

    Attributes:
        original: `Prepared.reference` of the charge.
    """

    original: str


class Refund(Sensitive, frozen=True, kw_only=True, tag="refund"):
    """
    退费: give back part or all of a charge by its original route.

    Attributes:
        original: `Prepared.reference` of the charge.
        amount_minor: how much.
        charged_minor: how much the charge was.
    """

    original: str
    amount_minor: int
    charged_minor: int


PaymentRequest = Charge | CancelCharge | Refund


class Charged(Sensitive, frozen=True, kw_only=True, tag="charged"):
    """
    The money was taken.
    """

    amount_minor: int
    provider_reference: str
    at: datetime


class ChargeUndone(Struct, frozen=True, kw_only=True, tag="charge_undone"):
    """
    The partner acknowledged the cancel; only a query tells what became of the charge.
    """

    refunded: bool


class Refunded(Struct, frozen=True, kw_only=True, tag="refunded"):
    """
    The money went back.
    """

    amount_minor: int


PaymentResult = Charged | ChargeUndone | Refunded
