"""
Whether the wall clock can be trusted, and what is refused while it cannot.

Codes live for seconds and deadlines of money for minutes. A clock that jumped makes old codes
young or lets payments expire; so nothing is begun until it has kept step for a while.
"""

import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from wallet.clock import Clock
from wallet.errors import ClockUntrustedError

_BUILT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(seconds=5)
_PROBATION_SECONDS: Final = 60.0
_SAFE: Final = ("GET", "HEAD", "OPTIONS")

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


class Timekeeping:
    """
    Compares the wall clock with one that cannot jump.

    Args:
        clock: the wall clock; before the year of this program it is not set at all.
        elapsed: a clock that only moves forward, in seconds.
    """

    def __init__(self, clock: Clock, elapsed: Callable[[], float]) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._wall, self._steady = clock.now(), elapsed()
        self._trusted_from = self._steady

    def untrusted_seconds(self) -> int:
        """
        Return how long the wall clock has to keep step before it is trusted; 0: it is.
        """
        now, steady = self._clock.now(), self._elapsed()
        expected = self._wall + timedelta(seconds=steady - self._steady)
        if abs(now - expected) > _STEP:
            self._wall, self._steady = now, steady
            self._trusted_from = steady + _PROBATION_SECONDS
        if now < _BUILT:
            return math.ceil(_PROBATION_SECONDS)
        return max(0, math.ceil(self._trusted_from - steady))


def clock_guard(timekeeping: Timekeeping, *paths: str) -> Guard:
    """
    Return the guard of everything unsafe under some paths.

    Its refusal is `ClockUntrustedError`, which every such route declares.
    """

    async def guard(
        connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
    ) -> None:
        scope = connection.scope
        if scope.get("method") in _SAFE or not str(scope["path"]).startswith(paths):
            return
        wait = timekeeping.untrusted_seconds()
        if wait:
            raise ClockUntrustedError(retry_after_seconds=wait)

    return guard
