"""
What operators did: written in the transaction of the deed, never changed, read by auditors.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.errors import StateConflictError, ValidationFailedError
from wallet.http.callers import OperatorCaller
from wallet.ids import Ids
from wallet.operators import repository
from wallet.operators.grounds import Grounds
from wallet.operators.models import OperatorEventRow
from wallet.operators.words import Detail, EventKind
from wallet.vault import Vault

AUDIENCE: Final = "operators"
PERSON_KIND: Final = "res"
EVENT_KIND: Final = "evt"
LARGEST_PAGE: Final = 100
STEP_UP_LIFE: Final = timedelta(minutes=10)


class Event(Struct, frozen=True, kw_only=True):
    """
    One thing that happened.

    Attributes:
        id: under which operators know it.
        at: when.
        operator_id: who did it, or whose account it was done to; None where a name was nobody's.
        name: their login name.
        kind: one of `EventKind`.
        detail: one of `Detail`.
        person: the sealed handle of the resident who was looked at.
        purpose: why.
        ticket: which ticket asked for it.
        about: the sealed handle of the party, or of what was asked about again.
    """

    id: str
    at: datetime
    operator_id: int | None
    name: str | None
    kind: str
    detail: str
    person: str | None
    purpose: str | None
    ticket: str | None
    about: str | None


class EventsPage(Struct, frozen=True, kw_only=True):
    """
    A part of the events, newest first; `next_cursor` is None at the end.
    """

    events: tuple[Event, ...]
    next_cursor: str | None


class EventsService:
    """
    Writes and reads what operators did.
    """

    def __init__(self, *, database: Database, clock: Clock, ids: Ids, vault: Vault) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault

    async def write(
        self,
        session: AsyncSession,
        kind: EventKind,
        operator_id: int | None,
        detail: Detail = Detail.NOTHING,
    ) -> None:
        """
        Append an event of an account or a session.
        """
        await repository.add_event(session, self._row(kind, operator_id, detail=detail.value))

    async def refused(
        self,
        session: AsyncSession,
        operator_id: int | None,
        why: Detail,
        locked: tuple[Detail, ...],
    ) -> None:
        """
        Append that somebody was refused, and what was locked thereby.
        """
        await self.write(session, EventKind.REFUSED, operator_id, why)
        for what in locked:
            await self.write(session, EventKind.LOCKED, operator_id, what)

    async def looked(
        self, session: AsyncSession, caller: OperatorCaller, resident_id: int, grounds: Grounds
    ) -> None:
        """
        Append that an operator looks at a person, before anything is shown.

        The resident's own journal is the caller's to write, in the same transaction.

        Args:
            session: of the transaction that reads the person.
            caller: who looks.
            resident_id: at whom.
            grounds: why.

        Raises:
            StateConflictError: the session's last TOTP code is more than ten minutes old.
        """
        if not self.stepped_up(caller):
            raise StateConflictError("Show a code of the authenticator first.")
        await self._grounded(
            session, caller, EventKind.LOOKED, grounds, person=self.person(resident_id)
        )

    async def sought(
        self, session: AsyncSession, caller: OperatorCaller, grounds: Grounds
    ) -> None:
        """
        Append that an operator looked for a person and found nobody.
        """
        await self._grounded(session, caller, EventKind.SOUGHT, grounds)

    async def asked_again(
        self, session: AsyncSession, caller: OperatorCaller, grounds: Grounds, about: str
    ) -> None:
        """
        Append that an operator had the outside asked again about something in review.
        """
        await self._grounded(session, caller, EventKind.ASKED_AGAIN, grounds, about=about)

    async def acted(
        self, session: AsyncSession, caller: OperatorCaller, kind: EventKind, about: str
    ) -> None:
        """
        Append what an operator did with a party or a terminal.
        """
        await repository.add_event(session, self._row(kind, caller.operator_id, about=about))

    async def _grounded(
        self,
        session: AsyncSession,
        caller: OperatorCaller,
        kind: EventKind,
        grounds: Grounds,
        **more: str,
    ) -> None:
        row = self._row(
            kind, caller.operator_id, purpose=grounds.purpose, ticket=grounds.ticket, **more
        )
        await repository.add_event(session, row)

    def _row(self, kind: EventKind, operator_id: int | None, **more: str) -> OperatorEventRow:
        values: dict[str, Any] = {"detail": Detail.NOTHING.value} | more
        return OperatorEventRow(
            event_id=self._ids.local(),
            at=self._clock.now(),
            operator_id=operator_id,
            kind=kind.value,
            **values,
        )

    def stepped_up(self, caller: OperatorCaller) -> bool:
        """
        Tell whether a session showed a TOTP code within the last ten minutes.
        """
        at = caller.stepped_up_at
        return at is not None and self._clock.now() - at < STEP_UP_LIFE

    def person(self, resident_id: int) -> str:
        """
        Return the handle under which operators know a resident.
        """
        return self._vault.seal_id(PERSON_KIND, AUDIENCE, resident_id, 0)

    def whose(self, handle: str) -> int | None:
        """
        Return the resident behind such a handle, or None.
        """
        opened = self._vault.open_id(PERSON_KIND, AUDIENCE, handle)
        return None if opened is None else opened[0]

    async def page(self, *, cursor: str | None = None, limit: int = 50) -> EventsPage:
        """
        Return a page of events, newest first.

        Args:
            cursor: `EventsPage.next_cursor` of the page before; None for the newest.
            limit: 1 to 100 events.

        Raises:
            ValidationFailedError: the cursor is not one of ours, or the limit is out of range.
        """
        if not 1 <= limit <= LARGEST_PAGE:
            raise ValidationFailedError("Look at: limit")
        before = None if cursor is None else self._opened(cursor)
        async with self._database.reading() as session:
            rows = await repository.events(session, before, limit + 1)
        events = tuple(self._event(row, name) for row, name in rows[:limit])
        return EventsPage(events=events, next_cursor=events[-1].id if len(rows) > limit else None)

    def _opened(self, cursor: str) -> int:
        opened = self._vault.open_id(EVENT_KIND, AUDIENCE, cursor)
        if opened is None:
            raise ValidationFailedError("Look at: cursor")
        return opened[1]

    def _event(self, row: OperatorEventRow, name: str | None) -> Event:
        return Event(
            id=self._vault.seal_id(EVENT_KIND, AUDIENCE, 0, row.event_id),
            at=row.at,
            operator_id=row.operator_id,
            name=name,
            kind=row.kind,
            detail=row.detail,
            person=row.person,
            purpose=row.purpose,
            ticket=row.ticket,
            about=row.about,
        )
