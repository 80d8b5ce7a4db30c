"""
What a deployment configures: the library's register, small enough to stand in the settings.
"""

from datetime import date
from typing import Annotated

from msgspec import Meta

from integrations.spi.request import Sensitive


class Member(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    Somebody with a card.

    Attributes:
        name, document_number: as on the document.
        card: the card's number.
        until: the last day on which it is good.
    """

    name: Annotated[str, Meta(min_length=1, max_length=50)]
    document_number: Annotated[str, Meta(min_length=1, max_length=50)]
    card: Annotated[str, Meta(pattern=r"\AL[0-9]{6}\Z")]
    until: date


class LibrarySettings(Sensitive, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    The register.
    """

    members: tuple[Member, ...]
