"""
The wire form of what desks, screens and residents see of settlements.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from wallet.visiting.schemas import Handle, Message


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
    amount_minor: int


class SplitView(_View, frozen=True, kw_only=True):
    """
    Who bears what: funds, personal account, mutual aid, hospital and cash add up to the total.
    """

    total_minor: int
    fund_minor: int
    funds: list[FundView]
    account_minor: int
    mutual_aid_minor: int
    hospital_minor: int
    cash_minor: int
    self_paid_minor: int
    over_limit_minor: int
    first_self_paid_minor: int


class IdentityView(_View, frozen=True, kw_only=True):
    """
    Enough of the person to compare with the one at the window.
    """

    name: Annotated[str, Meta(examples=["张*"])]
    document: Annotated[str, Meta(examples=["4****************8"])]
    age: int | None


class TenderView(_View, frozen=True, kw_only=True):
    """
    One way the cash part is met.
    """

    id: Handle
    method: str
    amount_minor: int
    phase: str
    status: str
    reason: str
    provider: str


class RefundView(_View, frozen=True, kw_only=True):
    """
    The return of one tender; a `payout` waits for the desk.
    """

    id: Handle
    tender_id: Handle
    method: str
    amount_minor: int
    phase: str
    status: str
    reason: str


class ScreenView(_View, frozen=True, kw_only=True):
    """
    For the screen that faces the patient: totals, nothing that names an illness or a drug.
    """

    payee: str
    total_minor: int
    insured_minor: int
    cash_minor: int
    due_minor: int
    message: Message | None


class SettlementView(_View, frozen=True, kw_only=True):
    """
    A settlement as a desk of its party sees it.
    """

    id: Handle
    visit_id: Handle
    version: int
    phase: Annotated[
        str,
        Meta(
            description=(
                "draft, pre_settling, awaiting_approval, securing, insuring, charging, cash_due, "
                "completed, cancelling, cancelled or review; see docs/settlement.md"
            )
        ),
    ]
    status: Annotated[str, Meta(description="due, sent or unknown")]
    reason: str
    locked: Annotated[bool, Meta(description="Money may be on its way; begin nothing else.")]
    message: Message | None
    identity: IdentityView
    insurer: Annotated[str, Meta(description="Who settles: wallet, his or nobody.")]
    split: SplitView | None
    cash_minor: int
    tendered_minor: int
    due_minor: int
    agreement: Annotated[bool, Meta(description="A payment agreement answered at the scan.")]
    cash_by: Annotated[str, Meta(description="agreement, desk, or empty before it is confirmed.")]
    confirmed: bool
    approval_required: Annotated[
        bool, Meta(description="The resident has to approve with a device before it goes on.")
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
    version: int
    amount_minor: int
    currency: str
    payee: str


class ResidentSettlementView(_View, frozen=True, kw_only=True):
    """
    A settlement as the resident sees it.
    """

    id: Handle
    payee: str
    phase: str
    status: str
    message: Message | None
    split: SplitView | None
    cash_minor: int
    due_minor: int
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

    returned_minor: int
    back_minor: int
    remaining_minor: int
    estimated_cash_minor: int
    net_minor: Annotated[
        int, Meta(description="What the patient gets back in the end; negative: owes.")
    ]


class ReturnView(_View, frozen=True, kw_only=True):
    """
    A return: what it would come to, or how it stands.
    """

    net: NetView | None
    settlement: SettlementView | None
