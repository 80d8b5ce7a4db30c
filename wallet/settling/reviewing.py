"""
What was left to a person: listed for operators, and asked about again.

Nothing is ever marked done by hand; the partner's answer moves the state.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.calls.service import Asked, CallsService, Subject
from wallet.errors import StateConflictError
from wallet.journal.service import Entry, JournalService
from wallet.settling import refunding, repository
from wallet.settling.counter import KIND as SETTLEMENT_KIND
from wallet.settling.counter import REFUND_KIND, Counter
from wallet.settling.happenings import Reexamined, RefundReopened
from wallet.settling.models import RefundRow, SettlementRow
from wallet.settling.moving import BASIS
from wallet.settling.states import IllegalMoveError
from wallet.visiting.service import KIND as VISIT_KIND
from wallet.visiting.service import WaitingVisit

Kind = Literal["visit", "settlement", "refund"]
KINDS: Final[tuple[Kind, ...]] = ("visit", "settlement", "refund")
AUDIENCE: Final = "operator"
_NAMES: Final = {"visit": VISIT_KIND, "settlement": SETTLEMENT_KIND, "refund": REFUND_KIND}


class Waiting(Struct, frozen=True, kw_only=True):
    """
    A visit, settlement or refund as an operator sees it: nothing of the person.

    Attributes:
        kind: which of the three.
        id: sealed for operators.
        party_id: whose desk.
        phase, step, status, reason: where it stands.
        since: when it began; aware UTC instant.
        asked: the newest call about it, for whoever asks the partner.
    """

    kind: Kind
    id: str
    party_id: int
    phase: str
    step: str
    status: str
    reason: str
    since: datetime
    asked: Asked | None


class _Found(Struct, frozen=True, kw_only=True):
    kind: Kind
    resident_id: int
    local_id: int
    party_id: int
    phase: str
    step: str
    status: str
    reason: str
    since: datetime


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
            visits = await self._counter.visits.records.in_phase(session, phase, limit)
            settlements = await repository.settlements_in(session, phase, limit)
            refunds = await repository.refunds_in(session, phase, limit)
            found = (
                *(_visit(row) for row in visits),
                *(_settlement(row) for row in settlements),
                *(_refund(row) for row in refunds),
            )
            return [await self._waiting(session, each) for each in found]

    async def by_phase(self) -> Mapping[str, int]:
        """
        Return how many settlements there are in each phase that has any.
        """
        async with self._counter.database.reading() as session:
            return await repository.settlements_by_phase(session)

    async def reexamine(self, kind: Kind, name: str, why: str) -> None:
        """
        Have the outside asked again, and tell the resident that an operator did.

        Args:
            kind: of what.
            name: its id as it was listed.
            why: purpose and ticket; the resident reads it.

        Raises:
            NotFoundError: there is none.
            StateConflictError: it was not left to a person, or is undone together with a
                settlement that was.
        """
        resident_id, local_id = self._counter.locate(AUDIENCE, name, _NAMES[kind])
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

    async def _waiting(self, session: AsyncSession, found: _Found) -> Waiting:
        key = (found.resident_id, found.local_id)
        subject = Subject(found.kind, found.local_id)
        return Waiting(
            kind=found.kind,
            id=self._counter.name(_NAMES[found.kind], AUDIENCE, *key),
            party_id=found.party_id,
            phase=found.phase,
            step=found.step,
            status=found.status,
            reason=found.reason,
            since=found.since,
            asked=await self._calls.newest(session, found.resident_id, subject),
        )


def _visit(row: WaitingVisit) -> _Found:
    return _Found(
        kind="visit",
        resident_id=row.resident_id,
        local_id=row.visit_id,
        party_id=row.party_id,
        phase=row.phase,
        step=row.resume_phase,
        status=row.status,
        reason=row.reason,
        since=row.opened_at,
    )


def _settlement(row: SettlementRow) -> _Found:
    return _Found(
        kind="settlement",
        resident_id=row.resident_id,
        local_id=row.settlement_id,
        party_id=row.party_id,
        phase=row.phase,
        step=row.step,
        status=row.status,
        reason=row.reason,
        since=row.created_at,
    )


def _refund(row: RefundRow) -> _Found:
    return _Found(
        kind="refund",
        resident_id=row.resident_id,
        local_id=row.refund_id,
        party_id=row.party_id,
        phase=row.phase,
        step=row.method,
        status=row.status,
        reason=row.reason,
        since=row.created_at,
    )
