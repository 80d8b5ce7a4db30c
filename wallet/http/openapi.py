"""
Where the document is served: itself, and one page, one script and one style sheet for people.

All of it comes from here and nothing from afar, so that it works on a closed network.
"""

from importlib.resources import files
from typing import Any, Final

from litestar import Request, Router, get
from litestar.datastructures import ResponseHeader
from litestar.enums import MediaType, OpenAPIMediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from wallet.http.document import RESIDENT_SCHEME, TERMINAL_SCHEME, document

PATH: Final = "/openapi"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

AnyRequest = Request[Any, Any, Any]


def configuration(*, version: str, description: str) -> OpenAPIConfig:
    """
    Return the framework's configuration; the application also needs the plugin `ClosedStructs`.

    Args:
        version: of the interface.
        description: its first paragraph, in CommonMark.
    """
    return OpenAPIConfig(
        title="fusion-wallet",
        version=version,
        description=description,
        render_plugins=(_Page(), _Document()),
        openapi_router=_router(),
        components=Components(
            security_schemes={
                TERMINAL_SCHEME: SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An access token from POST /oauth/token. Unsafe calls other than "
                    "POST /v1/resolve are signed as well (RFC 9421).",
                ),
                RESIDENT_SCHEME: SecurityScheme(
                    type="http", scheme="bearer", description="A resident's session token."
                ),
            }
        ),
    )


class _Document(OpenAPIRenderPlugin):
    """
    Serves the very bytes that are committed.
    """

    def __init__(self) -> None:
        super().__init__(path="/openapi.json", media_type=OpenAPIMediaType.OPENAPI_JSON)
        self._finished = b""

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        del openapi_schema
        if not self._finished:
            self._finished = document(request.app)
        return self._finished


class _Page(OpenAPIRenderPlugin):
    """
    Serves the page, which asks for the document itself.
    """

    def __init__(self) -> None:
        super().__init__(path="/", media_type=MediaType.HTML)

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        del request, openapi_schema
        return _asset("viewer.html")


def _router() -> Router:
    return Router(
        PATH,
        route_handlers=[_script, _style],
        include_in_schema=False,
        response_headers=[ResponseHeader(name="content-security-policy", value=POLICY)],
    )


@get("/viewer.js", media_type="text/javascript", sync_to_thread=False)
def _script() -> bytes:
    return _asset("viewer.js")


@get("/viewer.css", media_type=MediaType.CSS, sync_to_thread=False)
def _style() -> bytes:
    return _asset("viewer.css")


def _asset(name: str) -> bytes:
    return files("wallet.http").joinpath("viewer", name).read_bytes()
