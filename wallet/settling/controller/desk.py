"""
Settlements at the desk.
"""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from wallet.errors import StateConflictError
from wallet.http.callers import TerminalCaller
from wallet.http.described import allows
from wallet.http.limits import BODY_BYTES_CEILING, body_limits
from wallet.http.problems import problems
from wallet.settling.approvals import ApprovalsService
from wallet.settling.controller.common import SCANNED, SEEN, Id, seen, views_for
from wallet.settling.counter import WRITE
from wallet.settling.receipts import Receipt, receipt_of
from wallet.settling.replies import ResidentSettlementView, SettlementView
from wallet.settling.schemas import (
    ConfirmSettlement,
    OfferTender,
    OpenSettlement,
    ReportInvoice,
)
from wallet.settling.service import SettlingService
from wallet.settling.viewers import Viewer
from wallet.visiting.intents import Intent
from wallet.visiting.requests import ACTING, LOOKING


class SettlementsController(Controller):
    """
    Settlements at the desk.
    """

    path = "/v1"
    tags = ("desk",)
    dependencies = SEEN

    @post(
        "/visits/{visit_id:str}/settlements",
        operation_id="openSettlement",
        summary="Settle a bill, with its own scan",
        description=(
            "Uploads the bill and pre-settles it; the split is shown in `awaiting_approval`. "
            "Where the hospital's own system settles, it reports that instead. The answer "
            "comes within seconds with the present phase; look again while it moves."
        ),
        status_code=201,
        opt=body_limits(most_bytes=BODY_BYTES_CEILING) | allows(WRITE),
        responses=problems(*ACTING, *SCANNED),
    )
    async def open_settlement(
        self,
        visit_id: Id,
        data: JSONBody[OpenSettlement],
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        settling: NamedDependency[SettlingService],
    ) -> SettlementView:
        """
        Begin to settle a bill.
        """
        wish = data.wish(settling.now())
        folder = await settling.open(intent, visit_id, wish)
        return views_for(settling, terminal).settlement(folder)

    @get(
        "/settlements/{settlement_id:str}",
        operation_id="getSettlement",
        summary="Look at a settlement",
        description="A terminal of its party sees the desk's view, its resident their own.",
        opt=allows(WRITE),
        responses=problems(*LOOKING),
    )
    async def get_settlement(
        self,
        settlement_id: Id,
        viewer: NamedDependency[Viewer],
        settling: NamedDependency[SettlingService],
        approvals: NamedDependency[ApprovalsService],
    ) -> SettlementView | ResidentSettlementView:
        """
        Return a settlement.
        """
        folder, views = await seen(viewer, settlement_id, settling, approvals)
        if viewer.terminal is not None:
            return views.settlement(folder)
        return views.resident(folder)

    @get(
        "/settlements/{settlement_id:str}/receipt",
        operation_id="getReceipt",
        summary="Get the receipt",
        description="Not a medical e-invoice; it carries that one's number once it is reported.",
        opt=allows(WRITE),
        responses=problems(*LOOKING, StateConflictError),
    )
    async def get_receipt(
        self,
        settlement_id: Id,
        viewer: NamedDependency[Viewer],
        settling: NamedDependency[SettlingService],
        approvals: NamedDependency[ApprovalsService],
    ) -> Receipt:
        """
        Return the receipt of a settlement that was completed.
        """
        folder, views = await seen(viewer, settlement_id, settling, approvals)
        return receipt_of(settlement_id, folder, views)

    @post(
        "/settlements/{settlement_id:str}/confirm",
        operation_id="confirmSettlement",
        summary="Agree to the split that was shown",
        description=(
            "Goes on by itself unless the resident has to approve first: secures the cash part, "
            "settles with the insurer, charges. With `cash_by` = desk the cash part becomes due "
            "at the desk."
        ),
        status_code=200,
        opt=allows(WRITE),
        responses=problems(*ACTING),
    )
    async def confirm_settlement(
        self,
        settlement_id: Id,
        data: JSONBody[ConfirmSettlement],
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        settling: NamedDependency[SettlingService],
    ) -> SettlementView:
        """
        Confirm.
        """
        folder = await settling.confirm(intent, settlement_id, data.confirmation())
        return views_for(settling, terminal).settlement(folder)

    @post(
        "/settlements/{settlement_id:str}/cancel",
        operation_id="cancelSettlement",
        summary="Undo a settlement that is not completed (撤销结算)",
        description="Undoes what was done in reverse order. A completed one is returned instead.",
        status_code=200,
        opt=allows(WRITE),
        responses=problems(*ACTING),
    )
    async def cancel_settlement(
        self,
        settlement_id: Id,
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        settling: NamedDependency[SettlingService],
    ) -> SettlementView:
        """
        Cancel.
        """
        folder = await settling.cancel(intent, settlement_id)
        return views_for(settling, terminal).settlement(folder)

    @post(
        "/settlements/{settlement_id:str}/tenders",
        operation_id="tenderSettlement",
        summary="Meet the cash part at the desk",
        description="Cash, a bank card, or a scanned payment code of anybody; may be split.",
        status_code=201,
        opt=allows(WRITE),
        responses=problems(*ACTING),
    )
    async def tender_settlement(
        self,
        settlement_id: Id,
        data: JSONBody[OfferTender],
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        settling: NamedDependency[SettlingService],
    ) -> SettlementView:
        """
        Take a tender.
        """
        folder = await settling.tender(intent, settlement_id, data.offered())
        return views_for(settling, terminal).settlement(folder)

    @post(
        "/settlements/{settlement_id:str}/invoice",
        operation_id="reportInvoice",
        summary="Report the number of the medical e-invoice",
        status_code=200,
        opt=allows(WRITE),
        responses=problems(*ACTING),
    )
    async def report_invoice(
        self,
        settlement_id: Id,
        data: JSONBody[ReportInvoice],
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        settling: NamedDependency[SettlingService],
    ) -> SettlementView:
        """
        Keep the invoice's number.
        """
        folder = await settling.invoice(intent, settlement_id, data.invono)
        return views_for(settling, terminal).settlement(folder)
