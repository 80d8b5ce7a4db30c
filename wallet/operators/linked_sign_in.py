"""
Signing in with an account of the provider, for operators whom an administrator has linked.
"""

from datetime import datetime

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.http.errors import TokenInvalidError
from wallet.operators import links, lockouts
from wallet.operators.events import EventsService
from wallet.operators.sessions import Opened, SessionsService
from wallet.operators.words import Detail, EventKind, Status
from wallet.vault import Vault


class LinkedSignInService:
    """
    Signs linked operators in; makes no account.

    Args:
        database: where everything is kept.
        clock: tells waits.
        vault: hides accounts and sources.
        sessions: opens sessions.
        events: writes down what happened.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        sessions: SessionsService,
        events: EventsService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._sessions = sessions
        self._events = events

    async def sign_in(
        self, *, issuer: str, subject: str, signed_in_at: datetime | None, source: str
    ) -> Opened:
        """
        Sign somebody in whom the provider has vouched for, second factor included.

        Args:
            issuer: the provider.
            subject: the account there.
            signed_in_at: when they showed their factors there; counts as a code shown then.
            source: address that the attempt comes from; only a keyed hash of its network is kept.

        Raises:
            TokenInvalidError: the account is linked to nobody, or to somebody who may not sign in.
            RateLimitedError: account or source is locked.
        """
        digest = links.subject_digest(self._vault, issuer, subject)
        subjects = (
            lockouts.provided(self._vault, digest),
            lockouts.source(self._vault, source),
        )
        async with self._database.transaction() as session:
            # first of all, as whoever enables or disables them does
            row = await links.linked(session, digest)
            locked = await lockouts.count(session, subjects, self._clock.now())
            opened = None
            if row is None:
                await self._events.refused(session, None, Detail.LINK, locked)
            elif row.status != Status.ACTIVE:
                await self._events.refused(session, row.operator_id, Detail.STATUS, locked)
            else:
                await lockouts.forgive(session, subjects)
                opened = await self._sessions.open(session, row, stepped_up_at=signed_in_at)
                await self._events.write(
                    session, EventKind.SIGNED_IN, row.operator_id, Detail.PROVIDER
                )
        if opened is None:
            raise TokenInvalidError
        return opened
