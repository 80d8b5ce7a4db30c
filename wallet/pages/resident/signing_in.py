"""
``/sign-in`` and ``/sign-out``.
"""

from typing import Any, Final

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from wallet.errors import ValidationFailedError, WalletError
from wallet.http.cookies import session_cookie
from wallet.http.errors import TokenInvalidError
from wallet.pages.forms import FORM_BODY, Form, fields_of, go
from wallet.pages.front import Front
from wallet.pages.problems import sentence, waiting
from wallet.pages.providing import LEFT
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.returning import forget, place_before
from wallet.pages.shell import HOME
from wallet.residents.schemas import DemoSignIn
from wallet.residents.sessions import LIFE, SessionsService

DOOR: Final = "/sign-in"
SIGNED_OUT: Final = "/signed-out"
_ASKED: Final = ("name", "document_type", "document_number")


class SigningInController(Controller):
    """
    The way in and out.
    """

    path = "/"
    include_in_schema = False

    @get("/sign-in")
    async def ask(
        self,
        request: AnyRequest,
        front: NamedDependency[Front],
        sessions: NamedDependency[SessionsService],
    ) -> Response[Any]:
        """
        Ask who it is; who is signed in goes on to their code.
        """
        return go(HOME) if await is_in(request, sessions) else asked(request, front)

    @post("/sign-in", opt=FORM_BODY)
    async def sign_in(
        self,
        request: AnyRequest,
        front: NamedDependency[Front],
        sessions: NamedDependency[SessionsService],
    ) -> Response[Any]:
        """
        Sign somebody in for a demonstration.
        """
        fields = await fields_of(request)
        try:
            person = msgspec.convert({name: fields.get(name, "") for name in _ASKED}, DemoSignIn)
            signed_in = await sessions.sign_in_for_demo(person.person())
        except (WalletError, msgspec.ValidationError) as error:
            known = error if isinstance(error, WalletError) else ValidationFailedError()
            wrong = sentence(request, known)
            return waiting(asked(request, front, status_code=known.status, wrong=wrong), known)
        answer = go(place_before(request, HOME))
        forget(request, answer)
        seconds = int(LIFE.total_seconds())
        answer.set_cookie(session_cookie(signed_in.token, secure=front.secure, seconds=seconds))
        return answer

    @post("/sign-out", opt=FORM_BODY)
    async def sign_out(
        self,
        form: NamedDependency[Form],
        front: NamedDependency[Front],
        sessions: NamedDependency[SessionsService],
    ) -> Response[Any]:
        """
        End the session here and in the browser.
        """
        method = await sessions.sign_out(form.caller)
        answer = go(DOOR + LEFT if method == "oidc" and front.way else SIGNED_OUT)
        answer.set_cookie(session_cookie("", secure=front.secure, seconds=0))
        return answer


async def is_in(request: AnyRequest, sessions: SessionsService) -> bool:
    """
    Tell whether somebody is signed in.
    """
    try:
        await sessions.visitor(request)
    except TokenInvalidError:
        return False
    return True


def asked(
    request: AnyRequest, front: Front, *, status_code: int = 200, wrong: str = ""
) -> Response[str]:
    """
    Return the page that asks who it is, with what was wrong.
    """
    return page(
        request,
        "resident/sign_in",
        status_code=status_code,
        demo_login=front.demo_login,
        provider=front.way.name(request) if front.way else "",
        wrong=wrong,
    )
