"""
Errors as pages: one sentence for people, the stable code small below it.
"""

from typing import Any, Final

from litestar import Response

from wallet.errors import InternalError, ValidationFailedError, WalletError
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import request_id_of
from wallet.pages.forms import go, leave
from wallet.pages.language import language_of
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.returning import remember
from wallet.pages.texts import catalogue

HTMX: Final = "hx-request"
OPERATOR: Final = "/operator"
SIGN_IN: Final = f"{OPERATOR}/sign-in"


def refused(request: AnyRequest, error: WalletError) -> Response[Any]:
    """
    Return the page for an error; who is not signed in is sent to do so.
    """
    if isinstance(error, TokenInvalidError):
        path = SIGN_IN if request.url.path.startswith(OPERATOR) else _door(request)
        away = leave(path) if HTMX in request.headers else go(path)
        remember(request, away)
        return away
    answer = page(
        request,
        "problem",
        status_code=error.status,
        sentence=sentence(request, error),
        code=error.code,
        request_id=request_id_of(request),
    )
    return waiting(answer, error)


def _door(request: AnyRequest) -> str:
    """
    Who signs out of a session that is over has left all the same: the page forgets what is kept.
    """
    return "/signed-out" if request.url.path == "/sign-out" else "/sign-in"


def waiting(answer: Response[Any], error: WalletError) -> Response[Any]:
    """
    Say with an answer when trying again makes sense, where the error knows.
    """
    if error.retry_after_seconds is not None:
        answer.headers["retry-after"] = str(error.retry_after_seconds)
    return answer


def sentence(request: AnyRequest, error: WalletError) -> str:
    """
    Return what an error means to the reader; one without a text of its own is told in general.
    """
    texts = catalogue(language_of(request))
    general = "problem.INTERNAL" if error.status >= InternalError.status else "problem.other"
    told = texts.get(f"problem.{error.code}", texts[general])
    return texts.get(f"problem.{error.code}.{error.members.get('reason', '')}", told)


def invalid(request: AnyRequest, _fault: Exception) -> Response[Any]:
    """
    Return the page for a request that the framework refused.
    """
    return refused(request, ValidationFailedError())
