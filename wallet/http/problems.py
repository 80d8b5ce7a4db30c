"""
RFC 9457 problems: the one place that turns an error into an answer.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    SerializationException,
)
from litestar.openapi.datastructures import ResponseSpec
from litestar.status_codes import (
    HTTP_401_UNAUTHORIZED,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_500_INTERNAL_SERVER_ERROR,
)
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from wallet.db.faults import is_unknown_to_schema
from wallet.errors import (
    BodyTooLargeError,
    InternalError,
    MethodNotAllowedError,
    NotFoundError,
    OverloadedError,
    ValidationFailedError,
    WalletError,
)

MEDIA_TYPE = "application/problem+json"
PAGE_TYPE = "text/html; charset=utf-8"
TYPE_PREFIX = "urn:fusion-wallet:problem:"
CHALLENGE = 'Bearer realm="fusion-wallet"'  # RFC 9110 §15.5.2 wants one with every 401
_UNMIGRATED: Final = "The database is not at the schema of this program; /readyz names it."
_UNMIGRATED_SECONDS: Final = 10

AnyRequest = Request[Any, Any, State]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    An RFC 9457 problem. Decide by `code`; `title` and `detail` are for developers' eyes.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    request_id: str = ""


def problem(error: WalletError, request_id: str = "") -> dict[str, Any]:
    """
    Return the members of the problem that stands for an error.
    """
    members: dict[str, Any] = {
        "type": TYPE_PREFIX + error.code.lower().replace("_", "-"),
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "request_id": request_id,
    }
    if error.detail:
        members["detail"] = error.detail
    return members | dict(error.members)


def problems(*errors: type[WalletError]) -> Mapping[int, ResponseSpec]:
    """
    Declare which errors a route may answer, for the document.
    """
    codes: dict[int, list[str]] = {}
    for error in errors:
        codes.setdefault(error.status, []).append(error.code)
    return {
        status: ResponseSpec(
            data_container=Problem,
            description="One of: " + ", ".join(sorted(names)),
            media_type=MEDIA_TYPE,
            generate_examples=False,
        )
        for status, names in codes.items()
    }


def answer(error: WalletError, request_id: str) -> Response[dict[str, Any]]:
    """
    Return the response for an error.
    """
    return Response(
        problem(error, request_id),
        status_code=error.status,
        media_type=MEDIA_TYPE,
        headers=_headers(error),
    )


def raw_answer(
    error: WalletError, request_id: str, page: bytes = b""
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """
    Return status, headers and body of the same response, for who answers without the framework.

    Args:
        error: what is answered.
        request_id: of the request.
        page: HTML that is given instead of the problem, if any.
    """
    body = page or msgspec.json.encode(problem(error, request_id))
    headers = {
        **_headers(error),
        "content-type": PAGE_TYPE if page else MEDIA_TYPE,
        "content-length": str(len(body)),
    }
    return error.status, [(name.encode(), value.encode()) for name, value in headers.items()], body


def _headers(error: WalletError) -> dict[str, str]:
    headers = {"cache-control": "no-store"}
    if error.retry_after_seconds is not None:
        headers["retry-after"] = str(error.retry_after_seconds)
    if error.status == HTTP_401_UNAUTHORIZED:
        headers["www-authenticate"] = CHALLENGE
    return headers


def request_id_of(request: AnyRequest) -> str:
    """
    Return the id that was given to the request at the door.
    """
    return str(request.scope.get("state", {}).get("request_id", ""))


def _known(request: AnyRequest, error: WalletError) -> Response[dict[str, Any]]:
    return answer(error, request_id_of(request))


def _framework(request: AnyRequest, fault: HTTPException) -> Response[dict[str, Any]]:
    error: WalletError
    match fault:
        case NotFoundException():
            error = NotFoundError()
        case MethodNotAllowedException():
            error = MethodNotAllowedError()
        case _ if fault.status_code == HTTP_413_REQUEST_ENTITY_TOO_LARGE:
            error = BodyTooLargeError()
        case _ if fault.status_code < HTTP_500_INTERNAL_SERVER_ERROR:
            error = ValidationFailedError(members_of(fault))
        case _:
            return _unexpected(request, fault)
    known = answer(error, request_id_of(request))
    if fault.headers and "allow" in fault.headers:
        known.headers["allow"] = fault.headers["allow"]  # RFC 9110 §15.5.6
    return known


def members_of(fault: HTTPException) -> str:
    """
    Name the fields at fault, never their values.
    """
    extra = fault.extra if isinstance(fault.extra, list) else []
    keys = [str(item.get("key", "")) for item in extra if isinstance(item, dict)]
    named = [key for key in keys if key.isidentifier() or "." in key]
    return "Look at: " + ", ".join(sorted(named)) if named else ""


def _unparseable(request: AnyRequest, _fault: Exception) -> Response[dict[str, Any]]:
    return answer(ValidationFailedError(), request_id_of(request))


def _unexpected(request: AnyRequest, fault: Exception) -> Response[dict[str, Any]]:
    request_id = request_id_of(request)
    return answer(unexpected(request_id, fault), request_id)


def unexpected(request_id: str, fault: Exception) -> WalletError:
    """
    Note a fault of ours in the log, and return the error that stands for it.

    A database that lacks what this program knows will have it once it was migrated.
    """
    structlog.get_logger("wallet.http").error(
        "request failed", request_id=request_id, exc_info=fault
    )
    if is_unknown_to_schema(fault):
        return OverloadedError(_UNMIGRATED, retry_after_seconds=_UNMIGRATED_SECONDS)
    return InternalError()


def handlers() -> ExceptionHandlersMap:
    """
    Return the exception handlers of the application.
    """
    return {
        WalletError: _known,
        HTTPException: _framework,
        SerializationException: _unparseable,
        RecursionError: _unparseable,
        UnicodeDecodeError: _unparseable,
        Exception: _unexpected,
    }
