"""
What a worker shows of the whole deployment: what is overdue, what waits, whether it was restored.
"""

import asyncio
from datetime import timedelta
from typing import Final

import structlog
from prometheus_client import Gauge

from wallet.app.services import Services

EVERY_SECONDS: Final = 15.0

_log = structlog.get_logger("wallet.work")


class Standing:
    """
    Looks at the database again and again and shows it on this process's page of metrics.
    """

    def __init__(self, services: Services) -> None:
        registry = services.basis.metrics.registry
        self._services = services
        self._clock = services.basis.clock
        self._overdue = Gauge(
            "fusion_wallet_overdue_seconds",
            "For how long the oldest thing to do has been due without anybody at it.",
            registry=registry,
        )
        self._settlements = Gauge(
            "fusion_wallet_unfinished_settlements",
            "Settlements that are not over, by phase and status.",
            ("phase", "status"),
            registry=registry,
        )
        self._review = Gauge(
            "fusion_wallet_review",
            "Visits, settlements and refunds that wait for a person.",
            registry=registry,
        )
        self._restored = Gauge(
            "fusion_wallet_restored",
            "1 while a restore from a backup waits for an operator.",
            registry=registry,
        )

    async def run(self) -> None:
        """
        Look every few seconds until cancelled; a database that is away is no reason to end.
        """
        while True:
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - the next look may succeed
                _log.warning("standing not seen", exc_info=True)
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """
        Look once.
        """
        money, now = self._services.money, self._clock.now()
        oldest = await money.work.overdue(timedelta(0))
        self._overdue.set(0 if oldest is None else max(0.0, (now - oldest).total_seconds()))
        standing = await money.review.standing()
        self._settlements.clear()
        for (phase, status), count in standing.items():
            self._settlements.labels(phase, status).set(count)
        left = sum(count for (phase, _), count in standing.items() if phase == "review")
        self._review.set(left + await money.review.waiting_elsewhere())
        self._restored.set(int(await self._services.basis.restoring.pending()))
