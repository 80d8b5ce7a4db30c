"""
Who looks at a settlement: a terminal of its party, or its resident.
"""

from litestar.di import NamedDependency
from msgspec import Struct

from wallet.http.callers import ResidentCaller, TerminalCaller
from wallet.http.errors import TokenInvalidError
from wallet.residents.sessions import SessionsService
from wallet.settling.service import SettlingService
from wallet.visiting.requests import AnyRequest


class Viewer(Struct, frozen=True, kw_only=True):
    """
    Exactly one of the two.
    """

    terminal: TerminalCaller | None = None
    resident: ResidentCaller | None = None


async def viewer(
    request: AnyRequest,
    settling: NamedDependency[SettlingService],
    sessions: NamedDependency[SessionsService],
) -> Viewer:
    """
    Authenticate a terminal by its token, or else a resident by their session.

    Raises:
        TokenInvalidError: it is neither.
        TerminalUnknownError: the terminal was revoked.
    """
    try:
        return Viewer(terminal=await settling.counter.intents.terminal(request))
    except TokenInvalidError:
        return Viewer(resident=await sessions.resident(request))
