"""
What the slices tell whoever counts. `wallet.http.metrics` counts for Prometheus.
"""

from typing import Literal, Protocol

BreakerState = Literal["open", "closed"]


class Tally(Protocol):
    """
    Counts what happens. Every word is of a small closed vocabulary, never an id.
    """

    def resolve(self, outcome: str) -> None:
        """
        Count a presented code: ``accepted``, ``repeated`` or a problem code.
        """
        ...

    def verdict(self, integration_id: str, outcome: str, seconds: float) -> None:
        """
        Count an integration's verdict: ``valid``, ``unavailable`` or a refusal code.
        """
        ...

    def settlement(self, phase: str, status: str) -> None:
        """
        Count a step of a settlement by where it led.
        """
        ...

    def breaker(self, integration_id: str, state: BreakerState) -> None:
        """
        Count that an integration's breaker changed to a state.
        """
        ...


class NoTally:
    """
    Counts nothing.
    """

    def resolve(self, outcome: str) -> None:
        """
        Do nothing.
        """

    def verdict(self, integration_id: str, outcome: str, seconds: float) -> None:
        """
        Do nothing.
        """

    def settlement(self, phase: str, status: str) -> None:
        """
        Do nothing.
        """

    def breaker(self, integration_id: str, state: BreakerState) -> None:
        """
        Do nothing.
        """
