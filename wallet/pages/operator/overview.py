"""
``/operator``: what waits, what is linked to what, and what operators did.
"""

from typing import Annotated, Any, Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from integrations.registry import Registry
from wallet.errors import ValidationFailedError
from wallet.http.callers import OperatorCaller
from wallet.operators.grounds import is_purpose, is_ticket, why
from wallet.pages.forms import FORM_BODY, go
from wallet.pages.operator.door import Door, OperatorForm, insist_on_acting
from wallet.pages.rendering import AnyRequest, page
from wallet.parties.administration import PartiesAdministration
from wallet.settling.reviewing import KINDS, ReviewService
from wallet.settling.states import PHASES
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

_SHOWN: Final = 100


class Books(Struct, frozen=True, kw_only=True):
    """
    What the operator's pages look into.
    """

    administration: PartiesAdministration
    review: ReviewService
    registry: Registry


class OverviewController(Controller):
    """
    What an operator sees first.
    """

    path = "/operator"
    include_in_schema = False

    @get()
    async def overview(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
    ) -> Response[str]:
        """
        Show how much there is in each phase, and the integrations.
        """
        counts = await books.review.by_phase()
        return page(
            request,
            "operator/overview",
            csrf=door.proof(operator),
            operator=operator,
            counts=[(phase, counts[phase]) for phase in PHASES if phase in counts],
            most=max(counts.values(), default=0),
            integrations=[each.manifest for each in books.registry],
        )

    @get("/review")
    async def review(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
    ) -> Response[str]:
        """
        Show what waits for a person, with what the partner said last.
        """
        return page(
            request,
            "operator/review",
            csrf=door.proof(operator),
            operator=operator,
            waiting=await books.review.listed("review", _SHOWN),
        )

    @post("/review", opt=FORM_BODY)
    async def reexamine(
        self,
        operator_form: NamedDependency[OperatorForm],
        books: NamedDependency[Books],
    ) -> Response[Any]:
        """
        Have the partner asked again; the resident reads why.
        """
        insist_on_acting(operator_form.caller)
        fields = operator_form.fields
        kind = next((each for each in KINDS if each == fields.get("kind")), None)
        purpose, ticket = fields.get("purpose", "").strip(), fields.get("ticket", "").strip()
        if kind is None or not is_purpose(purpose) or not is_ticket(ticket):
            raise ValidationFailedError
        await books.review.reexamine(kind, fields.get("id", ""), why(purpose, ticket))
        return go("/operator/review")

    @get("/events")
    async def events(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        cursor: Annotated[
            str | None, QueryParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)
        ] = None,
    ) -> Response[str]:
        """
        Show what operators did, newest first.
        """
        part = await door.operators.events.page(cursor=cursor, limit=50)
        return page(
            request,
            "operator/events",
            csrf=door.proof(operator),
            operator=operator,
            events=part.events,
            following=part.next_cursor,
        )
