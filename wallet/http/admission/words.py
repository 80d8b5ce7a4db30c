"""
The closed vocabularies of admission.
"""

from enum import IntEnum, StrEnum


class Priority(IntEnum):
    """
    What a request is for; the lower, the more it matters.
    """

    FINISHING = 0
    SCANNING = 1
    HISTORY = 2
    DECORATION = 3

    @property
    def word(self) -> str:
        """
        Its name in metrics and documents.
        """
        return self.name.lower()


class Outcome(StrEnum):
    """
    What became of a request that asked.

    ``full``: there were as many in line as may be, of all or of one party; ``late``: it stood in
    line too long; ``expired``: its caller no longer waited.
    """

    ADMITTED = "admitted"
    WAITED = "waited"
    FULL = "full"
    LATE = "late"
    EXPIRED = "expired"


REFUSALS = (Outcome.FULL, Outcome.LATE, Outcome.EXPIRED)
