"""
The values that presentations are spoken of in.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from integrations.spi import Purpose, Scene

LIFE: Final = timedelta(minutes=5)
KIND: Final = "prs"
FOREIGN: Final = "foreign"  # the method of a code of another issuer
Use = Literal["visit", "settlement"]


class Opening(Struct, frozen=True, kw_only=True):
    """
    What is known when a code was accepted.

    Attributes:
        resident_id: whose.
        presentation_id: unique with the resident.
        device_no: which device; 0 for the server's own, −1 where none of ours showed it.
        method: the kind of code: ``otp``, ``signed``, ``barcode`` or ``foreign``.
        purpose: why.
        scene: where in the visit.
        opened_at: aware UTC instant; the handle lives from then on.
    """

    resident_id: int
    presentation_id: int
    device_no: int
    method: str
    purpose: Purpose
    scene: Scene
    opened_at: datetime

    @property
    def expires_at(self) -> datetime:
        """
        The instant from which the handle is of no use.
        """
        return self.opened_at + LIFE


class Brought(Struct, frozen=True, kw_only=True):
    """
    What decoding a foreign code gave; for the integration alone.

    Attributes:
        context: what the code stands for.
        integration_id: who decoded it.
        subject: whom it names at the partner, or empty.
        credential: for this visit, or empty.
    """

    context: str
    integration_id: str
    subject: str
    credential: bytes

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Brought({self.context!r})"


class Answered(Struct, frozen=True, kw_only=True):
    """
    What one context answered; `subject` and `credential` are for the integration alone.
    """

    context: str
    integration_id: str
    binding_id: int | None
    valid: bool
    refusal: str
    subject: str
    credential: bytes

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Answered({self.context!r}, valid={self.valid})"


class Reopened(Struct, frozen=True, kw_only=True):
    """
    A presentation that is looked at again while its handle lives.

    Attributes:
        opening: as it was.
        brought: what decoding gave, if it was a foreign code.
        answered_by: per context that answered valid, the binding; None for one that stood for
            itself because its own code was shown.
    """

    opening: Opening
    brought: Brought | None
    answered_by: Mapping[str, int | None]


class Claimed(Struct, frozen=True, kw_only=True):
    """
    A presentation that now belongs to one visit or settlement.
    """

    resident_id: int
    presentation_id: int
    device_no: int
    method: str
    purpose: Purpose
    scene: Scene
    answered: Mapping[str, Answered]
