"""
What a terminal hears about itself.
"""

from wallet.errors import WalletError
from wallet.http.errors import TokenInvalidError

__all__ = (
    "InvalidProfileError",
    "ScopeDeniedError",
    "SignatureInvalidError",
    "TerminalUnknownError",
    "TokenInvalidError",
    "UnknownPartyError",
)


class TerminalUnknownError(WalletError):
    """
    No active terminal of an active party stands behind this.

    One answer for an unknown terminal, a revoked one and a wrong proof of its key, so that nobody
    can ask which terminals there are.
    """

    code = "TERMINAL_UNKNOWN"
    status = 401
    title = "No such terminal."


class SignatureInvalidError(WalletError):
    """
    The request needs a signature of the terminal's key and carries none that is right.
    """

    code = "SIGNATURE_INVALID"
    status = 401
    title = "The request's signature is missing or wrong."


class ScopeDeniedError(WalletError):
    """
    The terminal is not entitled to this.
    """

    code = "SCOPE_DENIED"
    status = 403
    title = "The terminal may not do this."


class UnknownPartyError(LookupError):
    """
    A party, a terminal or a profile that somebody named does not exist: an operator's slip.
    """


class InvalidProfileError(ValueError):
    """
    A party's profile does not have the form that the integration declares.
    """
