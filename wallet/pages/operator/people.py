"""
``/operator/people``: a look at a person, with purpose, ticket and a fresh code.
"""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from integrations.spi import Person, PersonKey
from wallet.errors import ValidationFailedError, WalletError
from wallet.http.callers import OperatorCaller
from wallet.http.errors import TokenInvalidError
from wallet.operators.grounds import grounds
from wallet.pages.forms import FORM_BODY
from wallet.pages.language import language_of
from wallet.pages.operator.books import Books
from wallet.pages.operator.door import Door, OperatorForm, insist_on_acting
from wallet.pages.operator.looking import Look, Seen
from wallet.pages.problems import sentence, waiting
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.returning import remember
from wallet.pages.texts import catalogue


class PeopleController(Controller):
    """
    People, one at a time.
    """

    path = "/operator/people"
    include_in_schema = False

    @get()
    async def ask(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
    ) -> Response[str]:
        """
        Ask whose journal, why, and for a code.
        """
        answer = _page(request, door, operator)
        if door.way is not None:  # whoever shows their factors at the provider comes back here
            remember(request, answer)
        return answer

    @post(opt=FORM_BODY)
    async def look(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator_form: NamedDependency[OperatorForm],
        books: NamedDependency[Books],
    ) -> Response[Any]:
        """
        Show a person masked, with a part of the journal; nothing of it is in an address.
        """
        caller = operator_form.caller
        insist_on_acting(caller)
        try:
            seen = await _seen(books, operator_form)
        except WalletError as error:
            wrong = _why(request, error)
            answer = _page(request, door, caller, wrong=wrong, status_code=error.status)
            return waiting(answer, error)
        if seen is None:
            return _page(request, door, caller, nobody=True)
        return _page(request, door, caller, seen=seen)


async def _seen(books: Books, form: OperatorForm) -> Seen | None:
    look = Look(
        caller=form.caller,
        code=form.text("code"),
        grounds=grounds(form.text("purpose"), form.text("ticket")),
    )
    if form.text("person"):
        return await books.looking.further(look, form.text("person"), form.text("cursor"))
    asked = form.text("document_type")
    if asked not in tuple(PersonKey):
        raise ValidationFailedError
    person = Person(
        name="", document_type=PersonKey(asked), document_number=form.text("document_number")
    )
    return await books.looking.by_document(look, person)


def _page(
    request: AnyRequest,
    door: Door,
    caller: OperatorCaller,
    *,
    status_code: int = 200,
    wrong: str = "",
    nobody: bool = False,
    seen: Seen | None = None,
) -> Response[str]:
    return page(
        request,
        "operator/people",
        status_code=status_code,
        csrf=door.proof(caller),
        operator=caller,
        again=f"{door.way.start}?again=true" if door.way else "",
        provider=door.way.name(request) if door.way else "",
        documents=[each.value for each in PersonKey],
        wrong=wrong,
        nobody=nobody,
        seen=seen,
    )


def _why(request: AnyRequest, error: WalletError) -> str:
    texts = catalogue(language_of(request))
    if isinstance(error, TokenInvalidError):
        return texts["operator.VALIDATION_FAILED"]
    return sentence(request, error)
