"""
What a client hears about its idempotency key.
"""

from wallet.errors import WalletError


class IdempotencyKeyMissingError(WalletError):
    """
    An unsafe call of a party came without its key.
    """

    code = "IDEMPOTENCY_KEY_MISSING"
    status = 400
    title = "Send an Idempotency-Key."


class IdempotencyInProgressError(WalletError):
    """
    The first request under this key is still being worked on.
    """

    code = "IDEMPOTENCY_IN_PROGRESS"
    status = 409
    title = "The first request under this key is still in progress."


class IdempotencyMismatchError(WalletError):
    """
    The key was used for another request.
    """

    code = "IDEMPOTENCY_MISMATCH"
    status = 422
    title = "This key was used for another request."
