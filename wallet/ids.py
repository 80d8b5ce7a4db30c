"""
The only place that makes ids and secrets; everything else is given them.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from wallet.clock import Clock

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_RANDOM_BITS = 22


class Ids:
    """
    Makes numbers and secrets.

    Args:
        clock: local ids sort by the time they were made.
        token: source of random bytes.
    """

    def __init__(self, clock: Clock, token: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._clock = clock
        self.token = token

    def local(self) -> int:
        """
        Return a positive 63-bit id: 41 bits of milliseconds since 2026, 22 random bits.

        Unique together with a resident or party, never alone an authority for anything.
        """
        return first_local(self._clock.now()) | self._bits(_RANDOM_BITS)

    def resident(self) -> int:
        """
        Return a positive 62-bit random id; it spreads evenly over shards and tells no order.
        """
        return self._bits(62) or 1

    def secret(self, size: int = 32) -> bytes:
        """
        Return that many random bytes.
        """
        return self.token(size)

    def _bits(self, count: int) -> int:
        return int.from_bytes(self.token((count + 7) // 8), "big") & ((1 << count) - 1)


def first_local(instant: datetime) -> int:
    """
    Return the least id that `Ids.local` can make at an instant; 0 for one before 2026.
    """
    elapsed = instant - _EPOCH
    milliseconds = max(
        0, elapsed.days * 86_400_000 + elapsed.seconds * 1000 + elapsed.microseconds // 1000
    )
    return milliseconds << _RANDOM_BITS
