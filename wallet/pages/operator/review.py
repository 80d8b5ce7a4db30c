"""
``/operator/review`` and ``/operator/settlements``: what waits, and what is known about it.
"""

from typing import Annotated, Any, Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.errors import NotFoundError, ValidationFailedError
from wallet.http.callers import OperatorCaller
from wallet.operators.grounds import grounds
from wallet.pages.forms import FORM_BODY, go
from wallet.pages.live import live
from wallet.pages.operator.books import Books
from wallet.pages.operator.door import Door, OperatorForm, insist_on_acting
from wallet.pages.operator.overview import phase_counts
from wallet.pages.rendering import AnyRequest, page
from wallet.settling.reviewing import KINDS, Kind
from wallet.settling.states import PHASES, STATUSES
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

_SHOWN: Final = 100
_OVER: Final = ("completed", "cancelled")

Cursor = Annotated[str | None, QueryParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)]
Word = Annotated[str, QueryParameter(max_length=32)]


class ReviewController(Controller):
    """
    The review queue, settlements by phase, and the evidence of each.
    """

    path = "/operator"
    include_in_schema = False

    @get("/review")
    async def review(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
        kind: Word = "",
        cursor: Cursor = None,
    ) -> Response[str]:
        """
        Show what waits for a person, with what the partner said last; of one kind, a page of it.
        """
        kinds = (_kind(kind),) if kind else KINDS
        pages = [
            await books.review.queue(each, cursor if kind else None, _SHOWN) for each in kinds
        ]
        # what was paged to does not refresh itself: it would go back to the first page
        answer = page if kind else live
        return answer(
            request,
            "operator/review_further" if kind else "operator/review",
            csrf=door.proof(operator),
            operator=operator,
            waiting=[each for one in pages for each in one.waiting],
            following=[
                (of, one.next_cursor)
                for of, one in zip(kinds, pages, strict=True)
                if one.next_cursor
            ],
            parties=await books.administration.called(),
            now=door.operators.clock.now(),
        )

    @get("/settlements")
    async def settlements(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
        phase: Word = "",
        status: Word = "",
        cursor: Cursor = None,
    ) -> Response[str]:
        """
        Show the settlements in a phase, the oldest first, or how many there are in each.
        """
        known = phase in PHASES and phase not in _OVER
        if (phase and not known) or (status and status not in STATUSES):
            raise ValidationFailedError
        listed = await books.review.settlements(phase, status or None, cursor) if phase else None
        return page(
            request,
            "operator/settlements",
            csrf=door.proof(operator),
            operator=operator,
            phase=phase,
            status=status,
            listed=listed,
            phases=phase_counts(await books.review.standing()),
            parties=await books.administration.called() if listed else {},
            now=door.operators.clock.now(),
        )

    @get("/evidence/{kind:str}/{name:str}")
    async def evidence(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
        kind: Annotated[str, PathParameter(max_length=16)],
        name: Annotated[str, PathParameter(max_length=TEXT_MAX_LENGTH)],
    ) -> Response[str]:
        """
        Show everything that is known about a visit, settlement or refund but whose it is.
        """
        found = await books.review.evidence(_kind(kind), name)
        return page(
            request,
            "operator/evidence",
            csrf=door.proof(operator),
            operator=operator,
            one=found.waiting,
            parts=found.parts,
            calls=found.calls,
            parties=await books.administration.called(),
            now=door.operators.clock.now(),
        )

    @post("/review", opt=FORM_BODY)
    async def reexamine(
        self,
        operator_form: NamedDependency[OperatorForm],
        door: NamedDependency[Door],
        books: NamedDependency[Books],
    ) -> Response[Any]:
        """
        Have the partner asked again; the resident reads why.
        """
        caller = operator_form.caller
        insist_on_acting(caller)
        given = grounds(operator_form.text("purpose"), operator_form.text("ticket"))
        if operator_form.text("kind") not in KINDS:
            raise ValidationFailedError
        name = operator_form.text("id")

        async def witness(session: AsyncSession) -> None:
            await door.operators.events.asked_again(session, caller, given, name)

        await books.review.reexamine(_kind(operator_form.text("kind")), name, given.told, witness)
        return go("/operator/review")


def _kind(text: str) -> Kind:
    kind = next((each for each in KINDS if each == text), None)
    if kind is None:
        raise NotFoundError
    return kind
