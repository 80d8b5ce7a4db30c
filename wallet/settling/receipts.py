"""
Receipts: what was billed, who bore it, how the cash part was met, what went back.

A receipt of ours is not a medical e-invoice (医疗收费电子票据); it carries that one's number.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from wallet.errors import StateConflictError
from wallet.settling.counter import Folder
from wallet.settling.replies import Amount, RefundView, SplitView, TenderView
from wallet.settling.views import Views, split_view
from wallet.visiting.schemas import Handle


class ReceiptLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One line of the bill.
    """

    number: str
    name: str
    quantity_e4: Annotated[int, Meta(ge=1, le=10**12, description="Ten-thousandths.")]
    price_e6: Annotated[int, Meta(ge=0, le=10**15, description="Millionths of a yuan.")]
    amount_minor: Amount

    def __repr__(self) -> str:
        """
        Show nothing: a drug tells an illness.
        """
        return "ReceiptLine(…)"


class Receipt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The receipt of a settlement that was completed.
    """

    settlement_id: Handle
    payee: str
    returned: Annotated[bool, Meta(description="The settlement was returned afterwards.")]
    lines: list[ReceiptLine]
    split: SplitView | None
    tenders: list[TenderView]
    refunds: list[RefundView]
    insurer_reference: str
    invono: Annotated[str, Meta(description="Number of the medical e-invoice, once reported.")]
    completed_at: datetime

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Receipt(…)"


def receipt_of(name: str, folder: Folder, views: Views) -> Receipt:
    """
    Return the receipt of a settlement.

    Raises:
        StateConflictError: it was never completed.
    """
    settlement = folder.settlement
    if settlement.completed_at is None:
        raise StateConflictError("There is no receipt yet.")
    lines = [
        ReceiptLine(
            number=line.number,
            name=line.name,
            quantity_e4=line.quantity_e4,
            price_e6=line.price_e6,
            amount_minor=line.amount_minor,
        )
        for line in settlement.bill.lines
    ]
    return Receipt(
        settlement_id=name,
        payee=folder.payee,
        returned=settlement.state.phase != "completed",
        lines=lines,
        split=split_view(settlement.split),
        tenders=views.tenders(folder),
        refunds=views.refunds(folder),
        insurer_reference=settlement.insurer_reference,
        invono=settlement.invono,
        completed_at=settlement.completed_at,
    )
