"""
Where the document is served: itself, and one page, one script and one style sheet for people.

All of it comes from here and nothing from afar, so that it works on a closed network.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from litestar import Request, Router, get
from litestar.datastructures import ResponseHeader
from litestar.enums import MediaType, OpenAPIMediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from msgspec import Struct

from wallet.http.described import RESIDENT_SCHEME, TERMINAL_SCHEME, Json
from wallet.http.document import document

PATH: Final = "/openapi"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

AnyRequest = Request[Any, Any, Any]


class Interface(Struct, frozen=True, kw_only=True):
    """
    What an application says of its interface.

    Attributes:
        version: of the interface.
        description: its first paragraph, in CommonMark.
        tags: groups of operations, and what they are.
        token_path: where terminals get their tokens.
        scopes: what such a token may allow, and what that is.
        examples: of bodies, by operation id.
        links: of what succeeded to what may follow, by operation id.
    """

    version: str
    description: str
    tags: Mapping[str, str] = {}
    token_path: str = "/"  # noqa: S105 - a path
    scopes: Mapping[str, str] = {}
    examples: Mapping[str, Any] = {}
    links: Mapping[str, Json] = {}


def configuration(interface: Interface) -> OpenAPIConfig:
    """
    Return the framework's configuration; the application also needs the plugin `ClosedStructs`.
    """
    return OpenAPIConfig(
        title="fusion-wallet",
        version=interface.version,
        description=interface.description,
        tags=[Tag(name=name, description=text) for name, text in interface.tags.items()],
        render_plugins=(_Page(), _Document(interface)),
        openapi_router=_router(),
        components=Components(
            security_schemes={
                TERMINAL_SCHEME: SecurityScheme(
                    type="http", scheme="bearer", description=_terminal(interface)
                ),
                RESIDENT_SCHEME: SecurityScheme(
                    type="http", scheme="bearer", description="A resident's session token."
                ),
            }
        ),
    )


def _terminal(interface: Interface) -> str:
    what = (
        f"A terminal's access token (RFC 6750), got from `POST {interface.token_path}` with a JWT "
        "that its key signed. Unsafe calls are signed with the same key as well (RFC 9421); where "
        "one may do without, the headers are optional. An operation names the scope that the "
        "token has to have:\n"
    )
    return "\n".join([what, *(f"- `{name}`: {text}" for name, text in interface.scopes.items())])


class _Document(OpenAPIRenderPlugin):
    """
    Serves the very bytes that are committed.
    """

    def __init__(self, interface: Interface) -> None:
        super().__init__(path="/openapi.json", media_type=OpenAPIMediaType.OPENAPI_JSON)
        self._interface = interface
        self._finished = b""

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        del openapi_schema
        if not self._finished:
            self._finished = document(request.app, self._interface.examples, self._interface.links)
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
