"""
One intent, one effect: what a party asked for under one key happens once.
"""

from wallet.idempotency.errors import (
    IdempotencyInProgressError,
    IdempotencyKeyMissingError,
    IdempotencyMismatchError,
)
from wallet.idempotency.service import (
    HEADER,
    Fresh,
    IdempotencyService,
    Replay,
    idempotency_key,
)

__all__ = (
    "HEADER",
    "Fresh",
    "IdempotencyInProgressError",
    "IdempotencyKeyMissingError",
    "IdempotencyMismatchError",
    "IdempotencyService",
    "Replay",
    "idempotency_key",
)
