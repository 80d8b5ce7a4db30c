"""
Outside calls that change something there: prepared, committed, performed, recorded.

Every method that takes a session joins the caller's transaction. A call that was sent and not
answered is never performed again unless its state machine knows that repeating it is the same
call; its outcome is asked for.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import (
    Answer,
    Declined,
    DidNotHappen,
    Happened,
    NotSent,
    Outcome,
    PartyView,
    Pending,
    Query,
    Refused,
    Succeeded,
    Unknown,
)
from wallet.calls import numbers, repository
from wallet.calls.asked import Asked
from wallet.calls.models import CallRow
from wallet.calls.outside import Order, Outside
from wallet.calls.records import Call, Subject, call_of, row_of
from wallet.calls.words import OUTCOME_OF, OUTCOMES
from wallet.clock import Clock
from wallet.ids import Ids
from wallet.vault import Keep, Place, Vault

__all__ = ("OUTCOMES", "Asked", "Call", "CallsService", "Subject")

_AFTER = timedelta(microseconds=1)


class Parties(Protocol):
    """
    What calls need to know of relying parties.
    """

    async def view(self, session: AsyncSession, party_id: int, integration_id: str) -> PartyView:
        """
        Return what an integration learns of a party.
        """
        ...


class CallsService:
    """
    Keeps committed calls.
    """

    def __init__(
        self, *, clock: Clock, ids: Ids, vault: Vault, outside: Outside, parties: Parties
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._parties = parties
        self.outside = outside

    async def view(self, session: AsyncSession, party_id: int, integration_id: str) -> PartyView:
        """
        Return what an integration learns of a party.
        """
        return await self._parties.view(session, party_id, integration_id)

    async def prepare(
        self,
        session: AsyncSession,
        resident_id: int,
        subject: Subject,
        order: Order,
        view: PartyView,
    ) -> Call | Refused:
        """
        Prepare a call and keep it, to be committed by the caller.

        Args:
            session: the caller's transaction.
            resident_id: whose.
            subject: what it is about.
            order: what to call.
            view: what its integration learns of the party.
        """
        now = self._clock.now()
        given = await numbers.allocate(session, order.party_id, order.integration_id, now)
        prepared = self.outside.prepare(order, given, view)
        if isinstance(prepared, Refused):
            return prepared
        key = (subject.kind, subject.subject_id)
        last = await repository.latest(session, resident_id, key, prepared.operation)
        if last is not None:  # the newest is found by its instant, and machines' clocks differ
            now = max(now, last.prepared_at + _AFTER)
        call_id = self._ids.local()
        payload = await self._vault.encrypt(
            session, resident_id, Keep.EVIDENCE, _place(call_id), prepared.payload
        )
        call = Call(
            resident_id=resident_id,
            call_id=call_id,
            subject=subject,
            party_id=order.party_id,
            integration_id=order.integration_id,
            prepared=prepared,
        )
        await repository.add(session, row_of(call, payload, now))
        return call

    async def latest(
        self, session: AsyncSession, resident_id: int, subject: Subject, operation: str
    ) -> Call | None:
        """
        Return the newest call of that operation about a subject.
        """
        key = (subject.kind, subject.subject_id)
        row = await repository.latest(session, resident_id, key, operation)
        return None if row is None else await self._read(session, row)

    async def newest(
        self, session: AsyncSession, resident_id: int, subject: Subject, limit: int
    ) -> Sequence[Asked]:
        """
        Return what was asked last about a subject, the newest first.
        """
        key = (subject.kind, subject.subject_id)
        rows = await repository.newest(session, resident_id, key, limit)
        return [_asked(row) for row in rows]

    async def open_ones(self, session: AsyncSession) -> list[Call]:
        """
        Return every call whose outcome is not definite, whoever it belongs to.
        """
        return [await self._read(session, row) for row in await repository.open_ones(session)]

    async def named(
        self, session: AsyncSession, party_id: int, integration_id: str, references: Sequence[str]
    ) -> Sequence[Asked]:
        """
        Return what stands of a party's calls that the partner knows by one of these ids.

        An undo may bear the id of what it undoes.
        """
        rows = await repository.named(session, party_id, integration_id, references)
        return [_asked(row) for row in rows]

    async def send(self, session: AsyncSession, call: Call) -> None:
        """
        Note that the call is about to be performed.
        """
        values = {
            "state": "sent",
            "outcome": "",
            "attempts": call.attempts + 1,
            "sent_at": self._clock.now(),
        }
        await repository.change(session, call.resident_id, call.call_id, values)

    async def doubt(self, session: AsyncSession, call: Call) -> None:
        """
        Note that a sent call has no answer, and that nobody is waiting for one any more.
        """
        values = {"outcome": "unknown"} | self._doubted(call)
        await repository.change(session, call.resident_id, call.call_id, values)

    async def record(self, session: AsyncSession, call: Call, outcome: Outcome) -> None:
        """
        Note what came of performing.
        """
        values: dict[str, Any] = {"outcome": OUTCOME_OF[type(outcome)]}
        match outcome:
            case Succeeded():
                values |= self._closed()
            case Declined(code=code, partner_code=partner_code):
                values |= self._closed() | {"code": code, "partner_code": partner_code}
            case Pending() | Unknown():
                values |= self._doubted(call)
            case NotSent():
                values |= {"state": "prepared"}
        await repository.change(session, call.resident_id, call.call_id, values)

    async def record_answer(
        self, session: AsyncSession, call: Call, answer: Answer, *, exhausted: bool
    ) -> None:
        """
        Note what came of a query.
        """
        values: dict[str, Any] = {"queries": call.queries + 1}
        match answer:
            case Happened():
                values |= self._closed() | {"outcome": "happened"}
            case DidNotHappen(code=code):
                values |= self._closed() | {"outcome": "did_not_happen", "code": code}
            case _:
                values |= self._doubted(call)  # one that was refused may come to be asked about
                if exhausted and call.exhausted_at is None:
                    values |= {"exhausted_at": self._clock.now()}
        await repository.change(session, call.resident_id, call.call_id, values)

    def question(self, call: Call, continuation: bytes, *, undone: bool) -> Query:
        """
        Return the query about a call.
        """
        return Query(
            prepared=call.prepared,
            continuation=continuation,
            undo_acknowledged=undone,
            now=self._clock.now(),
        )

    def is_exhausted(self, call: Call) -> bool:
        """
        Tell whether the time in which the partner usually knows is over.
        """
        if call.doubtful_at is None:
            return False
        seconds = self.outside.manifest(call.integration_id).poll.budget_seconds
        return self._clock.now() >= call.doubtful_at + timedelta(seconds=seconds)

    async def _read(self, session: AsyncSession, row: CallRow) -> Call:
        payload = await self._vault.decrypt(
            session, row.resident_id, Keep.EVIDENCE, _place(row.call_id), row.payload
        )
        return call_of(row, payload)

    def _closed(self) -> dict[str, Any]:
        return {"state": "closed", "closed_at": self._clock.now()}

    def _doubted(self, call: Call) -> dict[str, Any]:
        return {} if call.doubtful_at is not None else {"doubtful_at": self._clock.now()}


def _asked(row: CallRow) -> Asked:
    return Asked(**{name: getattr(row, name) for name in Asked.__struct_fields__})


def _place(call_id: int) -> Place:
    return Place(table="calls", column="payload", row=str(call_id))
