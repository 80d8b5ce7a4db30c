"""
From a template and what it shows to a page.
"""

from functools import cache, partial
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Request, Response
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.routes import HTTPRoute

from wallet.pages import formats
from wallet.pages.assets import address
from wallet.pages.language import language_of, text_size_of
from wallet.pages.texts import said, text, word

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

AnyRequest = Request[Any, Any, State]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("wallet.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def page(
    request: AnyRequest, template: str, *, status_code: int = 200, **shown: object
) -> Response[str]:
    """
    Return a page.

    Args:
        request: says which language and size the reader wants, and where they are.
        template: its name without the ending, such as ``resident/code``.
        status_code: of the answer.
        shown: what the template names.
    """
    return Response(
        part(request, template, **shown),
        status_code=status_code,
        media_type=MediaType.HTML,
        headers={"content-security-policy": POLICY, "vary": "Cookie, Accept-Language"},
    )


def part(request: AnyRequest, template: str, **shown: object) -> str:
    """
    Return what a template makes of what it shows.
    """
    language = language_of(request)
    return (
        _environment()
        .get_template(f"{template}.html")
        .render(
            t=partial(text, language),
            word=partial(word, language),
            said=partial(said, language),
            asset=address,
            yuan=formats.yuan,
            instant=partial(formats.instant, language),
            machine=formats.machine,
            age=formats.age,
            language=language.value,
            text_size=text_size_of(request).value,
            here=request.url.path,
            answers_at=_answers_at(request),
            **shown,
        )
    )


def _answers_at(request: AnyRequest) -> str:
    """
    Return where a page can be had again: what a form was answered with may have no address.
    """
    path = request.url.path
    if request.method == "GET" or any(
        isinstance(route, HTTPRoute) and route.path == path and "GET" in route.methods
        for route in request.app.routes
    ):
        return path
    return path.rpartition("/")[0] or "/"
