"""
What a desk asks for, and whether it asked before.
"""

from typing import Protocol

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.http.callers import Connection, TerminalCaller
from wallet.idempotency.service import IdempotencyService, Replay
from wallet.parties.errors import ScopeDeniedError, TerminalUnknownError


class Terminals(Protocol):
    """
    What an intent needs to know of terminals.
    """

    async def terminal(self, connection: Connection) -> TerminalCaller:
        """
        Authenticate a request.
        """
        ...

    async def terminal_active(
        self, session: AsyncSession, party_id: int, terminal_id: int
    ) -> bool:
        """
        Tell whether a terminal and its party may work, as of this transaction.
        """
        ...


class Intent(Struct, frozen=True, kw_only=True):
    """
    One unsafe request of a terminal.

    Attributes:
        caller: who asks.
        route: the route's template.
        key: the idempotency key.
        fingerprint: of method, target and body.
    """

    caller: TerminalCaller
    route: str
    key: str
    fingerprint: bytes


class Intents:
    """
    Admits intents.
    """

    def __init__(self, *, terminals: Terminals, idempotency: IdempotencyService) -> None:
        self._terminals = terminals
        self._idempotency = idempotency

    async def terminal(self, connection: Connection) -> TerminalCaller:
        """
        Authenticate a request of a terminal.

        Raises:
            TokenInvalidError: it is not one's.
            TerminalUnknownError: the terminal was revoked.
        """
        return await self._terminals.terminal(connection)

    async def admit(
        self, session: AsyncSession, intent: Intent, scope: str, target: tuple[int, int]
    ) -> Replay | None:
        """
        Take the intent's key in its own transaction.

        Args:
            session: the intent's transaction.
            intent: what is asked.
            scope: what the token must allow.
            target: resident id and local id of what it is about.

        Returns:
            What became of the same request when it came before, or None for a new one.

        Raises:
            ScopeDeniedError: the token does not allow it.
            TerminalUnknownError: the terminal was revoked meanwhile.
            IdempotencyMismatchError: the key stands for another request.
        """
        caller = intent.caller
        allow(caller, scope)
        if not await self._terminals.terminal_active(session, caller.party_id, caller.terminal_id):
            raise TerminalUnknownError
        begun = await self._idempotency.begin(
            session,
            party_id=caller.party_id,
            terminal_id=caller.terminal_id,
            route=intent.route,
            key=intent.key,
            fingerprint=intent.fingerprint,
            target=target,
        )
        return begun if isinstance(begun, Replay) else None


def allow(caller: TerminalCaller, scope: str) -> None:
    """
    Insist on a scope.

    Raises:
        ScopeDeniedError: the token does not allow it.
    """
    if scope not in caller.scopes:
        raise ScopeDeniedError
