"""
Intents out of requests, and the errors that every one of them may answer.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from wallet.errors import (
    BodyTooLargeError,
    ClockUntrustedError,
    InternalError,
    MediaTypeUnsupportedError,
    NotFoundError,
    OverloadedError,
    StateConflictError,
    ValidationFailedError,
)
from wallet.http.callers import TerminalCaller
from wallet.idempotency.errors import IdempotencyKeyMissingError, IdempotencyMismatchError
from wallet.idempotency.service import IdempotencyService, idempotency_key
from wallet.parties.errors import (
    ScopeDeniedError,
    SignatureInvalidError,
    TerminalUnknownError,
    TokenInvalidError,
)
from wallet.visiting.intents import Intent

AnyRequest = Request[Any, Any, State]
LOOKING = (
    InternalError,
    NotFoundError,
    OverloadedError,
    ScopeDeniedError,
    TerminalUnknownError,
    TokenInvalidError,
    ValidationFailedError,
)
ACTING = (
    *LOOKING,
    BodyTooLargeError,
    ClockUntrustedError,
    IdempotencyKeyMissingError,
    IdempotencyMismatchError,
    MediaTypeUnsupportedError,
    SignatureInvalidError,
    StateConflictError,
)


async def intent_of(
    request: AnyRequest,
    terminal: NamedDependency[TerminalCaller],
    idempotency: NamedDependency[IdempotencyService],
) -> Intent:
    """
    Return what a terminal asks for.

    Raises:
        IdempotencyKeyMissingError: without a key nothing is done.
    """
    body = await request.body()
    target = request.url.path
    if request.url.query:
        target = f"{target}?{request.url.query}"
    return Intent(
        caller=terminal,
        route=str(request.route_handler.operation_id),
        key=idempotency_key(request.headers),
        fingerprint=idempotency.fingerprint(request.method, target, body),
    )


DEPENDENCIES: Mapping[str, Provide] = {"intent": Provide(intent_of)}
