"""
``/v1/visits``: as desks work with them, and as the resident sees them.
"""

from typing import Annotated

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter

from wallet.errors import InternalError, OverloadedError, ValidationFailedError
from wallet.http.callers import ResidentCaller, TerminalCaller
from wallet.http.described import allows
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import problems
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN
from wallet.visiting.history import HistoryService
from wallet.visiting.intents import Intent
from wallet.visiting.requests import ACTING, DEPENDENCIES, LOOKING
from wallet.visiting.schemas import (
    OpenVisit,
    ResidentVisitPage,
    VisitView,
    resident_page,
    visit_view,
)
from wallet.visiting.service import SCOPE, VisitingService

LARGEST_PAGE = 100
DESK = ("desk",)
VisitId = Annotated[str, PathParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]


class VisitsController(Controller):
    """
    Visits; one controller, since a path belongs to one.
    """

    path = "/v1/visits"
    dependencies = DEPENDENCIES

    @post(
        operation_id="openVisit",
        summary="Open a visit (挂号)",
        description=(
            "Registers the visit with the insurer where the insurance answered valid at the scan; "
            "otherwise it is opened without. While the insurer's answer is out the phase is "
            "`registering`; look again, do not open another."
        ),
        status_code=201,
        tags=DESK,
        opt=allows(SCOPE),
        responses=problems(*ACTING, HandleExpiredError, HandleMismatchError),
    )
    async def open_visit(
        self,
        data: JSONBody[OpenVisit],
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        visiting: NamedDependency[VisitingService],
    ) -> VisitView:
        """
        Open a visit.
        """
        visit = await visiting.open(intent, data.presentation, data.details())
        return visit_view(visiting.name(terminal.party_id, visit), visit)

    @get(
        "/{visit_id:str}",
        operation_id="getVisit",
        summary="Look at a visit",
        tags=DESK,
        opt=allows(SCOPE),
        responses=problems(*LOOKING),
    )
    async def get_visit(
        self,
        visit_id: VisitId,
        terminal: NamedDependency[TerminalCaller],
        visiting: NamedDependency[VisitingService],
    ) -> VisitView:
        """
        Return a visit of the caller's party.
        """
        return visit_view(visit_id, await visiting.get(terminal, visit_id))

    @post(
        "/{visit_id:str}/cancel",
        operation_id="cancelVisit",
        summary="Cancel the registration (退号)",
        description="Only while nothing is settled or being settled in the visit.",
        status_code=200,
        tags=DESK,
        opt=allows(SCOPE),
        responses=problems(*ACTING),
    )
    async def cancel_visit(
        self,
        visit_id: VisitId,
        terminal: NamedDependency[TerminalCaller],
        intent: NamedDependency[Intent],
        visiting: NamedDependency[VisitingService],
    ) -> VisitView:
        """
        Cancel the registration.
        """
        visit = await visiting.cancel(intent, visit_id)
        return visit_view(visiting.name(terminal.party_id, visit), visit)

    @get(
        operation_id="listVisits",
        summary="See where you were and how it stands",
        description=(
            "Newest first. Department and doctor are not among it. The bills of a visit are "
            "`listSettlements` with its id."
        ),
        tags=("resident",),
        responses=problems(
            InternalError, OverloadedError, TokenInvalidError, ValidationFailedError
        ),
    )
    async def list_visits(
        self,
        resident: NamedDependency[ResidentCaller],
        history: NamedDependency[HistoryService],
        cursor: Annotated[
            str | None,
            QueryParameter(
                pattern=TEXT_PATTERN,
                max_length=TEXT_MAX_LENGTH,
                description="`next_cursor` of the page before.",
            ),
        ] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=LARGEST_PAGE)] = 50,
    ) -> ResidentVisitPage:
        """
        List the resident's visits, newest first.
        """
        return resident_page(*await history.page(resident.resident_id, cursor=cursor, limit=limit))
