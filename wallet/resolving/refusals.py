"""
Which error stands for a code that proved genuine and still cannot be used up.
"""

from collections.abc import Callable, Mapping
from functools import partial

from wallet.devices.errors import DeviceFrozenError
from wallet.devices.service import Unusable
from wallet.errors import RateLimitedError, WalletError
from wallet.resolving.errors import (
    CodeExpiredError,
    CodeNotAcceptedError,
    CodeNotYetValidError,
    CodeRevokedError,
    CodeUsedError,
)

_ERRORS: Mapping[Unusable, Callable[[], WalletError]] = {
    Unusable.USED: CodeUsedError,
    Unusable.REPEATED: partial(CodeUsedError, check_holder=True),
    Unusable.OLDER: partial(CodeUsedError, check_holder=True),
    Unusable.EXPIRED: CodeExpiredError,
    Unusable.FROZEN: DeviceFrozenError,
    Unusable.REVOKED: CodeRevokedError,
    Unusable.DRIFT: CodeNotYetValidError,
    Unusable.UNKNOWN: CodeNotAcceptedError,
    Unusable.OVER_BUDGET: partial(RateLimitedError, retry_after_seconds=60),
}


def refusal(reason: Unusable) -> WalletError:
    """
    Return the error that stands for a code that cannot be used up.
    """
    return _ERRORS[reason]()
