"""
``/payments``: what was settled, who paid which part, what waits for an approval; and receipts.
"""

from typing import Annotated, Final

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from wallet.http.callers import ResidentCaller
from wallet.pages.language import language_of
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.texts import catalogue
from wallet.residents.sessions import SessionsService
from wallet.settling.approvals import ApprovalsService
from wallet.settling.receipts import receipt_of
from wallet.settling.service import SettlingService
from wallet.settling.states import State
from wallet.settling.views import Views
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

A_PAGE = 10
# where the resident is told why; elsewhere a reason is of the past
_EXPLAINED: Final = ("awaiting_approval", "cash_due", "cancelling", "cancelled")
_RESTING: Final = ("cancelled", "completed", "review")

Id = Annotated[str, PathParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]


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
        part = views_for(settling, visitor).page(folders, following)
        return page(
            request,
            "resident/payments",
            csrf=sessions.proof(visitor),
            settlements=part.settlements,
            following=part.next_cursor,
        )

    @get("/{settlement_id:str}")
    async def payment(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        settling: NamedDependency[SettlingService],
        approvals: NamedDependency[ApprovalsService],
        settlement_id: Id,
    ) -> Response[str]:
        """
        Show one: what is asked, how it stands, and its receipt.
        """
        folder = await approvals.get(visitor.resident_id, settlement_id)
        views = views_for(settling, visitor)
        settlement = folder.settlement
        paid = settlement.completed_at is not None
        return page(
            request,
            "resident/payment",
            csrf=sessions.proof(visitor),
            tag=sessions.tag(visitor),
            one=views.resident(folder),
            explained=_explained(request, settlement.state),
            moving=settlement.state.phase not in _RESTING,
            receipt=receipt_of(settlement_id, folder, views) if paid else None,
            quantity=_quantity,
        )


def views_for(settling: SettlingService, visitor: ResidentCaller) -> Views:
    """
    Return the views whose ids are sealed for the resident.
    """
    return Views(settling.counter, f"resident:{visitor.resident_id}")


def _explained(request: AnyRequest, state: State) -> str:
    """
    Return why it waits or was undone; in general where there is no text for a partner's own code.
    """
    if not state.reason or state.phase not in _EXPLAINED:
        return ""
    texts = catalogue(language_of(request))
    general = "declined" if state.phase == "cash_due" else "refused"
    return texts.get(f"payment.reason.{state.reason}", texts[f"payment.reason.{general}"])


def _quantity(ten_thousandths: int) -> str:
    whole, rest = divmod(ten_thousandths, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
