"""
Relying parties, their terminals, and how a terminal proves itself.
"""

from wallet.parties.access import AccessService
from wallet.parties.administration import PartiesAdministration
from wallet.parties.errors import (
    InvalidProfileError,
    ScopeDeniedError,
    SignatureInvalidError,
    TerminalUnknownError,
    TokenInvalidError,
    UnknownPartyError,
)
from wallet.parties.service import PartiesService
from wallet.parties.words import PartySettings, Scope

__all__ = (
    "AccessService",
    "InvalidProfileError",
    "PartiesAdministration",
    "PartiesService",
    "PartySettings",
    "Scope",
    "ScopeDeniedError",
    "SignatureInvalidError",
    "TerminalUnknownError",
    "TokenInvalidError",
    "UnknownPartyError",
)
