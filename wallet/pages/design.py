"""
``/design``: tokens and components in both themes, for those who build pages; demonstrations only.
"""

import re
from functools import cache
from typing import Final

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from codes import image
from wallet.errors import NotFoundError
from wallet.pages.assets import assets
from wallet.pages.front import Front
from wallet.pages.rendering import AnyRequest, page

_SHEET: Final = "wallet.css"
_ROOT: Final = re.compile(r":root \{([^}]*)\}")
_TOKEN: Final = re.compile(r"--([\w-]+): ([^;]+);")
_SAMPLE: Final = "FUSION-WALLET-SAMPLE"


class Theme(Struct, frozen=True, kw_only=True):
    """
    A theme.

    Attributes:
        name: ``light`` or ``dark``.
        tokens: values of all custom properties.
    """

    name: str
    tokens: dict[str, str]


@cache
def themes() -> tuple[Theme, Theme]:
    """
    Return both themes of the style sheet; what the dark one leaves out is as in the light one.
    """
    light, dark = (dict(_TOKEN.findall(block)) for block in _blocks())
    return Theme(name="light", tokens=light), Theme(name="dark", tokens=light | dark)


def scoped() -> str:
    """
    Return a style sheet that gives a part of a page a theme, whatever the reader's own is.
    """
    return "".join(
        f'[data-theme="{theme.name}"] {{ color-scheme: {theme.name};'
        + "".join(f" --{name}: {value};" for name, value in theme.tokens.items())
        + " }\n"
        for theme in themes()
    )


def _blocks() -> list[str]:
    return _ROOT.findall(assets()[_SHEET].content.decode())


class DesignController(Controller):
    """
    The design system; of no use to residents.
    """

    path = "/design"
    include_in_schema = False

    @get()
    async def design(self, request: AnyRequest, front: NamedDependency[Front]) -> Response[str]:
        """
        Show every token and component in both themes.
        """
        if not front.demo_login:
            raise NotFoundError
        return page(request, "design", themes=themes(), picture=image.svg(_SAMPLE))

    @get("/themes.css", sync_to_thread=False)
    def sheet(self, front: NamedDependency[Front]) -> Response[str]:
        """
        Return what lets one page show both themes.
        """
        if not front.demo_login:
            raise NotFoundError
        return Response(scoped(), media_type="text/css")
