"""
The closed vocabularies of devices.
"""

from enum import StrEnum
from typing import Final

from codes import Suite

SERVER: Final = 0  # the device number under which the server itself shows codes
LARGEST_NUMBER: Final = 0xFFFF


class DeviceKind(StrEnum):
    """
    What a device is.
    """

    APP = "app"
    WEB = "web"
    SERVER = "server"
    SHEET = "sheet"


class DeviceStatus(StrEnum):
    """
    Whether a device's codes are accepted; a revoked one never comes back.
    """

    ACTIVE = "active"
    FROZEN = "frozen"
    REVOKED = "revoked"


class SuiteName(StrEnum):
    """
    The suite of a device's key.
    """

    INTERNATIONAL = "international"
    NATIONAL = "national"

    @property
    def suite(self) -> Suite:
        """
        The suite as `codes` knows it.
        """
        return Suite[self.name]


class Unusable(StrEnum):
    """
    Why a code that proved genuine cannot be used.

    Attributes:
        USED: the same terminal repeated it within ten seconds.
        REPEATED: it was used before, elsewhere or earlier; the alarm is on.
        OLDER: a newer one was used before it; the alarm is on.
        EXPIRED: its time is over.
        FROZEN: the resident has frozen their devices.
        REVOKED: the device, or the enrolment it was made under, was revoked.
        DRIFT: it is a step ahead and the device's clock is not known to be.
        UNKNOWN: there is no such device or code.
        OVER_BUDGET: too many wrong codes; it was not looked at.
    """

    USED = "used"
    REPEATED = "repeated"
    OLDER = "older"
    EXPIRED = "expired"
    FROZEN = "frozen"
    REVOKED = "revoked"
    DRIFT = "drift"
    UNKNOWN = "unknown"
    OVER_BUDGET = "over_budget"
