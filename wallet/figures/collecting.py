"""
What this process counted since it last wrote it down.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from wallet.clock import Clock
from wallet.figures.words import Subject, slot_of, span_of
from wallet.http.tally import BreakerState, CallOutcome


class Key(Struct, frozen=True, order=True):
    """
    What was counted, in which ten minutes.
    """

    slot: datetime
    subject: str
    integration_id: str
    word: str


class Collector:
    """
    A `wallet.http.tally.Tally` that remembers until somebody takes it.

    Args:
        clock: tells which ten minutes it is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[Key] = Counter()
        self.breakers: dict[str, tuple[BreakerState, datetime]] = {}

    def resolve(self, outcome: str) -> None:
        """
        Count a presented code.
        """
        self._count(Subject.SCAN, "", outcome)

    def verdict(self, integration_id: str, outcome: str, seconds: float) -> None:
        """
        Count a verdict; its time is counted with the call that it took.
        """
        del seconds
        self._count(Subject.VERDICT, integration_id, outcome)

    def call(self, integration_id: str, outcome: CallOutcome, seconds: float) -> None:
        """
        Count a call of an integration, and how long it took if it was made.
        """
        self._count(Subject.CALL, integration_id, outcome)
        if outcome != "held_back":
            self._count(Subject.TIME, integration_id, str(span_of(seconds)))

    def settlement(self, phase: str, status: str, *, entered: bool) -> None:
        """
        Count a settlement that came into a phase.
        """
        del status
        if entered:
            self._count(Subject.SETTLEMENT, "", phase)

    def breaker(self, integration_id: str, state: BreakerState) -> None:
        """
        Remember where an integration's breaker stands, and since when.
        """
        self.breakers[integration_id] = (state, self._clock.now())

    def take(self) -> Mapping[Key, int]:
        """
        Return what was counted, and begin anew.
        """
        taken, self._counts = self._counts, Counter()
        return taken

    def put_back(self, counts: Mapping[Key, int]) -> None:
        """
        Count what could not be written down after all.
        """
        self._counts.update(counts)

    def _count(self, subject: Subject, integration_id: str, word: str) -> None:
        self._counts[Key(slot_of(self._clock.now()), subject.value, integration_id, word)] += 1
