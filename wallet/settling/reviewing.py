"""
What was left to a person: listed for operators, and asked about again.

Nothing is ever marked done by hand; the partner's answer moves the state.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.calls.service import Asked, CallsService, Subject
from wallet.db.session import Witness, nobody
from wallet.errors import NotFoundError, StateConflictError
from wallet.journal.service import Entry, JournalService
from wallet.settling import refunding, repository, waiting
from wallet.settling.counter import Counter
from wallet.settling.happenings import Reexamined, RefundReopened
from wallet.settling.models import SettlementRow
from wallet.settling.moving import BASIS
from wallet.settling.states import IllegalMoveError
from wallet.settling.waiting import (
    KINDS,
    NAMES,
    Evidence,
    Found,
    Kind,
    Part,
    Waiting,
    WaitingPage,
)

__all__ = ("KINDS", "Evidence", "Kind", "ReviewService", "Waiting")

AUDIENCE: Final = "operator"
A_PAGE: Final = 50
_CALLS: Final = 20


class ReviewService:
    """
    What operators do with the review queue.
    """

    def __init__(self, *, counter: Counter, calls: CallsService, journal: JournalService) -> None:
        self._counter = counter
        self._mover = counter.mover
        self._tenders = counter.till.tenders
        self._calls = calls
        self._journal = journal

    async def listed(self, phase: str = "review", limit: int = 100) -> Sequence[Waiting]:
        """
        Return what is in a phase, of each kind the oldest first.
        """
        async with self._counter.database.reading() as session:
            found = [
                each
                for kind in KINDS
                for each in await self._oldest(session, kind, phase, limit, None)
            ]
            return [await self._waiting(session, each) for each in found]

    async def queue(
        self, kind: Kind, cursor: str | None = None, limit: int = A_PAGE
    ) -> WaitingPage:
        """
        Return a page of what waits for a person, of one kind, the oldest first.

        Args:
            kind: of what.
            cursor: `WaitingPage.next_cursor` of the page before.
            limit: how many at most.

        Raises:
            NotFoundError: the cursor is none of ours.
        """
        async with self._counter.database.reading() as session:
            after = None
            if cursor is not None:
                last, *_ = await self._examined(session, kind, self._located(kind, cursor))
                after = (last.since, last.local_id)
            found = await self._oldest(session, kind, "review", limit + 1, after)
            told = tuple([await self._waiting(session, each) for each in found[:limit]])
        more = len(found) > limit
        return WaitingPage(waiting=told, next_cursor=told[-1].id if more else None)

    async def settlements(
        self, phase: str, status: str | None = None, cursor: str | None = None
    ) -> WaitingPage:
        """
        Return a page of the settlements in a phase, the oldest first.

        Args:
            phase: in which.
            status: in which status; None for any.
            cursor: `WaitingPage.next_cursor` of the page before.

        Raises:
            NotFoundError: the cursor is none of ours.
        """
        async with self._counter.database.reading() as session:
            after = None
            if cursor is not None:
                last = await self._settlement(session, *self._located("settlement", cursor))
                after = (last.created_at, last.settlement_id)
            rows = await repository.settlements_in(
                session, phase, A_PAGE + 1, status=status, after=after
            )
            found = tuple(self._told(waiting.settlement(row), None) for row in rows[:A_PAGE])
        more = len(rows) > A_PAGE
        return WaitingPage(waiting=found, next_cursor=found[-1].id if more else None)

    async def evidence(self, kind: Kind, name: str) -> Evidence:
        """
        Return where something stands, and what was asked outside about it.

        Raises:
            NotFoundError: there is none.
        """
        key = self._located(kind, name)
        async with self._counter.database.reading() as session:
            found, parts, subjects = await self._examined(session, kind, key)
            calls = [
                call
                for subject in subjects
                for call in await self._calls.newest(session, key[0], subject, _CALLS)
            ]
        calls.sort(key=lambda call: call.prepared_at, reverse=True)
        return Evidence(
            waiting=self._told(found, calls[0] if calls else None),
            parts=parts,
            calls=tuple(calls),
        )

    async def standing(self) -> Mapping[tuple[str, str], int]:
        """
        Return how many unfinished settlements there are, by phase and status.
        """
        async with self._counter.database.reading() as session:
            return await repository.settlements_standing(session)

    async def waiting_elsewhere(self) -> int:
        """
        Return how many visits and refunds wait for a person.
        """
        async with self._counter.database.reading() as session:
            visits = await self._counter.visits.records.in_review(session)
            return visits + await repository.refunds_in_review(session)

    async def reexamine(self, kind: Kind, name: str, why: str, witness: Witness = nobody) -> None:
        """
        Have the outside asked again, and tell the resident that an operator did.

        Args:
            kind: of what.
            name: its id as it was listed.
            why: purpose and ticket; the resident reads it.
            witness: writes down who did, in the same transaction.

        Raises:
            NotFoundError: there is none.
            StateConflictError: it was not left to a person, or is undone together with a
                settlement that was.
        """
        resident_id, local_id = self._located(kind, name)
        async with self._counter.database.transaction() as session:
            try:
                party_id, subject_id = await self._asked_again(
                    session, kind, resident_id, local_id
                )
            except IllegalMoveError:
                raise StateConflictError("It does not wait for a person.") from None
            party = await self._mover.parties.settings(session, party_id)
            entry = Entry(
                resident_id=resident_id,
                kind="reexamined",
                party_id=party_id,
                party_name=party.name,
                purpose=why,
                basis=BASIS,
                subject_id=subject_id,
                at=self._counter.till.clock.now(),
            )
            await self._journal.write(session, entry)
            await witness(session)

    async def _asked_again(
        self, session: AsyncSession, kind: Kind, resident_id: int, local_id: int
    ) -> tuple[int, int]:
        """
        Move it on; return its party and the visit or settlement it belongs to.
        """
        match kind:
            case "visit":
                visit = await self._counter.visits.reexamine(session, resident_id, local_id)
                return visit.party_id, local_id
            case "settlement":
                await self._counter.schedule(session, (resident_id, local_id))
                settlement = await self._mover.records.get(session, resident_id, local_id)
                await self._mover.move(session, settlement, Reexamined())
                return settlement.party_id, local_id
            case "refund":
                return await self._refund_again(session, resident_id, local_id)

    async def _refund_again(
        self, session: AsyncSession, resident_id: int, refund_id: int
    ) -> tuple[int, int]:
        refund = await self._tenders.refund(session, resident_id, refund_id)
        key = (resident_id, refund.settlement_id)
        await self._counter.schedule(session, key)
        await self._tenders.move_refund(session, refund, refunding.reopened(refund.state), {})
        settlement = await self._mover.records.get(session, *key)
        await self._mover.move(session, settlement, RefundReopened())
        return refund.party_id, refund.settlement_id

    async def _oldest(
        self,
        session: AsyncSession,
        kind: Kind,
        phase: str,
        limit: int,
        after: tuple[datetime, int] | None,
    ) -> list[Found]:
        match kind:
            case "visit":
                records = self._counter.visits.records
                visits = await records.in_phase(session, phase, limit, after=after)
                return [*map(waiting.visit, visits)]
            case "settlement":
                settlements = await repository.settlements_in(session, phase, limit, after=after)
                return [*map(waiting.settlement, settlements)]
            case "refund":
                refunds = await repository.refunds_in(session, phase, limit, after=after)
                return [*map(waiting.refund, refunds)]

    async def _waiting(self, session: AsyncSession, found: Found) -> Waiting:
        subject = Subject(found.kind, found.local_id)
        asked = await self._calls.newest(session, found.resident_id, subject, 1)
        return self._told(found, asked[0] if asked else None)

    def _told(self, found: Found, asked: Asked | None) -> Waiting:
        key = (found.resident_id, found.local_id)
        return Waiting(
            kind=found.kind,
            id=self._counter.name(NAMES[found.kind], AUDIENCE, *key),
            party_id=found.party_id,
            phase=found.phase,
            step=found.step,
            status=found.status,
            reason=found.reason,
            since=found.since,
            asked=asked,
        )

    def _located(self, kind: Kind, name: str) -> tuple[int, int]:
        return self._counter.locate(AUDIENCE, name, NAMES[kind])

    async def _settlement(
        self, session: AsyncSession, resident_id: int, settlement_id: int
    ) -> SettlementRow:
        row = await repository.settlement(session, resident_id, settlement_id)
        if row is None:
            raise NotFoundError
        return row

    async def _examined(
        self, session: AsyncSession, kind: Kind, key: tuple[int, int]
    ) -> tuple[Found, tuple[Part, ...], list[Subject]]:
        """
        Return where it stands, its parts, and everything that outside calls can be about.
        """
        match kind:
            case "visit":
                row = await self._counter.visits.records.standing(session, *key)
                return waiting.visit(row), (), [Subject(kind, key[1])]
            case "refund":
                refund = await repository.refund(session, *key)
                if refund is None:
                    raise NotFoundError
                return waiting.refund(refund), (), [Subject(kind, key[1])]
            case "settlement":
                settlement = await self._settlement(session, *key)
                tenders = await repository.tenders(session, *key)
                refunds = await repository.refunds(session, *key)
                return (
                    waiting.settlement(settlement),
                    (
                        *(waiting.part("tender", each) for each in tenders),
                        *(waiting.part("refund", each) for each in refunds),
                    ),
                    [
                        Subject(kind, key[1]),
                        *(Subject("tender", each.tender_id) for each in tenders),
                        *(Subject("refund", each.refund_id) for each in refunds),
                    ],
                )
