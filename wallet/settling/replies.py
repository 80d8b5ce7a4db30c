"""
The wire form of what desks, screens and residents see of settlements.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from wallet.http.described import one_of
from wallet.money import LARGEST_MINOR
from wallet.settling.refunding import REFUND_PHASES
from wallet.settling.states import PHASES, STATUSES
from wallet.settling.tendering import TENDER_PHASES
from wallet.visiting.schemas import Handle, Message

Amount = Annotated[int, Meta(ge=0, le=LARGEST_MINOR, description="Minor units (fen).")]
Version = Annotated[int, Meta(ge=1, le=2**31, description="Grows with every change.")]
Age = Annotated[int, Meta(ge=0, le=300)]
Phase = Annotated[str, one_of(PHASES, "See docs/settlement.md.")]
Status = Annotated[str, one_of(STATUSES, "Of the phase.")]
Method = Annotated[str, one_of(("agreement", "code", "card", "cash"))]


class _View(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return f"{type(self).__name__}(…)"


class FundView(_View, frozen=True, kw_only=True):
    """
    One fund's share.
    """

    code: str
    name: str
    amount_minor: Amount


class SplitView(_View, frozen=True, kw_only=True):
    """
    Who bears what: funds, personal account, mutual aid, hospital and cash add up to the total.
    """

    total_minor: Amount
    fund_minor: Amount
    funds: list[FundView]
    account_minor: Amount
    mutual_aid_minor: Amount
    hospital_minor: Amount
    cash_minor: Amount
    self_paid_minor: Amount
    over_limit_minor: Amount
    first_self_paid_minor: Amount


class IdentityView(_View, frozen=True, kw_only=True):
    """
    Enough of the person to compare with the one at the window.
    """

    name: Annotated[str, Meta(examples=["张*"])]
    document: Annotated[str, Meta(examples=["4****************8"])]
    age: Age | None


class TenderView(_View, frozen=True, kw_only=True):
    """
    One way the cash part is met.
    """

    id: Handle
    method: Method
    amount_minor: Amount
    phase: Annotated[str, one_of(TENDER_PHASES)]
    status: Status
    reason: str
    provider: str


class RefundView(_View, frozen=True, kw_only=True):
    """
    The return of one tender; a `payout` waits for the desk.
    """

    id: Handle
    tender_id: Handle
    method: Method
    amount_minor: Amount
    phase: Annotated[str, one_of(REFUND_PHASES)]
    status: Status
    reason: str


class ScreenView(_View, frozen=True, kw_only=True):
    """
    For the screen that faces the patient: totals, nothing that names an illness or a drug.
    """

    payee: str
    total_minor: Amount
    insured_minor: Amount
    cash_minor: Amount
    due_minor: Amount
    message: Message | None


class SettlementView(_View, frozen=True, kw_only=True):
    """
    A settlement as a desk of its party sees it.
    """

    id: Handle
    visit_id: Handle
    version: Version
    phase: Phase
    status: Status
    reason: str
    locked: Annotated[bool, Meta(description="Money may be on its way; begin nothing else.")]
    message: Message | None
    identity: IdentityView
    insurer: Annotated[str, one_of(("wallet", "his", "nobody"), "Who settles.")]
    split: SplitView | None
    cash_minor: Amount
    tendered_minor: Amount
    due_minor: Amount
    agreement: Annotated[bool, Meta(description="A payment agreement answered at the scan.")]
    cash_by: Annotated[str, one_of(("", "agreement", "desk"), "Empty before it is confirmed.")]
    confirmed: bool
    approval_required: Annotated[
        bool, Meta(description="The resident has to approve before it goes on.")
    ]
    approval_on_screen: Annotated[
        str,
        one_of(
            ("no", "yes", "identity"),
            "Whether a signature on this terminal's screen for the patient approves it; "
            "`identity`: once the holder's document was compared.",
        ),
    ]
    tenders: list[TenderView]
    refunds: list[RefundView]
    replaces: Handle | None
    replaced_by: Handle | None
    insurer_reference: str
    invono: str
    created_at: datetime
    deadline_at: datetime
    completed_at: datetime | None
    screen: ScreenView


class ApprovalView(_View, frozen=True, kw_only=True):
    """
    What an approval is signed over, in this order after the domain; see docs/settlement.md.
    """

    settlement_id: Handle
    version: Version
    amount_minor: Amount
    currency: str
    payee: str


class ResidentSettlementView(_View, frozen=True, kw_only=True):
    """
    A settlement as the resident sees it.
    """

    id: Handle
    visit_id: Handle
    payee: str
    phase: Phase
    status: Status
    message: Message | None
    split: SplitView | None
    cash_minor: Amount
    due_minor: Amount
    approval_required: bool
    approval: Annotated[
        ApprovalView | None, Meta(description="What to sign, while an approval is possible.")
    ]
    tenders: list[TenderView]
    refunds: list[RefundView]
    created_at: datetime
    completed_at: datetime | None


class ResidentSettlementPage(_View, frozen=True, kw_only=True):
    """
    A part of a resident's settlements, newest first.
    """

    settlements: list[ResidentSettlementView]
    next_cursor: str | None


class NetView(_View, frozen=True, kw_only=True):
    """
    What a return would come to; the cash part of what remains is an estimate.
    """

    returned_minor: Amount
    back_minor: Amount
    remaining_minor: Amount
    estimated_cash_minor: Amount
    net_minor: Annotated[
        int,
        Meta(
            ge=-LARGEST_MINOR,
            le=LARGEST_MINOR,
            description="What the patient gets back in the end; negative: owes.",
        ),
    ]


class ReturnView(_View, frozen=True, kw_only=True):
    """
    A return: what it would come to, or how it stands.
    """

    net: NetView | None
    settlement: SettlementView | None
