"""
What happens to every request, found or not: an id, safe headers, one line in the access log.

`install` wraps the whole application, because middleware of the framework runs only once a route
was found, and an answer that none was found needs all three as well.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from wallet.http.metrics import Metrics
from wallet.logs import REQUEST_ID

REQUEST_ID_HEADER: Final = "x-request-id"
_REQUEST_ID: Final = REQUEST_ID_HEADER.encode()
# an id of ours has no digits at all, so that no mask of the log takes a part of it for a number
LETTERS: Final = str.maketrans("0123456789", "ghjkmnpqrs")
_UNKNOWN_ROUTE: Final = "(none)"
_SERVER_ERROR: Final = 500

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
STRICT_TRANSPORT: Final = "max-age=31536000; includeSubDomains"


class Edge:
    """
    The layer around the whole application; only admission stands before it.

    Args:
        app: what it wraps.
        make_request_id: 16 to 64 letters and digits that never come again, for a request
            without a well-formed id of its own.
        elapsed: a clock that only moves forward, in seconds.
        metrics: counts requests by method, route and status.
        strict_transport: send HSTS; for an origin that is reached over TLS.
        methods: what each route knows, as ``Allow`` lists it. The framework's own answer to
            OPTIONS names the methods of the first handler of a path and forgets the others.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        make_request_id: Callable[[], str],
        elapsed: Callable[[], float],
        metrics: Metrics,
        strict_transport: bool,
        methods: Mapping[str, bytes],
    ) -> None:
        self._app = app
        self._make_request_id = make_request_id
        self._elapsed = elapsed
        self._metrics = metrics
        self._methods = methods
        self._headers = safe_headers(strict_transport=strict_transport)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """
        Serve one request.
        """
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        request_id = well_formed(scope) or self._make_request_id().translate(LETTERS)
        # the server may share one dictionary among requests; the id belongs to this one
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        started = self._elapsed()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = completed(message["headers"], self._headers, request_id)
                message["headers"] = self._allowing(scope, headers)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            self._account(scope, status, request_id, self._elapsed() - started)

    def _allowing(
        self, scope: Scope, headers: list[tuple[bytes, bytes]]
    ) -> list[tuple[bytes, bytes]]:
        known = self._methods.get(str(scope.get("path_template")))
        if scope.get("method") != "OPTIONS" or known is None:
            return headers
        return [(name, known if name.lower() == b"allow" else value) for name, value in headers]

    def _account(self, scope: Scope, status: int, request_id: str, seconds: float) -> None:
        route = str(scope.get("path_template") or _UNKNOWN_ROUTE)
        method = str(scope.get("method", ""))
        self._metrics.request(method, route, status, seconds)
        log = structlog.get_logger("wallet.access")
        write = log.error if status >= _SERVER_ERROR else log.info
        write(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
        )


def safe_headers(*, strict_transport: bool) -> list[tuple[bytes, bytes]]:
    """
    Return what every answer has unless it says otherwise.

    Encoded once: the framework's own view of headers looks through all of them for each.
    """
    always = dict(HEADERS)
    if strict_transport:
        always["strict-transport-security"] = STRICT_TRANSPORT
    return [(name.encode(), value.encode()) for name, value in always.items()]


def completed(
    given: Iterable[tuple[bytes, bytes]], always: Iterable[tuple[bytes, bytes]], request_id: str
) -> list[tuple[bytes, bytes]]:
    """
    Return an answer's headers with those that it lacks, and its request's id.
    """
    kept = [pair for pair in given if pair[0].lower() != _REQUEST_ID]
    present = {name.lower() for name, _ in kept}
    added = (pair for pair in always if pair[0] not in present)
    return [*kept, *added, (_REQUEST_ID, request_id.encode())]


def well_formed(scope: Scope) -> str:
    """
    Return the client's own request id if it sent exactly one in the accepted form, else "".

    The form is 16 to 64 letters, digits, ``-`` and ``_``, without ten digits in a row.
    """
    sent = [value for name, value in scope["headers"] if name.lower() == b"x-request-id"]
    text = sent[0].decode("latin-1") if len(sent) == 1 else ""
    return text if REQUEST_ID.match(text) else ""


def install(app: Litestar, **settings: Any) -> None:  # noqa: ANN401
    """
    Put the edge around an application; the settings are those of `Edge`.
    """
    methods = {
        route.path_format: ", ".join(sorted(route.methods)).encode()
        for route in app.routes
        if isinstance(route, HTTPRoute)
    }
    app.asgi_handler = Edge(app.asgi_handler, methods=methods, **settings)
