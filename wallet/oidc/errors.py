"""
What can be wrong with a sign-in through a provider.
"""

from enum import StrEnum
from typing import Final

from wallet.errors import WalletError

_RETRY_SECONDS: Final = 10


class Reason(StrEnum):
    """
    Why somebody whom the provider sent back is not let in.
    """

    CANCELLED = "cancelled"
    TOKEN = "token"  # noqa: S105 - a word
    ASSURANCE = "assurance"
    INCOMPLETE = "incomplete"


class ConfigurationError(ValueError):
    """
    The settings of a provider are not of the documented form; the text says where, no value.
    """


class SignInUnavailableError(WalletError):
    """
    The sign-in provider does not answer as it should, so nobody can sign in with it now.
    """

    code = "SIGN_IN_UNAVAILABLE"
    status = 503
    title = "The sign-in provider does not answer."

    def __init__(self) -> None:
        super().__init__(retry_after_seconds=_RETRY_SECONDS)


class SignInStaleError(WalletError):
    """
    The sign-in was begun too long ago or in another browser, or was finished already.
    """

    code = "SIGN_IN_STALE"
    status = 400
    title = "Begin to sign in again."


class SignInRefusedError(WalletError):
    """
    The provider's answer lets nobody in; `reason` says why.
    """

    code = "SIGN_IN_REFUSED"
    status = 403
    title = "The sign-in provider's answer lets nobody in."

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason=reason.value)
        self.reason = reason
