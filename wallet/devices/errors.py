"""
What can be wrong with a device or with what it signed.
"""

from wallet.errors import WalletError
from wallet.parties.errors import SignatureInvalidError

__all__ = ("ChallengeInvalidError", "DeviceFrozenError", "SignatureInvalidError")


class ChallengeInvalidError(WalletError):
    """
    The challenge is not one of this resident's, is older than five minutes, or was used.
    """

    code = "CHALLENGE_INVALID"
    status = 409
    title = "The challenge cannot be used; ask for another."


class DeviceFrozenError(WalletError):
    """
    The resident has frozen their devices.
    """

    code = "DEVICE_FROZEN"
    status = 423
    title = "The holder has frozen their codes."
