"""
One step of a committed call: commit it, send it, ask about it, each between two transactions.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import NotSent, Outcome, PartyView, Refused, Unknown
from wallet.calls import events
from wallet.calls import failpoints as at
from wallet.calls.events import Committed, Doubtful, Event, Failed, Undetermined, Unsent
from wallet.calls.outside import Order
from wallet.calls.pacing import Pacing
from wallet.calls.service import Call, CallsService, Subject
from wallet.clock import Clock
from wallet.db.session import Database
from wallet.failpoints import hit
from wallet.work.backoff import backoff
from wallet.work.service import Lease, WorkService


class _Terms(Struct, frozen=True, kw_only=True):
    """
    What performing a call takes beside the call itself.
    """

    view: PartyView
    amount_minor: int | None


class Case(Protocol):
    """
    The thing a call is about, as its slice knows it.
    """

    @property
    def resident_id(self) -> int:
        """
        Whose it is.
        """
        ...

    @property
    def subject(self) -> Subject:
        """
        What its calls are kept under.
        """
        ...

    async def order(self, session: AsyncSession, operation: str) -> Order | Refused:
        """
        Say what to call; refuse when there is nothing to call it with.
        """
        ...

    async def amount(self, session: AsyncSession, operation: str) -> int | None:
        """
        Return what the result must state, where an amount is involved.
        """
        ...

    async def continuation(self, session: AsyncSession) -> bytes:
        """
        Return what the integration remembers.
        """
        ...

    async def told(self, session: AsyncSession, event: Event) -> None:
        """
        Move the state, in the session's transaction.
        """
        ...


class Conductor:
    """
    Performs steps under a lease. Each method returns when the following step is due.

    What is repeated, or asked about, waits for its turn (`wallet.calls.turns`).

    Args:
        token: source of random bytes for the jitter.
    """

    def __init__(
        self,
        *,
        database: Database,
        work: WorkService,
        calls: CallsService,
        pacing: Pacing,
        clock: Clock,
        token: Callable[[int], bytes],
    ) -> None:
        self._database = database
        self._work = work
        self._calls = calls
        self._pacing = pacing
        self._clock = clock
        self._token = token

    async def begin(self, lease: Lease, case: Case, operation: str) -> datetime:
        """
        Commit a new call and perform it.
        """
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            order = await case.order(session, operation)
            call: Call | Refused
            terms: _Terms | None = None
            if isinstance(order, Refused):
                call = order
            else:
                terms = await self._terms(session, case, operation, order)
                call = await self._calls.prepare(
                    session, case.resident_id, case.subject, order, terms.view
                )
            if isinstance(call, Refused):
                await case.told(session, Failed(operation=operation, code=call.code, refused=True))
            else:
                await case.told(session, Committed(operation=operation))
            hit(f"{operation}.{at.BEFORE_PREPARE_COMMIT}")
        hit(f"{operation}.{at.AFTER_PREPARE_COMMIT}")
        if isinstance(call, Refused):
            return self._clock.now()
        return await self._perform(lease, case, call, terms)

    async def resume(self, lease: Lease, case: Case, operation: str) -> datetime:
        """
        Go on with a call that somebody committed and left.

        If it was not sent, it is performed now. If it was, nobody knows what came of it.
        """
        call = await self._latest(case, operation)
        if call.state == "prepared":
            return await self._perform(lease, case, call)
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            await self._calls.doubt(session, call)
            await case.told(session, Doubtful(operation=operation))
        return self._clock.now()

    async def repeat(self, lease: Lease, case: Case, operation: str) -> datetime:
        """
        Perform a committed call again, with identical ids, because repeating it is the same call.
        """
        return await self._perform(lease, case, await self._latest(case, operation))

    async def ask(
        self, lease: Lease, case: Case, operation: str, *, undone: bool = False
    ) -> datetime:
        """
        Ask what became of a call.
        """
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            found = await self._calls.latest(session, case.resident_id, case.subject, operation)
            call = _known(found)
            if later := await self._pacing.later(session, call):
                return later
            view = await self._calls.view(session, call.party_id, call.integration_id)
            amount_minor = await case.amount(session, operation)
            question = self._calls.question(call, await case.continuation(session), undone=undone)
        hit(f"{operation}.{at.BEFORE_QUERY}")
        answer = await self._calls.outside.query(call.integration_id, question, view, amount_minor)
        hit(f"{operation}.{at.AFTER_QUERY}")
        exhausted = self._calls.is_exhausted(call)
        event = events.of_answer(operation, answer, exhausted=exhausted)
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            await self._calls.record_answer(session, call, answer, exhausted=exhausted)
            await case.told(session, event)
            hit(f"{operation}.{at.BEFORE_RECORD_COMMIT}")
        hit(f"{operation}.{at.AFTER_RECORD_COMMIT}")
        return self._clock.now() + self._wait(call, event)

    async def _perform(
        self, lease: Lease, case: Case, call: Call, terms: _Terms | None = None
    ) -> datetime:
        operation = call.prepared.operation
        held_at = self._work.elapsed()
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            if call.attempts and (later := await self._pacing.later(session, call)):
                return later
            terms = terms or await self._terms(session, case, operation, call)
            await self._calls.send(session, call)
            hit(f"{operation}.{at.BEFORE_SEND_COMMIT}")
        hit(f"{operation}.{at.AFTER_SEND_COMMIT}")
        await self._work.confirm(lease, held_at)
        outcome: Outcome = NotSent(reason="clock")
        if not self._work.paused():
            outcome = await self._calls.outside.perform(
                call.integration_id, call.prepared, terms.view, terms.amount_minor
            )
        hit(f"{operation}.{at.AFTER_PERFORM}")
        outcome = _remembering(call, outcome)
        event = events.of_outcome(operation, outcome, call.attempts + 1)
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            await self._calls.record(session, call, outcome)
            await case.told(session, event)
            hit(f"{operation}.{at.BEFORE_RECORD_COMMIT}")
        hit(f"{operation}.{at.AFTER_RECORD_COMMIT}")
        return self._clock.now() + self._wait(call, event)

    async def _terms(
        self, session: AsyncSession, case: Case, operation: str, call: Call | Order
    ) -> _Terms:
        return _Terms(
            view=await self._calls.view(session, call.party_id, call.integration_id),
            amount_minor=await case.amount(session, operation),
        )

    async def _latest(self, case: Case, operation: str) -> Call:
        async with self._database.reading() as session:
            return _known(
                await self._calls.latest(session, case.resident_id, case.subject, operation)
            )

    def _wait(self, call: Call, event: Event) -> timedelta:
        poll = self._calls.outside.manifest(call.integration_id).poll
        interval = timedelta(seconds=poll.interval_seconds)
        match event:
            case Unsent(attempts=attempts):
                return backoff(attempts, self._token)
            case Doubtful():
                if call.attempts == 0:
                    return interval
                return backoff(call.attempts, self._token)
            case Undetermined(exhausted=False):
                return interval
            case Undetermined() if call.exhausted_at is not None:
                usual = poll.budget_seconds // max(1, poll.interval_seconds)
                return backoff(call.queries - usual, self._token)
            case _:
                return timedelta(0)


def _known(call: Call | None) -> Call:
    if call is None:
        raise LookupError("a state speaks of a call that was never committed")
    return call


def _remembering(call: Call, outcome: Outcome) -> Outcome:
    """
    A repetition that did not leave the house says nothing about the attempts before it.
    """
    if isinstance(outcome, NotSent) and call.doubtful_at is not None:
        return Unknown(reason=outcome.reason)
    return outcome
