"""
The base of every error that a client may see, and the ones that belong to no slice.

Each has a stable code and a status (docs/errors.md); `wallet.http.problems` alone turns them into
RFC 9457 problems. The text of an error never carries what the client sent.
"""

from typing import ClassVar


class WalletError(Exception):
    """
    Never raised itself.

    Args:
        detail: one English sentence for the developer who reads the answer; no values.
        retry_after_seconds: when trying again makes sense.
        members: extension members of the problem; harmless values only.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after_seconds: int | None = None,
        **members: str | int | list[str],
    ) -> None:
        super().__init__(self.code)
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds
        self.members = members


class ValidationFailedError(WalletError):
    """
    The request does not have the documented form.
    """

    code = "VALIDATION_FAILED"
    status = 400
    title = "The request does not have the documented form."


class NotFoundError(WalletError):
    """
    There is nothing there, or it is not the caller's to see.
    """

    code = "NOT_FOUND"
    status = 404
    title = "There is nothing here."


class MethodNotAllowedError(WalletError):
    """
    The resource exists and knows no such method.
    """

    code = "METHOD_NOT_ALLOWED"
    status = 405
    title = "This resource does not know that method."


class StateConflictError(WalletError):
    """
    The thing exists but its state does not allow this.
    """

    code = "STATE_CONFLICT"
    status = 409
    title = "The present state does not allow this."


class BodyTooLargeError(WalletError):
    """
    The body is longer or deeper than anything we accept.
    """

    code = "BODY_TOO_LARGE"
    status = 413
    title = "The body is too large."


class MediaTypeUnsupportedError(WalletError):
    """
    The body is not JSON in UTF-8.
    """

    code = "MEDIA_TYPE_UNSUPPORTED"
    status = 415
    title = "Send application/json."


class RateLimitedError(WalletError):
    """
    Too many attempts; wait.
    """

    code = "RATE_LIMITED"
    status = 429
    title = "Too many attempts."


class InternalError(WalletError):
    """
    Our fault. The request id finds it in our logs.
    """

    code = "INTERNAL"
    status = 500
    title = "Something went wrong on our side."


class OverloadedError(WalletError):
    """
    We cannot take this now.
    """

    code = "OVERLOADED"
    status = 503
    title = "Too busy; try again."


class ClockUntrustedError(WalletError):
    """
    The machine's clock moved in a way that makes codes and money unsafe.
    """

    code = "CLOCK_UNTRUSTED"
    status = 503
    title = "The clock cannot be trusted."


class StorageFullError(WalletError):
    """
    The database has no room left.
    """

    code = "STORAGE_FULL"
    status = 507
    title = "The storage is full."
