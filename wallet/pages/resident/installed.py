"""
What makes the pages an installed app; nothing here knows who asks.

Manifest, service worker, the page of the code for whoever has no network.
"""

from typing import Any, Final

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency

from wallet.pages.assets import address, assets, edition
from wallet.pages.forms import go
from wallet.pages.language import language_of
from wallet.pages.rendering import POLICY, AnyRequest, page
from wallet.pages.resident.signing_in import SIGNED_OUT, is_in
from wallet.pages.shell import HOME
from wallet.pages.texts import text
from wallet.residents.sessions import SessionsService

SHELL: Final = f"{HOME}/offline"
_ICONS: Final = (
    ("icon.svg", "any", "image/svg+xml", "any"),
    ("icon-192.png", "192x192", "image/png", "any"),
    ("icon-512.png", "512x512", "image/png", "any"),
    ("icon-maskable.png", "512x512", "image/png", "maskable"),
)
_WORKER: Final = "resident/worker.js"
_SHOWS_THE_CODE: Final = ("wallet.css", "resident.css", "icon.svg", "icon-192.png")
_SCRIPTS: Final = "resident/"
_DRAWS: Final = "vendor/uqr.js"


class InstalledController(Controller):
    """
    The app around the pages.
    """

    path = "/"
    include_in_schema = False

    @get("/manifest.webmanifest")
    async def manifest(self, request: AnyRequest) -> Response[Any]:
        """
        Return the web app manifest in the reader's language.
        """
        language = language_of(request)
        told = {
            "id": HOME,
            "name": text(language, "app.name"),
            "short_name": text(language, "product"),
            "description": text(language, "app.description"),
            "lang": language.value,
            "start_url": HOME,
            "scope": "/",
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#f6f7f5",
            "theme_color": "#0b6e5f",
            "icons": [
                {"src": address(name), "sizes": sizes, "type": kind, "purpose": purpose}
                for name, sizes, kind, purpose in _ICONS
            ],
        }
        return Response(
            msgspec.json.encode(told),
            media_type="application/manifest+json",
            headers={"vary": "Cookie, Accept-Language"},
        )

    @get("/sw.js")
    async def worker(self) -> Response[str]:
        """
        Return the service worker; it is another one when any of the files is.
        """
        kept = {
            "edition": edition(),
            "shell": SHELL,
            "home": HOME,
            "files": [address(name) for name in assets() if _shows_the_code(name)],
        }
        script = (
            f"self.kept = {msgspec.json.encode(kept).decode()};\n"
            f"importScripts({msgspec.json.encode(address(_WORKER)).decode()});\n"
        )
        return Response(
            script,
            media_type="text/javascript; charset=utf-8",
            # what the worker may fetch is said by its own answer, not by the page's
            headers={"content-security-policy": POLICY, "cache-control": "no-cache"},
        )

    @get(SHELL)
    async def offline(self, request: AnyRequest) -> Response[str]:
        """
        Show the frame of the code without knowing whose it is.
        """
        return page(request, "resident/offline")

    @get(SIGNED_OUT)
    async def signed_out(
        self, request: AnyRequest, sessions: NamedDependency[SessionsService]
    ) -> Response[Any]:
        """
        Say so, and let a script forget what the browser kept; not of who is signed in.
        """
        if await is_in(request, sessions):
            return go(HOME)
        return page(request, "resident/signed_out")


def _shows_the_code(name: str) -> bool:
    return name in (*_SHOWS_THE_CODE, _DRAWS) or name.startswith(_SCRIPTS)
