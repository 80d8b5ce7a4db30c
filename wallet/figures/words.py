"""
The closed vocabularies of figures, and how time is cut.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SLOT: Final = timedelta(minutes=10)
# upper ends of the spans in which a call's time is counted, in milliseconds; 0 stands for longer
SPANS_MS: Final = (25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
LONGER: Final = 0


class ProcessKind(StrEnum):
    """
    What a process does.
    """

    SERVER = "server"
    WORKER = "worker"


class Subject(StrEnum):
    """
    What is counted: scans and settlements of the deployment, calls and verdicts of integrations.
    """

    SCAN = "scan"
    SETTLEMENT = "settlement"
    CALL = "call"
    TIME = "time"
    VERDICT = "verdict"


def slot_of(at: datetime) -> datetime:
    """
    Return the beginning of the ten minutes that an aware UTC instant is in.
    """
    return at - timedelta(minutes=at.minute % 10, seconds=at.second, microseconds=at.microsecond)


def span_of(seconds: float) -> int:
    """
    Return the upper end of the span that a time falls into.
    """
    return next((span for span in SPANS_MS if seconds * 1000 <= span), LONGER)
