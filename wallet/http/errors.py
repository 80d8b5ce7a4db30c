"""
What the edge itself refuses, before any slice is asked.
"""

from wallet.errors import WalletError


class RequestTimeoutError(WalletError):
    """
    The body did not arrive in time.
    """

    code = "REQUEST_TIMEOUT"
    status = 408
    title = "The request did not arrive in time."


class NotReadyError(WalletError):
    """
    This process should get no traffic yet, or any more; `failing` names the checks.
    """

    code = "NOT_READY"
    status = 503
    title = "Not ready to serve."


class TokenInvalidError(WalletError):
    """
    The credential is missing, malformed, expired or revoked; which of them is not told.
    """

    code = "TOKEN_INVALID"
    status = 401
    title = "The token is not valid."
