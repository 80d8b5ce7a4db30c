"""
Operators as whoever has a shell sees to them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.ids import Ids
from wallet.operators import links, lockouts, repository
from wallet.operators.errors import (
    AccountTakenError,
    InvalidOperatorError,
    NameTakenError,
    NotLinkedError,
    UnknownOperatorError,
)
from wallet.operators.events import EventsService
from wallet.operators.models import OperatorRow
from wallet.operators.sessions import SessionsService
from wallet.operators.tokens import ENROLMENT_PREFIX, new_token, stored
from wallet.operators.words import (
    Detail,
    EventKind,
    Role,
    Status,
    is_display,
    is_login,
    is_subject,
)
from wallet.vault import Vault

ENROL_WITHIN: Final = timedelta(hours=24)


class EnrolmentIssued(Struct, frozen=True, kw_only=True):
    """
    The right to enrol as one operator; its text is shown once and kept nowhere.
    """

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "EnrolmentIssued(…)"


class OperatorListed(Struct, frozen=True, kw_only=True):
    """
    An operator without anything secret; `enrolled_at` is None while enrolment is to come.

    `linked` tells whether they sign in with the provider.
    """

    operator_id: int
    name: str
    display: str
    role: str
    status: str
    created_at: datetime
    enrolled_at: datetime | None
    recovery_codes_left: int
    linked: bool = False


class OperatorsAdministration:
    """
    Adds, lists, links, disables, enables and resets operators; each method is one transaction.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        vault: Vault,
        sessions: SessionsService,
        events: EventsService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._sessions = sessions
        self._events = events

    async def add(self, name: str, *, display: str, role: Role) -> EnrolmentIssued:
        """
        Add an operator and give the right to enrol as them, for a day.

        Raises:
            InvalidOperatorError: name or display name is not of the documented form.
            NameTakenError: there is one of that name.
        """
        if not is_login(name):
            raise InvalidOperatorError(
                "a name has 2 to 32 of a-z 0-9 . _ - and begins with a letter"
            )
        if not is_display(display):
            raise InvalidOperatorError("a display name has 1 to 64 printable characters")
        operator_id = self._ids.local()
        values = {
            "operator_id": operator_id,
            "name": name,
            "display": display,
            "role": role.value,
            "status": Status.ACTIVE.value,
            "last_step": 0,
            "created_at": self._clock.now(),
        }
        async with self._database.transaction() as session:
            if not await repository.add(session, values):
                raise NameTakenError
            await self._events.write(session, EventKind.CREATED, operator_id)
            return await self._issued(session, operator_id)

    async def listed(self) -> Sequence[OperatorListed]:
        """
        Return every operator, by name.
        """
        async with self._database.reading() as session:
            return [
                OperatorListed(
                    operator_id=row.operator_id,
                    name=row.name,
                    display=row.display,
                    role=row.role,
                    status=row.status,
                    created_at=row.created_at,
                    enrolled_at=row.enrolled_at,
                    recovery_codes_left=await repository.recovery_codes_left(
                        session, row.operator_id
                    ),
                    linked=await links.subject_of(session, row.operator_id) is not None,
                )
                for row in await repository.operators(session)
            ]

    async def disable(self, name: str) -> None:
        """
        Keep an operator out: sessions end at once, an enrolment under way is void.

        Raises:
            UnknownOperatorError: there is none of that name.
        """
        async with self._database.transaction() as session:
            operator_id = (await _known(session, name)).operator_id
            await repository.set_status(session, operator_id, Status.DISABLED)
            await repository.forget_enrolment(session, operator_id)
            await self._sessions.end_all(session, operator_id)
            await self._events.write(session, EventKind.DISABLED, operator_id)

    async def enable(self, name: str) -> None:
        """
        Let an operator sign in again, with what they had; a lock-out of the account ends.

        Raises:
            UnknownOperatorError: there is none of that name.
        """
        async with self._database.transaction() as session:
            operator_id = (await _known(session, name)).operator_id
            await repository.set_status(session, operator_id, Status.ACTIVE)
            await lockouts.forgive(session, (lockouts.account(self._vault, name),))
            subject = await links.subject_of(session, operator_id)
            if subject is not None:
                await lockouts.forgive(session, (lockouts.provided(self._vault, subject),))
            await self._events.write(session, EventKind.ENABLED, operator_id)

    async def let_in(self, address: str) -> None:
        """
        End the lock-out of the network that an address belongs to.
        """
        async with self._database.transaction() as session:
            await lockouts.forgive(session, (lockouts.source(self._vault, address),))

    async def reset(self, name: str) -> EnrolmentIssued:
        """
        Void password, TOTP secret, recovery codes, link and sessions; let the operator enrol anew.

        A lock-out of the account ends; a disabled operator stays so.

        Raises:
            UnknownOperatorError: there is none of that name.
        """
        nothing = {"password_hash": None, "totp_secret": None, "last_step": 0, "enrolled_at": None}
        async with self._database.transaction() as session:
            operator_id = (await _known(session, name)).operator_id
            await repository.set_credentials(session, operator_id, nothing)
            await lockouts.forgive(session, (lockouts.account(self._vault, name),))
            await repository.put_recovery_codes(session, operator_id, ())
            await links.remove(session, operator_id)
            await self._sessions.end_all(session, operator_id)
            await self._events.write(session, EventKind.RESET, operator_id)
            return await self._issued(session, operator_id)

    async def link(self, name: str, *, issuer: str, subject: str) -> None:
        """
        Let an operator sign in with an account of the provider, instead of one linked before.

        Sessions end, as the one linked before may be in them.

        Raises:
            UnknownOperatorError: there is none of that name.
            InvalidOperatorError: the subject is not of the form that tokens may have.
            AccountTakenError: it is another operator's.
        """
        if not is_subject(subject):
            raise InvalidOperatorError("a subject has 1 to 255 printable ASCII characters")
        digest = links.subject_digest(self._vault, issuer, subject)
        async with self._database.transaction() as session:
            operator_id = (await _known(session, name)).operator_id
            if not await links.put(session, operator_id, digest, self._clock.now()):
                raise AccountTakenError
            await self._sessions.end_all(session, operator_id)
            await self._events.write(session, EventKind.ENROLLED, operator_id, Detail.PROVIDER)

    async def unlink(self, name: str) -> None:
        """
        Let an operator no longer sign in with the provider; sessions end.

        Raises:
            UnknownOperatorError: there is none of that name.
            NotLinkedError: nothing is linked.
        """
        async with self._database.transaction() as session:
            operator_id = (await _known(session, name)).operator_id
            if not await links.remove(session, operator_id):
                raise NotLinkedError
            await self._sessions.end_all(session, operator_id)
            await self._events.write(session, EventKind.RESET, operator_id, Detail.PROVIDER)

    async def _issued(self, session: AsyncSession, operator_id: int) -> EnrolmentIssued:
        token = new_token(self._ids, ENROLMENT_PREFIX)
        expires_at = self._clock.now() + ENROL_WITHIN
        await repository.put_enrolment(session, operator_id, stored(token), expires_at)
        return EnrolmentIssued(token=token, expires_at=expires_at)


async def _known(session: AsyncSession, name: str) -> OperatorRow:
    row = await repository.named(session, name)
    if row is None:
        raise UnknownOperatorError
    return row
