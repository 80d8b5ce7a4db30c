"""
Returns at the desk.
"""

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from wallet.http.callers import TerminalCaller
from wallet.http.described import allows
from wallet.http.problems import problems
from wallet.settling.controller.common import SCANNED, Id, views_for
from wallet.settling.counter import REFUND
from wallet.settling.replies import ReturnView, SettlementView
from wallet.settling.returns import ReturnsService
from wallet.settling.schemas import PayOut, ReturnItems
from wallet.settling.service import SettlingService
from wallet.settling.views import net_view
from wallet.visiting.intents import Intent
from wallet.visiting.requests import ACTING, DEPENDENCIES


class RefundsController(Controller):
    """
    Returns at the desk.
    """

    path = "/v1/settlements/{settlement_id:str}/refunds"
    tags = ("desk",)
    dependencies = DEPENDENCIES

    @post(
        operation_id="returnSettlement",
        summary="Return a completed settlement, or some of its lines (退费)",
        description=(
            "There is no partial undo at an insurer: the whole is cancelled, the cash part goes "
            "back by its original routes, and what remains is settled anew with a fresh scan "
            "(`replaced_by`). With `preview` it only tells the net."
        ),
        status_code=200,
        opt=allows(REFUND),
        responses=problems(*ACTING, *SCANNED),
    )
    async def return_settlement(
        self,
        settlement_id: Id,
        data: JSONBody[ReturnItems],
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        settling: NamedDependency[SettlingService],
        returns: NamedDependency[ReturnsService],
    ) -> ReturnView:
        """
        Return things, or tell what it would come to.
        """
        if data.preview:
            net = await returns.preview(terminal, settlement_id, data.wish())
            return ReturnView(net=net_view(net), settlement=None)
        folder = await returns.give_back(intent, settlement_id, data.wish())
        view = views_for(settling, terminal).settlement(folder)
        return ReturnView(net=None, settlement=view)

    @post(
        "/{refund_id:str}/confirm",
        operation_id="confirmPayout",
        summary="Confirm that the desk has handed money back",
        status_code=200,
        opt=allows(REFUND),
        responses=problems(*ACTING),
    )
    async def confirm_payout(
        self,
        settlement_id: Id,
        refund_id: Id,
        data: JSONBody[PayOut],
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        settling: NamedDependency[SettlingService],
        returns: NamedDependency[ReturnsService],
    ) -> SettlementView:
        """
        Confirm a payout.
        """
        folder = await returns.pay_out(intent, settlement_id, refund_id, data.reference)
        return views_for(settling, terminal).settlement(folder)
