"""
``/visits``: where the resident was, how each visit stands, and the bills of one.
"""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from wallet.http.callers import ResidentCaller
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.resident.payments import views_for
from wallet.settling.approvals import ApprovalsService
from wallet.settling.service import SettlingService
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN
from wallet.visiting.history import HistoryService

A_PAGE = 10

Id = Annotated[str, PathParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]
Cursor = Annotated[str | None, QueryParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]


class VisitsPageController(Controller):
    """
    Visits, for the resident.
    """

    path = "/visits"
    include_in_schema = False

    @get()
    async def visits(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        history: NamedDependency[HistoryService],
        cursor: Cursor = None,
    ) -> Response[str]:
        """
        Show a part of them, newest first.
        """
        visits, following = await history.page(visitor.resident_id, cursor=cursor, limit=A_PAGE)
        return page(request, "resident/visits", visits=visits, following=following)

    @get("/{visit_id:str}")
    async def visit(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        history: NamedDependency[HistoryService],
        settling: NamedDependency[SettlingService],
        approvals: NamedDependency[ApprovalsService],
        visit_id: Id,
        cursor: Cursor = None,
    ) -> Response[str]:
        """
        Show one, with a part of its bills.
        """
        mine = visitor.resident_id
        visit = await history.get(mine, visit_id)
        folders, following = await approvals.page(
            mine, cursor=cursor, limit=A_PAGE, visit=visit_id
        )
        return page(
            request,
            "resident/visit",
            visit=visit,
            settlements=views_for(settling, visitor).page(folders, following).settlements,
            following=following,
        )
