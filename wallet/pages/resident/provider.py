"""
``/sign-in/oidc``: residents sign in with the provider.
"""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from wallet.errors import NotFoundError, WalletError
from wallet.http.cookies import session_cookie
from wallet.pages.forms import go
from wallet.pages.front import Front
from wallet.pages.problems import sentence, waiting
from wallet.pages.providing import Way
from wallet.pages.rendering import AnyRequest
from wallet.pages.resident.signing_in import DOOR, asked, is_in
from wallet.pages.returning import place_before
from wallet.pages.shell import HOME
from wallet.residents.sessions import LIFE, SessionsService, SignedIn


class ProviderController(Controller):
    """
    To the provider, back from it, and away from it.
    """

    path = "/sign-in/oidc"
    include_in_schema = False

    @get("/")
    async def begin(self, request: AnyRequest, front: NamedDependency[Front]) -> Response[Any]:
        """
        Send somebody to the provider.
        """
        try:
            return await _way(front).begin(request, back=place_before(request, HOME))
        except WalletError as error:
            return _refused(request, front, error)

    @get("/callback")
    async def finish(
        self,
        request: AnyRequest,
        front: NamedDependency[Front],
        sessions: NamedDependency[SessionsService],
    ) -> Response[Any]:
        """
        Let in who comes back from the provider, and go on to where they were.
        """
        way = _way(front)
        if not request.query_params:  # somebody chose another language on the page of a refusal
            return go(DOOR)
        try:
            identity = await way.finish(request)
            signed_in = await sessions.sign_in_known(identity.issuer, identity.subject)
            if signed_in is None:
                signed_in = await sessions.sign_in_first(
                    identity.issuer,
                    identity.subject,
                    person=await way.provider.person(identity),
                    level=way.provider.level,
                )
        except WalletError as error:
            answer = _refused(request, front, error)
            way.end(request, answer)
            return answer
        return _let_in(request, front, way, signed_in, identity.back)

    @get("/left")
    async def left(
        self,
        request: AnyRequest,
        front: NamedDependency[Front],
        sessions: NamedDependency[SessionsService],
    ) -> Response[Any]:
        """
        Offer who signed out here to sign out at the provider too.
        """
        if await is_in(request, sessions):
            return go(HOME)
        return await _way(front).left(request)

    @get("/leave")
    async def leave(self, front: NamedDependency[Front]) -> Response[None]:
        """
        Send somebody to where they sign out at the provider.
        """
        return await _way(front).leave()


def _let_in(
    request: AnyRequest, front: Front, way: Way, signed_in: SignedIn, back: str
) -> Response[None]:
    answer = go(back)
    way.end(request, answer)
    seconds = int(LIFE.total_seconds())
    answer.set_cookie(session_cookie(signed_in.token, secure=front.secure, seconds=seconds))
    return answer


def _refused(request: AnyRequest, front: Front, error: WalletError) -> Response[Any]:
    if isinstance(error, NotFoundError):
        raise error
    wrong = sentence(request, error)
    return waiting(asked(request, front, status_code=error.status, wrong=wrong), error)


def _way(front: Front) -> Way:
    if front.way is None:
        raise NotFoundError
    return front.way
