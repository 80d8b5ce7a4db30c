"""
A part of a page that refreshes itself: sent again only when it has changed.
"""

from hashlib import sha256
from typing import Final

from litestar import Response
from litestar.enums import MediaType
from markupsafe import Markup

from wallet.pages.rendering import AnyRequest, page, part

SEEN: Final = "seen"
_LETTERS: Final = 16
_NOTHING_NEW: Final = 204


def is_refresh(request: AnyRequest) -> bool:
    """
    Tell whether a page asks by itself, and nobody pressed anything.
    """
    return SEEN in request.query_params


def live(request: AnyRequest, template: str, **shown: object) -> Response[str]:
    """
    Return a page around a part that refreshes itself, or that part alone, or nothing new.

    Args:
        request: asks for the page, or with ``seen`` for the part.
        template: the page's name; the part's ends in ``_live``.
        shown: what both name.
    """
    inner = part(request, f"{template}_live", **shown)
    digest = sha256(inner.encode()).hexdigest()[:_LETTERS]
    inside = Markup(inner)  # noqa: S704 - a template's own
    if not is_refresh(request):
        return page(request, template, live=inside, digest=digest, **shown)  # type: ignore[arg-type]
    if request.query_params[SEEN] == digest:
        return Response("", status_code=_NOTHING_NEW, media_type=MediaType.HTML)
    return page(request, "live", live=inside, digest=digest)
