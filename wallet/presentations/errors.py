"""
What can be wrong with a presentation's handle.
"""

from wallet.errors import WalletError


class HandleMismatchError(WalletError):
    """
    The handle was given to another party or terminal, or for another purpose.
    """

    code = "HANDLE_MISMATCH"
    status = 403
    title = "This handle was not given to this terminal for this purpose."


class HandleExpiredError(WalletError):
    """
    The handle's five minutes are over; scan again.
    """

    code = "HANDLE_EXPIRED"
    status = 410
    title = "The handle has expired; scan a new code."
