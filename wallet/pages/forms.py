"""
Forms: what a page's own form sends, and nothing that another site's page made the browser send.
"""

from collections.abc import Mapping
from typing import Final

from litestar import Response
from litestar.di import NamedDependency
from litestar.response import Redirect
from msgspec import Struct

from wallet.http.callers import ResidentCaller
from wallet.http.cookies import is_proof
from wallet.http.errors import TokenInvalidError
from wallet.http.limits import FORM, body_limits
from wallet.pages.rendering import AnyRequest
from wallet.residents.sessions import SessionsService

FORM_BODY: Final = body_limits(media_types=(FORM,), takes_body=True)
SEE_OTHER: Final = 303
_OURS: Final = ("same-origin", "none")


class Form(Struct, frozen=True, kw_only=True):
    """
    A form of a signed-in resident's page.
    """

    caller: ResidentCaller
    fields: Mapping[str, str]

    def __repr__(self) -> str:
        """
        Show nothing of what was filled in.
        """
        return "Form(…)"


async def fields_of(request: AnyRequest) -> dict[str, str]:
    """
    Return the text fields of a form, the last of each name.

    Raises:
        TokenInvalidError: the browser says that another site's page sent it (Fetch Metadata).
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in _OURS:
        raise TokenInvalidError
    return {
        name: value for name, value in (await request.form()).items() if isinstance(value, str)
    }


async def proven(request: AnyRequest, proof: str) -> dict[str, str]:
    """
    Return the text fields of a form of the session's own page.

    Args:
        request: with the form.
        proof: what every page of the session proves itself with.

    Raises:
        TokenInvalidError: another page sent it.
    """
    fields = await fields_of(request)
    if not is_proof(proof, fields.get("csrf", "")):
        raise TokenInvalidError
    return fields


async def resident_form(request: AnyRequest, sessions: NamedDependency[SessionsService]) -> Form:
    """
    Return the form of a signed-in resident.

    Raises:
        TokenInvalidError: nobody is signed in, or the form is not of this session's page.
    """
    caller = await sessions.visitor(request)
    return Form(caller=caller, fields=await proven(request, sessions.proof(caller)))


def go(path: str) -> Response[None]:
    """
    Send the browser to one of our pages, with GET.
    """
    return Redirect(path, status_code=SEE_OTHER)


def leave(path: str) -> Response[None]:
    """
    Send the browser to one of our pages, away from the page that asked for a part of itself.
    """
    return Response(None, headers={"hx-redirect": path})


def path_within(text: str, otherwise: str) -> str:
    """
    Return a path of ours, or the other one for anything that leads elsewhere.
    """
    within = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if within and text.isascii() and text.isprintable() else otherwise
