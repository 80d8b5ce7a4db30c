"""
``/payments``: what was settled, who paid which part, and what waits for an approval.
"""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wallet.http.callers import ResidentCaller
from wallet.pages.rendering import AnyRequest, page
from wallet.residents.sessions import SessionsService
from wallet.settling.approvals import ApprovalsService
from wallet.settling.service import SettlingService
from wallet.settling.views import Views
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

A_PAGE = 10


class PaymentsController(Controller):
    """
    Settlements, for the resident.
    """

    path = "/payments"
    include_in_schema = False

    @get()
    async def payments(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        settling: NamedDependency[SettlingService],
        approvals: NamedDependency[ApprovalsService],
        cursor: Annotated[
            str | None, QueryParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)
        ] = None,
    ) -> Response[str]:
        """
        Show a part of them, newest first.
        """
        folders, following = await approvals.page(visitor.resident_id, cursor=cursor, limit=A_PAGE)
        mine = f"resident:{visitor.resident_id}"
        part = Views(settling.counter, mine).page(folders, following)
        return page(
            request,
            "resident/payments",
            csrf=sessions.proof(visitor),
            settlements=part.settlements,
            following=part.next_cursor,
        )
