"""
What came of a call, as it is kept.
"""

from collections.abc import Mapping

from integrations.spi import (
    Declined,
    DidNotHappen,
    Happened,
    NotSent,
    Pending,
    Succeeded,
    Unknown,
)

OUTCOME_OF: Mapping[type, str] = {
    Succeeded: "succeeded",
    Declined: "declined",
    Pending: "pending",
    NotSent: "not_sent",
    Unknown: "unknown",
    Happened: "happened",
    DidNotHappen: "did_not_happen",
}
OUTCOMES: tuple[str, ...] = tuple(OUTCOME_OF.values())
