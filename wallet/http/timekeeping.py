"""
Whether the wall clock can be trusted, and what is refused while it cannot.

Codes live for seconds and deadlines of money for minutes. A clock that jumped makes old codes
young or lets payments expire; so nothing is begun until it has kept step for a while. To ask costs
no look at the database: what that knows of time is told by whoever looks there anyway.
"""

import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from wallet.clock import Clock
from wallet.errors import ClockUntrustedError

_BUILT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(seconds=5)
_APART: Final = timedelta(seconds=2)
_PROBATION_SECONDS: Final = 60.0
_ASKED_AGAIN_SECONDS: Final = 5
_SAFE: Final = ("GET", "HEAD", "OPTIONS")

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]
Doubt = Literal["", "unset", "jumped", "behind", "apart"]


class Timekeeping:
    """
    Compares the wall clock with one that cannot jump, and with what the database knows of time.

    Args:
        clock: the wall clock; before the year of this program it is not set at all.
        elapsed: a clock that only moves forward, in seconds.
    """

    def __init__(self, clock: Clock, elapsed: Callable[[], float]) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._wall, self._steady = clock.now(), elapsed()
        self._trusted_from = self._steady
        self._mark: datetime | None = None
        self._apart = False

    def untrusted_seconds(self) -> int:
        """
        Return how long to wait before asking again whether it is trusted; 0: it is.
        """
        return self._judged()[1]

    def doubt(self) -> Doubt:
        """
        Return why it is not trusted: one word, or an empty one when it is.

        ``unset``: it never was set; ``jumped``: it left its step within the last minute;
        ``behind``: somebody of this deployment was later already; ``apart``: the database's clock
        tells another time.
        """
        return self._judged()[0]

    def told(self, mark: datetime | None) -> None:
        """
        Take note of the latest instant that any process of the deployment trusted.
        """
        self._mark = mark

    def compared(self, theirs: datetime, asked_at: datetime, answered_at: datetime) -> None:
        """
        Take note of the database's time, asked for between two instants of ours.
        """
        self._apart = not asked_at - _APART <= theirs <= answered_at + _APART

    def _judged(self) -> tuple[Doubt, int]:
        now, steady = self._clock.now(), self._elapsed()
        expected = self._wall + timedelta(seconds=steady - self._steady)
        if abs(now - expected) > _STEP:
            self._wall, self._steady = now, steady
            self._trusted_from = steady + _PROBATION_SECONDS
        if now < _BUILT:
            return "unset", math.ceil(_PROBATION_SECONDS)
        if self._mark is not None and now < self._mark - _STEP:
            behind = (self._mark - _STEP - now).total_seconds()
            return "behind", math.ceil(min(behind, _PROBATION_SECONDS))
        if steady < self._trusted_from:
            return "jumped", math.ceil(self._trusted_from - steady)
        return ("apart", _ASKED_AGAIN_SECONDS) if self._apart else ("", 0)


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
