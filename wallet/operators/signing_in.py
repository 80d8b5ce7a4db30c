"""
Signing in: password and code together, one refusal for everything that is wrong.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.http.callers import OperatorCaller
from wallet.http.errors import TokenInvalidError
from wallet.operators import lockouts, repository
from wallet.operators.credentials import matching_step
from wallet.operators.events import EventsService
from wallet.operators.models import OperatorRow
from wallet.operators.passwords import Passwords
from wallet.operators.sessions import SessionsService
from wallet.operators.tokens import recovery_digest
from wallet.operators.words import Detail, EventKind, Status, asked_login
from wallet.vault import Vault

_NOBODY: Final = 0


class SignedIn(Struct, frozen=True, kw_only=True):
    """
    A new session. The token is shown this once.

    Attributes:
        token: the session's.
        caller: who signed in.
        ends_at: when the session ends at the latest.
        recovery_codes_left: how many were not used.
    """

    token: str
    caller: OperatorCaller
    ends_at: datetime
    recovery_codes_left: int

    def __repr__(self) -> str:
        """
        Show no token.
        """
        return "SignedIn(…)"


class _Attempt(Struct, frozen=True, kw_only=True):
    """
    What is known of an attempt before its password is judged.

    `step` and `recovery` are set only where they are an active operator's and unspent.
    """

    subjects: tuple[lockouts.Subject, ...]
    locked: tuple[Detail, ...]
    row: OperatorRow | None
    step: int | None
    recovery: bytes | None


class SigningInService:
    """
    Signs operators in.

    Args:
        database: where everything is kept.
        clock: tells TOTP steps and waits.
        vault: decrypts secrets and hides names and sources.
        passwords: judges passwords.
        sessions: opens sessions.
        events: writes down what happened.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        passwords: Passwords,
        sessions: SessionsService,
        events: EventsService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._passwords = passwords
        self._sessions = sessions
        self._events = events

    async def sign_in(self, *, name: str, password: str, code: str, source: str) -> SignedIn:
        """
        Sign an operator in.

        No transaction is open while the password is judged. What was read before is made sure of
        afterwards by the statements that spend the code.

        Args:
            name: login name; capitals are forgiven.
            password: as it was typed.
            code: six digits of the authenticator, or a recovery code.
            source: address that the attempt comes from; only a keyed hash of its network is kept.

        Raises:
            TokenInvalidError: something is wrong, or the operator may not sign in.
            RateLimitedError: account or source is locked; nothing was judged.
        """
        attempt = await self._counted(asked_login(name), code.strip(), source)
        row = attempt.row
        stored = None if row is None else row.password_hash
        right = await self._passwords.match(stored, password)
        renewed = stored
        if right and stored is not None and self._passwords.outdated(stored):
            renewed = await self._passwords.hash(password)
        async with self._database.transaction() as session:
            done = None
            if right and row is not None and renewed is not None:
                done = await self._completed(session, attempt, row, renewed)
            if done is None:
                operator_id = None if row is None else row.operator_id
                why = _reason(row, right=right)
                await self._events.refused(session, operator_id, why, attempt.locked)
        if done is None:
            raise TokenInvalidError
        return done

    async def _counted(self, name: str, code: str, source: str) -> _Attempt:
        """
        Count an attempt in a transaction of its own, and read what it is judged by.
        """
        now, digest = self._clock.now(), recovery_digest(code)
        subjects = (lockouts.account(self._vault, name), lockouts.source(self._vault, source))
        step, recovery = None, False
        async with self._database.transaction() as session:
            locked = await lockouts.count(session, subjects, now)
            row = await repository.named(session, name)
            owner = _NOBODY
            if row is not None and row.status == Status.ACTIVE:
                owner = row.operator_id
                step = matching_step(self._vault, row, code, now_seconds=seconds(now))
            if digest is not None:
                recovery = await repository.has_recovery_code(session, owner, digest)
        return _Attempt(
            subjects=subjects,
            locked=locked,
            row=row,
            step=step,
            recovery=digest if recovery else None,
        )

    async def _completed(
        self, session: AsyncSession, attempt: _Attempt, row: OperatorRow, password_hash: str
    ) -> SignedIn | None:
        """
        Spend the code and open a session; None when the code is not right or not to be had.
        """
        if attempt.step is None and attempt.recovery is None:
            return None
        if not await repository.stand(session, row, password_hash):
            return None
        operator_id, how = row.operator_id, Detail.TOTP
        if attempt.step is not None:
            spent = await repository.spend_step(session, operator_id, attempt.step)
        else:
            how = Detail.RECOVERY_CODE
            spent = attempt.recovery is not None and await repository.spend_recovery_code(
                session, operator_id, attempt.recovery, self._clock.now()
            )
        if not spent:
            return None
        await lockouts.forgive(session, attempt.subjects)
        stepped_up_at = self._clock.now() if how is Detail.TOTP else None
        opened = await self._sessions.open(session, row, stepped_up_at=stepped_up_at)
        await self._events.write(session, EventKind.SIGNED_IN, operator_id, how)
        return SignedIn(
            token=opened.token,
            caller=opened.caller,
            ends_at=opened.ends_at,
            recovery_codes_left=await repository.recovery_codes_left(session, operator_id),
        )


def _reason(row: OperatorRow | None, *, right: bool) -> Detail:
    if row is None:
        return Detail.NAME
    if row.status != Status.ACTIVE or row.password_hash is None:
        return Detail.STATUS
    return Detail.CODE if right else Detail.PASSWORD
