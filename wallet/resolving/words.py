"""
The closed vocabulary of verdicts as the desk reads them.
"""

from enum import StrEnum
from typing import Final

NOT_BOUND: Final = "NOT_BOUND"  # the resident has not linked this context, or not any more
CONSENT_REQUIRED: Final = "CONSENT_REQUIRED"  # the resident does not let this party see it
SHOWN_BY_CODE: Final = 0  # stands for a binding that exists only because its own code was shown


class Status(StrEnum):
    """
    What became of one context.
    """

    VALID = "valid"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
