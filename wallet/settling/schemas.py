"""
What desks and residents send about settlements.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wallet.settling.forms import (
    MOST_LINES,
    BillForm,
    LineNumber,
    Minor,
    Positive,
    Redacted,
    Reference,
    ReportForm,
)
from wallet.settling.opening import Wish
from wallet.settling.returns import Return
from wallet.settling.service import Confirmation, Offered
from wallet.visiting.schemas import Handle

InvoiceNumber = Annotated[str, Meta(pattern=r"\A[0-9A-Za-z-]{1,20}\Z", examples=["0123456789"])]


class OpenSettlement(Redacted, frozen=True, kw_only=True):
    """
    Settle a bill, with its own scan.
    """

    presentation: Handle
    bill: BillForm
    use_account: Annotated[bool, Meta(description="Draw on the personal account.")] = True
    self_pay: Annotated[bool, Meta(description="Leave the insurer out.")] = False
    reported: ReportForm | None = None

    def wish(self, at: datetime) -> Wish:
        """
        Return what the desk wants.
        """
        reported = self.reported
        return Wish(
            presentation=self.presentation,
            bill=self.bill.bill(at),
            use_account=self.use_account,
            self_pay=self.self_pay,
            reported=reported.reported(self.bill.total_minor) if reported else None,
        )


class ConfirmSettlement(Redacted, frozen=True, kw_only=True):
    """
    Agree to the split that was shown.
    """

    cash_minor: Minor
    cash_by: Annotated[
        Literal["agreement", "desk"],
        Meta(description="By the payer's agreement, or with tenders at the desk."),
    ]
    identity_checked: Annotated[
        bool, Meta(description="The desk has checked the holder's identity.")
    ] = False

    def confirmation(self) -> Confirmation:
        """
        Return what the cashier agrees to.
        """
        return Confirmation(
            cash_minor=self.cash_minor,
            cash_by=self.cash_by,
            identity_checked=self.identity_checked,
        )


class OfferTender(Redacted, frozen=True, kw_only=True):
    """
    Meet the cash part, or some of it, at the desk.
    """

    method: Literal["cash", "card", "code"]
    amount_minor: Positive
    code: Annotated[
        str, Meta(pattern=r"\A[0-9A-Za-z]{0,64}\Z", description="The scanned payment code.")
    ] = ""
    provider: Annotated[
        str,
        Meta(
            pattern=r"\A([a-z][a-z0-9_]{0,31})?\Z",
            description="Who takes the code; may be left out where there is only one.",
        ),
    ] = ""
    reference: Reference = ""

    def offered(self) -> Offered:
        """
        Return what is tendered.
        """
        return Offered(
            method=self.method,
            amount_minor=self.amount_minor,
            code=self.code,
            provider=self.provider,
            reference=self.reference,
        )


class ReturnItems(Redacted, frozen=True, kw_only=True):
    """
    Return a completed settlement, or some of its lines (退费).
    """

    lines: Annotated[
        list[LineNumber],
        Meta(max_length=MOST_LINES, description="Numbers of the returned lines; none: the whole."),
    ] = msgspec.field(default_factory=list)
    presentation: Annotated[
        str,
        Meta(
            pattern=r"\A([a-z]{2,8}_[0-9a-hjkmnp-tv-z]{52})?\Z",
            description="The handle of a fresh scan, where something remains to be settled.",
        ),
    ] = ""
    use_account: bool = True
    preview: Annotated[bool, Meta(description="Only tell what it would come to.")] = False

    def wish(self) -> Return:
        """
        Return what is to be returned.
        """
        return Return(
            lines=frozenset(self.lines),
            presentation=self.presentation,
            use_account=self.use_account,
        )


class PayOut(Redacted, frozen=True, kw_only=True):
    """
    The desk has handed the money back.
    """

    reference: Reference = ""


class ReportInvoice(Redacted, frozen=True, kw_only=True):
    """
    The number of the medical e-invoice (医疗收费电子票据).
    """

    invono: InvoiceNumber


class ApproveSettlement(Redacted, frozen=True, kw_only=True):
    """
    Approve the cash part with a device's key.
    """

    device_no: Annotated[int, Meta(ge=1, le=65535)]
    version: Annotated[int, Meta(ge=1, le=2**31, description="The version that was shown.")]
    signature: Annotated[
        str,
        Meta(
            pattern=r"\A[0-9A-Za-z_-]{86}\Z",
            description="r ‖ s, 64 bytes, base64url without padding; see docs/settlement.md.",
        ),
    ]
