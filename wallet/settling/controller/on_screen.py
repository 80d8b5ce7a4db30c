"""
Approvals that a patient signs on the desk's second screen.
"""

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from wallet.http.callers import TerminalCaller
from wallet.http.described import allows
from wallet.http.limits import body_limits
from wallet.http.problems import problems
from wallet.settling.controller.common import SEEN, Id, views_for
from wallet.settling.counter import SCREEN
from wallet.settling.errors import ApprovalRefusedError
from wallet.settling.on_screen import OnScreenService
from wallet.settling.replies import SettlementView
from wallet.settling.service import SettlingService
from wallet.settling.signatures import ApproveOnScreen
from wallet.visiting.intents import Intent
from wallet.visiting.requests import ACTING

_MOST_BYTES = 32 * 1024


class ScreenApprovalsController(Controller):
    """
    Approvals on the patient's screen.
    """

    path = "/v1/settlements"
    tags = ("desk",)
    dependencies = SEEN

    @post(
        "/{settlement_id:str}/approve-on-screen",
        operation_id="approveOnScreen",
        summary="Approve by the patient's signature on the desk's second screen",
        description=(
            "For those without a phone, up to the party's limit for it, and for exactly the "
            "version, payee and amount that were shown."
        ),
        status_code=200,
        opt=body_limits(most_bytes=_MOST_BYTES) | allows(SCREEN),
        responses=problems(*ACTING, ApprovalRefusedError),
    )
    async def approve_on_screen(
        self,
        settlement_id: Id,
        data: JSONBody[ApproveOnScreen],
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        settling: NamedDependency[SettlingService],
        on_screen: NamedDependency[OnScreenService],
    ) -> SettlementView:
        """
        Approve.
        """
        folder = await on_screen.approve(intent, settlement_id, data.signed())
        return views_for(settling, terminal).settlement(folder)
