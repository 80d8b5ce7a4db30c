"""
Who is calling: the values that authentication yields, and the protocols that slices implement.
"""

from datetime import datetime
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


class OperatorCaller(Struct, frozen=True, kw_only=True):
    """
    A signed-in operator.

    Attributes:
        operator_id: who.
        session_id: of the sign-in.
        role: ``operator`` or ``auditor``.
        display: name to be shown.
        stepped_up_at: when a TOTP code was last shown in the session; None for a recovery code.
    """

    operator_id: int
    session_id: int
    role: str
    display: str
    stepped_up_at: datetime | None = None


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
