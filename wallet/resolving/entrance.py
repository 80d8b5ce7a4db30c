"""
The short way in: an ordinary post of a scan is answered without the framework.

Whatever is not plainly in order, down to a header that stands twice, is handed on to the
framework with its body untouched, before anything was done. So each rule about requests has one
implementation, and this one is the way of those that break none (docs/decisions/0019).
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

from wallet.errors import ValidationFailedError, WalletError
from wallet.http import json_text
from wallet.http.callers import TerminalCaller
from wallet.http.errors import RequestTimeoutError
from wallet.http.limits import BODY_BYTES, is_too_large
from wallet.http.problems import raw_answer, unexpected
from wallet.idempotency.service import IdempotencyService, well_formed
from wallet.parties.service import PartiesService
from wallet.resolving.scans import Attempt
from wallet.resolving.schemas import Resolve
from wallet.resolving.service import ResolvingService
from wallet.resolving.words import PATH, SCOPES

_METHOD: Final = "POST"
_TYPES: Final = frozenset({b"application/json", b"application/json; charset=utf-8"})
_UNUSUAL: Final = frozenset({b"content-encoding", b"transfer-encoding", b"expect"})
_LENGTHS: Final = frozenset(str(length).encode() for length in range(1, BODY_BYTES + 1))
_resolve: Final = msgspec.json.Decoder(Resolve)


class _Post(NamedTuple):
    """
    An ordinary post, as far as its headers tell.
    """

    caller: TerminalCaller
    key: str
    length: bytes


class Entrance:
    """
    Stands before the framework.

    Args:
        app: the framework.
        hindered: whether something may stand against using codes up that the framework looks at.
        read_seconds: a body that has not arrived by then is given up.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        parties: PartiesService,
        idempotency: IdempotencyService,
        resolving: ResolvingService,
        hindered: Callable[[], bool],
        read_seconds: float = 10.0,
    ) -> None:
        self._app = app
        self._parties = parties
        self._idempotency = idempotency
        self._resolving = resolving
        self._hindered = hindered
        self._read_seconds = read_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """
        Serve one request, or hand it on.
        """
        post = self._ordinary(scope)
        if post is None:
            await self._app(scope, receive, send)
            return
        request_id = str(scope.get("state", {}).get("request_id", ""))
        try:
            async with asyncio.timeout(self._read_seconds):
                message = await receive()
        except TimeoutError:
            scope["path_template"] = PATH
            await _sent(send, *raw_answer(RequestTimeoutError(), request_id))
            return
        attempt = self._attempt(post, message)
        if attempt is None:
            await self._app(scope, _again(message, receive), send)
            return
        scope["path_template"] = PATH  # what the metrics call it
        await _sent(send, *await self._answer(attempt, request_id))

    def _ordinary(self, scope: Scope) -> _Post | None:
        """
        Look at everything but the body.
        """
        if scope["path"] != PATH or scope.get("method") != _METHOD or _redirected(scope):
            return None
        if is_too_large(scope["headers"]):
            return None
        headers = {name.lower(): value for name, value in scope["headers"]}
        if len(headers) != len(list(scope["headers"])) or not _plain(headers):
            return None
        key = headers.get(b"idempotency-key", b"").decode("latin-1")
        if not well_formed(key) or self._hindered():
            return None
        caller = self._parties.unsigned(headers)
        if caller is None or caller.scopes.isdisjoint(SCOPES):
            return None
        return _Post(caller, key, headers[b"content-length"])

    def _attempt(self, post: _Post, message: ReceiveMessage) -> Attempt | None:
        """
        Look at the body.
        """
        if message["type"] != "http.request":
            return None
        body = message["body"]
        # a server may announce more and then send nothing; the length says that this is all
        if str(len(body)).encode() != post.length:
            return None
        try:
            json_text.check(body)
            scan = _resolve.decode(body)
        except (ValidationFailedError, msgspec.DecodeError):
            return None
        return Attempt(
            caller=post.caller,
            scan=scan,
            key=post.key,
            fingerprint=self._idempotency.fingerprint(_METHOD, PATH, body),
        )

    async def _answer(
        self, attempt: Attempt, request_id: str
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        try:
            answer = await self._resolving.resolve(attempt)
        except WalletError as error:
            return raw_answer(error, request_id)
        except Exception as fault:  # noqa: BLE001 - the edge of the process
            return raw_answer(unexpected(request_id, fault), request_id)
        body = msgspec.json.encode(answer.resolved)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        if answer.replayed:
            headers.append((b"idempotency-replayed", b"true"))
        return 200, headers, body


def _redirected(scope: Scope) -> bool:
    return bool(scope.get("query_string") or scope.get("root_path"))


def _plain(headers: dict[bytes, bytes]) -> bool:
    """
    Tell whether the headers announce an uncompressed JSON body of an ordinary length.
    """
    return (
        headers.get(b"content-type") in _TYPES
        and headers.get(b"content-length") in _LENGTHS
        and _UNUSUAL.isdisjoint(headers)
    )


def _again(message: ReceiveMessage, receive: Receive) -> Receive:
    """
    Return what gives a message again, then whatever comes after it.
    """
    waiting = [message]

    async def again() -> Any:  # noqa: ANN401 - any of the protocol's messages
        return waiting.pop() if waiting else await receive()

    return again


async def _sent(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
