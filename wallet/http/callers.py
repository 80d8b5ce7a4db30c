"""
Who is calling: the values that authentication yields, and the protocols that slices implement.
"""

from typing import Any, Protocol

from litestar.connection import ASGIConnection
from msgspec import Struct

Connection = ASGIConnection[Any, Any, Any, Any]


class TerminalCaller(Struct, frozen=True, kw_only=True):
    """
    A terminal that proved itself with a token, on behalf of its relying party.

    Attributes:
        party_id: the relying party.
        terminal_id: the terminal within it.
        scopes: what the token allows, such as ``resolve:settlement`` or ``visits:write``.
        signed: true when this very request carried a valid RFC 9421 signature.
    """

    party_id: int
    terminal_id: int
    scopes: frozenset[str]
    signed: bool = False


class ResidentCaller(Struct, frozen=True, kw_only=True):
    """
    A signed-in resident.
    """

    resident_id: int
    session_id: int


class TerminalAuthenticator(Protocol):
    """
    Turns a request's credentials into a terminal.
    """

    async def terminal(self, connection: Connection) -> TerminalCaller:
        """
        Authenticate.

        Raises:
            WalletError: ``TOKEN_INVALID``, ``TERMINAL_UNKNOWN`` or ``SIGNATURE_INVALID``.
        """
        ...


class ResidentAuthenticator(Protocol):
    """
    Turns a request's session into a resident.
    """

    async def resident(self, connection: Connection) -> ResidentCaller:
        """
        Authenticate.

        Raises:
            WalletError: ``TOKEN_INVALID``.
        """
        ...
