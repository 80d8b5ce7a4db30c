"""
Counters for operators, in Prometheus' text format, served on an inner port only.

Labels are small closed vocabularies: never an id, never anything of a person.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from wallet.http.tally import BreakerState, CallOutcome

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """
    What is counted; the `wallet.http.tally.Tally` of a real process.

    Args:
        registry: where the counters live; one for each application.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._requests = self._counter(
            "requests", "Requests answered.", "method", "route", "status"
        )
        self._request_seconds = self._histogram(
            "request", "Time from the first byte of a request to its answer.", "route"
        )
        self._resolves = self._counter(
            "resolves",
            "Codes presented, by outcome: accepted, repeated or the problem code.",
            "outcome",
        )
        self._verdicts = self._counter(
            "verdicts",
            "Verdicts, by integration and outcome: valid, unavailable or the refusal code.",
            "integration",
            "outcome",
        )
        self._verdict_seconds = self._histogram(
            "verdict", "Time an integration took for a verdict.", "integration"
        )
        self._calls = self._counter(
            "calls",
            "Calls of integrations, by how they ended: answered, failed or held_back.",
            "integration",
            "outcome",
        )
        self._call_seconds = self._histogram(
            "call", "Time a call of an integration took.", "integration"
        )
        self._settlements = self._counter(
            "settlement_steps",
            "Steps of settlements, by the phase and status they led to.",
            "phase",
            "status",
        )
        self._breakers = self._counter(
            "breaker_changes",
            "Changes of an integration's breaker, by the state they led to: open or closed.",
            "integration",
            "state",
        )
        self._admissions, self._admission_waits = self._of_admission()

    def _of_admission(self) -> tuple[Counter, Histogram]:
        counts = self._counter(
            "admissions",
            "Requests by what they are for, and what became of them: admitted, "
            "waited, or refused as full, late or expired.",
            "priority",
            "outcome",
        )
        waits = self._histogram(
            "admission_wait", "Time in line of requests that were let in after all.", "priority"
        )
        return counts, waits

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"fusion_wallet_{name}", meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, *labels: str) -> Histogram:
        return Histogram(
            f"fusion_wallet_{name}_seconds",
            meaning,
            labels,
            buckets=_SECONDS,
            registry=self.registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """
        Count an answered request; status 0 stands for a client that hung up.
        """
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def resolve(self, outcome: str) -> None:
        """
        Count a presented code; the outcome is ``accepted``, ``repeated`` or a problem code.
        """
        self._resolves.labels(outcome).inc()

    def verdict(self, integration_id: str, outcome: str, seconds: float) -> None:
        """
        Count a verdict; the outcome is ``valid``, ``unavailable`` or a refusal code.
        """
        self._verdicts.labels(integration_id, outcome).inc()
        self._verdict_seconds.labels(integration_id).observe(seconds)

    def call(self, integration_id: str, outcome: CallOutcome, seconds: float) -> None:
        """
        Count a call of an integration; one that was held back took no time.
        """
        self._calls.labels(integration_id, outcome).inc()
        if outcome != "held_back":
            self._call_seconds.labels(integration_id).observe(seconds)

    def settlement(self, phase: str, status: str, *, entered: bool) -> None:
        """
        Count a step of a settlement by where it led.
        """
        del entered
        self._settlements.labels(phase, status).inc()

    def breaker(self, integration_id: str, state: BreakerState) -> None:
        """
        Count that an integration's breaker changed to a state.
        """
        self._breakers.labels(integration_id, state).inc()

    def admission(self, priority: str, outcome: str, count: int) -> None:
        """
        Count requests by what became of them.
        """
        self._admissions.labels(priority, outcome).inc(count)

    def admission_wait(self, priority: str, seconds: float) -> None:
        """
        Count the time that a request stood in line before it was let in.
        """
        self._admission_waits.labels(priority).observe(seconds)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def gathered(folder: Path) -> CollectorRegistry:
    """
    Return what several processes of one server count together.

    Args:
        folder: their common ``PROMETHEUS_MULTIPROC_DIR``, which each had in its environment before
            it made its `Metrics`.
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return registry


def serve_metrics(port: int, registry: CollectorRegistry) -> Callable[[], None]:
    """
    Answer ``GET /metrics`` on loopback, from a thread of its own.

    Returns:
        What ends it.

    Raises:
        OSError: the port is taken.
    """
    server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end
