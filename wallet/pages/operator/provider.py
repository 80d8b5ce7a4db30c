"""
``/operator/sign-in/oidc``: operators sign in with the provider, if an administrator linked them.
"""

from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wallet.errors import NotFoundError, WalletError
from wallet.http.errors import TokenInvalidError
from wallet.pages.forms import go
from wallet.pages.language import language_of
from wallet.pages.operator.door import Door
from wallet.pages.operator.signing_in import HOME, asked
from wallet.pages.problems import SIGN_IN, sentence, waiting
from wallet.pages.providing import Way
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.returning import place_before
from wallet.pages.texts import catalogue


class OperatorProviderController(Controller):
    """
    To the provider, back from it, and away from it.
    """

    path = "/operator/sign-in/oidc"
    include_in_schema = False

    @get("/")
    async def begin(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        again: Annotated[bool, QueryParameter()] = False,  # noqa: FBT002 - of the address
    ) -> Response[Any]:
        """
        Send an operator to the provider; ``again`` where they have to show their factors anew.
        """
        try:
            return await _way(door).begin(request, back=place_before(request, HOME), again=again)
        except WalletError as error:
            return _refused(request, door, error)

    @get("/callback")
    async def finish(self, request: AnyRequest, door: NamedDependency[Door]) -> Response[Any]:
        """
        Let a linked operator in.

        The answer is a page that goes on by itself: the session's cookie follows no other site's
        link to us, nor a redirect that such a link began.
        """
        way = _way(door)
        if not request.query_params:  # somebody chose another language on the page of a refusal
            return go(SIGN_IN)
        try:
            identity = await way.finish(request)
            opened = await door.operators.linked_sign_in.sign_in(
                issuer=identity.issuer,
                subject=identity.subject,
                signed_in_at=identity.signed_in_at,
                source=door.sources.of(request),
            )
        except WalletError as error:
            answer = _refused(request, door, error)
            way.end(request, answer)
            return answer
        answer = page(request, "operator/let_in", back=identity.back)
        way.end(request, answer)
        answer.set_cookie(door.cookie(opened.token))
        return answer

    @get("/left")
    async def left(self, request: AnyRequest, door: NamedDependency[Door]) -> Response[Any]:
        """
        Offer who signed out here to sign out at the provider too.
        """
        return await _way(door).left(request)

    @get("/leave")
    async def leave(self, door: NamedDependency[Door]) -> Response[None]:
        """
        Send somebody to where they sign out at the provider.
        """
        return await _way(door).leave()


def _refused(request: AnyRequest, door: Door, error: WalletError) -> Response[Any]:
    if isinstance(error, NotFoundError):
        raise error
    wrong = sentence(request, error)
    if isinstance(error, TokenInvalidError):
        wrong = catalogue(language_of(request))["operator.sign_in.unlinked"]
    return waiting(asked(request, door, status_code=error.status, wrong=wrong), error)


def _way(door: Door) -> Way:
    if door.way is None:
        raise NotFoundError
    return door.way
