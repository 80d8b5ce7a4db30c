"""
Limits on a request's body, held before a handler or an authenticator runs.

A route says otherwise with ``opt=body_limits(...)``.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send
from msgspec import Struct
from msgspec.structs import replace

from wallet.errors import BodyTooLargeError, MediaTypeUnsupportedError, ValidationFailedError
from wallet.http import json_text
from wallet.http.errors import RequestTimeoutError

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
BODY_BYTES: Final = 16 * 1024
BODY_BYTES_CEILING: Final = 512 * 1024
HEADERS_MOST: Final = 64
HEADER_BYTES: Final = 32 * 1024
_OPT: Final = "body_limits"
_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_NO_BODY: Final = "No body belongs here."
# some clients send an empty object where nothing is to be said
_NOTHING: Final = (b"", b"{}")
_BLANKS: Final = b" \t\r\n"


class BodyLimits(Struct, frozen=True, kw_only=True):
    """
    What a route takes.

    Attributes:
        most_bytes: the longest body.
        media_types: which it may be; ``application/json`` is looked through by `json_text`.
        takes_body: false where an empty JSON object is the most that may come; None lets the
            handler's signature tell, by whether it takes ``data``.
    """

    most_bytes: int = BODY_BYTES
    media_types: tuple[str, ...] = (JSON,)
    takes_body: bool | None = None


_DEFAULT: Final = BodyLimits()


def body_limits(
    *,
    most_bytes: int = BODY_BYTES,
    media_types: tuple[str, ...] = (JSON,),
    takes_body: bool | None = None,
) -> dict[str, Any]:
    """
    Return what a route passes as ``opt`` to take more, or something else, than 16 KiB of JSON.

    A handler that reads its body by itself says so with `takes_body`.

    Raises:
        ValueError: more than the ceiling of 512 KiB is a fault of ours.
    """
    if not 0 < most_bytes <= BODY_BYTES_CEILING:
        msg = "a body limit lies between 1 byte and 512 KiB"
        raise ValueError(msg)
    return {
        _OPT: BodyLimits(most_bytes=most_bytes, media_types=media_types, takes_body=takes_body)
    }


class LimitsMiddleware(ASGIMiddleware):
    """
    Reads the whole body within its limits, then hands it on in one piece.

    Args:
        read_seconds: a body that has not arrived by then is given up.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, *, read_seconds: float = 10.0) -> None:
        self._read_seconds = read_seconds

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """
        Let a request pass or refuse it.

        Raises:
            BodyTooLargeError: longer than the route takes, by its header or by its bytes.
            MediaTypeUnsupportedError: not the route's media type, not UTF-8, or compressed.
            RequestTimeoutError: it did not arrive in time.
            ValidationFailedError: see `json_text.check`; or a body where none belongs, too many
                headers, or a query parameter twice, of which two readers could take either.
        """
        _check_query(scope.get("query_string", b""))
        if is_too_large(scope["headers"]):
            raise ValidationFailedError("The headers are too many or too long.")
        headers = _headers(scope)
        announced = _announced(headers)
        if scope.get("method") in _SAFE:
            if announced or b"transfer-encoding" in headers:
                raise ValidationFailedError(_NO_BODY)
            await next_app(scope, receive, send)
            return
        limits = _limits(scope)
        if announced > limits.most_bytes:
            raise BodyTooLargeError
        body = await self._read(receive, limits.most_bytes)
        if body and _media_type(headers, limits) == JSON:
            json_text.check(body)
        if limits.takes_body is False and body.translate(None, _BLANKS) not in _NOTHING:
            raise ValidationFailedError(_NO_BODY)
        await next_app(scope, _replaying(body, receive), send)

    async def _read(self, receive: Receive, most_bytes: int) -> bytes:
        parts = bytearray()
        try:
            async with asyncio.timeout(self._read_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise ValidationFailedError("The body broke off.")
                    parts += message["body"]
                    more = message["more_body"]
                    if len(parts) > most_bytes:
                        raise BodyTooLargeError
        except TimeoutError as fault:
            raise RequestTimeoutError from fault
        return bytes(parts)


def _check_query(query: bytes) -> None:
    names = [part.partition(b"=")[0] for part in query.split(b"&")] if query else []
    if len(names) != len({unquote_to_bytes(name) for name in names}):
        raise ValidationFailedError("A query parameter stands twice.")


def is_too_large(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """
    Tell whether headers are too many or too long.
    """
    sizes = [len(name) + len(value) for name, value in headers]
    return len(sizes) > HEADERS_MOST or sum(sizes) > HEADER_BYTES


def _limits(scope: Scope) -> BodyLimits:
    route: Any = scope.get("route_handler")
    if route is None:
        return _DEFAULT
    limits: BodyLimits = route.opt.get(_OPT, _DEFAULT)
    if limits.takes_body is not None:
        return limits
    return replace(limits, takes_body="data" in route.parsed_fn_signature.parameters)


def _headers(scope: Scope) -> Mapping[bytes, list[bytes]]:
    grouped: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        grouped.setdefault(name.lower(), []).append(value)
    return grouped


def _announced(headers: Mapping[bytes, list[bytes]]) -> int:
    lengths = headers.get(b"content-length", [b"0"])
    if len(lengths) != 1 or not lengths[0].isdigit() or len(lengths[0]) > len("9" * 12):
        raise ValidationFailedError("Content-Length is not a length.")
    return int(lengths[0])


def _media_type(headers: Mapping[bytes, list[bytes]], limits: BodyLimits) -> str:
    values = headers.get(b"content-type", [])
    if len(values) != 1 or b"content-encoding" in headers:
        raise MediaTypeUnsupportedError
    essence, *parameters = values[0].decode("latin-1").lower().split(";")
    charsets = [text.strip() for text in parameters if text.strip().startswith("charset=")]
    if any(text not in {"charset=utf-8", 'charset="utf-8"'} for text in charsets):
        raise MediaTypeUnsupportedError
    if essence.strip() not in limits.media_types:
        raise MediaTypeUnsupportedError
    return essence.strip()


def _replaying(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> HTTPReceiveMessage:
        nonlocal given
        if given:
            # what is left of the conversation is the client hanging up
            rest: Any = await receive()
            return rest  # type: ignore[no-any-return]
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
