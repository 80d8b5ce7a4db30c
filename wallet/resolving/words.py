"""
The closed vocabulary of verdicts as the desk reads them, and where it asks for them.
"""

from enum import StrEnum
from typing import Final

from integrations.spi import Purpose

NOT_BOUND: Final = "NOT_BOUND"  # the resident has not linked this context, or not any more
CONSENT_REQUIRED: Final = "CONSENT_REQUIRED"  # the resident does not let this party see it
SHOWN_BY_CODE: Final = 0  # stands for a binding that exists only because its own code was shown


PATH: Final = "/v1/resolve"
SCOPES: Final = tuple(f"resolve:{purpose}" for purpose in Purpose)


class Status(StrEnum):
    """
    What became of one context.
    """

    VALID = "valid"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
