"""
What the slices tell whoever counts. `wallet.http.metrics` counts for Prometheus.
"""

from typing import Literal, Protocol

BreakerState = Literal["open", "closed"]
CallOutcome = Literal["answered", "failed", "held_back"]


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

    def call(self, integration_id: str, outcome: CallOutcome, seconds: float) -> None:
        """
        Count a call of an integration: answered, failed, or held back.

        It is held back by a breaker, a full lane, or because its repetition waits for a turn.
        """
        ...

    def settlement(self, phase: str, status: str, *, entered: bool) -> None:
        """
        Count a step of a settlement by where it led, and whether into another phase.
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

    def call(self, integration_id: str, outcome: CallOutcome, seconds: float) -> None:
        """
        Do nothing.
        """

    def settlement(self, phase: str, status: str, *, entered: bool) -> None:
        """
        Do nothing.
        """

    def breaker(self, integration_id: str, state: BreakerState) -> None:
        """
        Do nothing.
        """


class Both:
    """
    Tells two who count.
    """

    def __init__(self, first: Tally, second: Tally) -> None:
        self._both = (first, second)

    def resolve(self, outcome: str) -> None:
        """
        Tell both of a presented code.
        """
        for each in self._both:
            each.resolve(outcome)

    def verdict(self, integration_id: str, outcome: str, seconds: float) -> None:
        """
        Tell both of a verdict.
        """
        for each in self._both:
            each.verdict(integration_id, outcome, seconds)

    def call(self, integration_id: str, outcome: CallOutcome, seconds: float) -> None:
        """
        Tell both of a call.
        """
        for each in self._both:
            each.call(integration_id, outcome, seconds)

    def settlement(self, phase: str, status: str, *, entered: bool) -> None:
        """
        Tell both of a settlement's step.
        """
        for each in self._both:
            each.settlement(phase, status, entered=entered)

    def breaker(self, integration_id: str, state: BreakerState) -> None:
        """
        Tell both of a breaker.
        """
        for each in self._both:
            each.breaker(integration_id, state)
