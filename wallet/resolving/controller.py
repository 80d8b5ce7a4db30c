"""
``POST /v1/resolve``.
"""

from typing import Any

from litestar import Controller, Request, Response, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody

from wallet.bindings.errors import IntegrationUnavailableError
from wallet.devices.errors import DeviceFrozenError
from wallet.errors import (
    BodyTooLargeError,
    ClockUntrustedError,
    InternalError,
    MediaTypeUnsupportedError,
    OverloadedError,
    RateLimitedError,
    ValidationFailedError,
)
from wallet.http.callers import TerminalCaller
from wallet.http.described import allows, signed_at_will
from wallet.http.problems import problems
from wallet.idempotency.errors import (
    IdempotencyInProgressError,
    IdempotencyKeyMissingError,
    IdempotencyMismatchError,
)
from wallet.idempotency.service import IdempotencyService, idempotency_key
from wallet.parties.errors import (
    ScopeDeniedError,
    SignatureInvalidError,
    TerminalUnknownError,
    TokenInvalidError,
)
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.resolving.errors import (
    CodeAmbiguousError,
    CodeExpiredError,
    CodeMalformedError,
    CodeNotAcceptedError,
    CodeNotYetValidError,
    CodeRevokedError,
    CodeUnsupportedError,
    CodeUsedError,
)
from wallet.resolving.scans import Attempt
from wallet.resolving.schemas import Resolve, Resolved
from wallet.resolving.service import ResolvingService
from wallet.resolving.words import PATH, SCOPES

_ERRORS = (
    BodyTooLargeError,
    ClockUntrustedError,
    CodeAmbiguousError,
    CodeExpiredError,
    CodeMalformedError,
    CodeNotAcceptedError,
    CodeNotYetValidError,
    CodeRevokedError,
    CodeUnsupportedError,
    CodeUsedError,
    DeviceFrozenError,
    HandleExpiredError,
    HandleMismatchError,
    IdempotencyInProgressError,
    IdempotencyKeyMissingError,
    IdempotencyMismatchError,
    IntegrationUnavailableError,
    InternalError,
    MediaTypeUnsupportedError,
    OverloadedError,
    RateLimitedError,
    ScopeDeniedError,
    SignatureInvalidError,
    TerminalUnknownError,
    TokenInvalidError,
    ValidationFailedError,
)


class ResolvingController(Controller):
    """
    One scan.
    """

    path = PATH
    tags = ("desk",)

    @post(
        operation_id="resolve",
        summary="Resolve one code to its contexts",
        description=(
            "Consumes the code and answers a verdict per context, each within its own deadline. "
            "A refused scope burns no code. Repeating the call with the same Idempotency-Key "
            "answers the same terminal the same way while the handle lives."
        ),
        status_code=200,
        opt=allows(*SCOPES) | signed_at_will(),
        responses=problems(*_ERRORS),
    )
    async def resolve(
        self,
        request: Request[Any, Any, State],
        data: JSONBody[Resolve],
        terminal: NamedDependency[TerminalCaller],
        resolving: NamedDependency[ResolvingService],
        idempotency: NamedDependency[IdempotencyService],
    ) -> Response[Resolved]:
        """
        Resolve one code.
        """
        attempt = Attempt(
            caller=terminal,
            scan=data,
            key=idempotency_key(request.headers),
            fingerprint=idempotency.fingerprint(
                request.method, request.url.path, await request.body()
            ),
        )
        answer = await resolving.resolve(attempt)
        headers = {"idempotency-replayed": "true"} if answer.replayed else {}
        return Response(answer.resolved, headers=headers)
