"""
How long to wait before trying again.
"""

from collections.abc import Callable
from datetime import timedelta

_SMALLEST_MS = 500
_LARGEST_MS = 300_000
_TOKEN_RANGE = 1 << 16


def backoff(attempts: int, token: Callable[[int], bytes]) -> timedelta:
    """
    Return a wait that doubles with each attempt up to five minutes, of which a random half.

    Args:
        attempts: how often it was tried, from 1.
        token: source of random bytes.
    """
    ceiling = min(_LARGEST_MS, _SMALLEST_MS << min(max(attempts, 1), 16))
    dice = int.from_bytes(token(2), "big")
    return timedelta(milliseconds=ceiling // 2 + ceiling // 2 * dice // _TOKEN_RANGE)
