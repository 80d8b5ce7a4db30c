"""
Parties and terminals as operators see them, and the ids under which their pages know them.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct

from wallet.parties.errors import UnknownPartyError
from wallet.parties.words import PartySettings
from wallet.vault import Vault

_AUDIENCE: Final = "operators"
_PARTY: Final = "pty"
_TERMINAL: Final = "trm"


class PartyListed(Struct, frozen=True, kw_only=True):
    """
    A party with what an operator may see of it; `id` is sealed for the operators' pages.
    """

    id: str
    party_id: int
    status: str
    settings: PartySettings


class TerminalListed(Struct, frozen=True, kw_only=True):
    """
    A terminal with what an operator may see of it.

    Attributes:
        id: sealed for the operators' pages.
        client_id: the id under which it knows itself.
        scopes: space-separated.
    """

    id: str
    party_id: int
    terminal_id: int
    client_id: str
    name: str
    kind: str
    status: str
    scopes: str
    created_at: datetime
    revoked_at: datetime | None


class PartyNames:
    """
    Seals and opens the ids of parties and terminals for the operators' pages.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def party(self, party_id: int) -> str:
        """
        Return the id of a party.
        """
        return self._vault.seal_id(_PARTY, _AUDIENCE, 0, party_id)

    def terminal(self, party_id: int, terminal_id: int) -> str:
        """
        Return the id of a terminal.
        """
        return self._vault.seal_id(_TERMINAL, _AUDIENCE, party_id, terminal_id)

    def party_of(self, name: str) -> int:
        """
        Return the party behind such an id.

        Raises:
            UnknownPartyError: it is none of ours.
        """
        return self._opened(_PARTY, name)[1]

    def terminal_of(self, name: str) -> tuple[int, int]:
        """
        Return party and terminal behind such an id.

        Raises:
            UnknownPartyError: it is none of ours.
        """
        return self._opened(_TERMINAL, name)

    def _opened(self, kind: str, name: str) -> tuple[int, int]:
        opened = self._vault.open_id(kind, _AUDIENCE, name)
        if opened is None:
            raise UnknownPartyError
        return opened
