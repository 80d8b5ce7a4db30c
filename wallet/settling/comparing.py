"""
After a restore: what partners have, beside what these books have. Asks, and changes nothing.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import (
    Answer,
    DidNotHappen,
    Happened,
    PartyView,
    StatementRow,
    StillPending,
    UnavailableError,
)
from wallet.calls.conducting import Case
from wallet.calls.errors import UnknownIntegrationError
from wallet.calls.service import Call
from wallet.clock import Clock
from wallet.settling.charging import RefundCase, TenderCase, Till
from wallet.settling.insuring import SettlementCase
from wallet.visiting.handler import VisitCase
from wallet.visiting.records import VisitRecords

Verdict = Literal["agrees", "open", "only_there", "not_told"]
_CHINA: Final = timezone(timedelta(hours=8))  # partners' days
_TOLD_AS: Final[Mapping[str, str]] = {  # what a statement's line of a call is
    "settle": "settlement",
    "cancel_settlement": "settlement_cancel",
    "reverse": "settlement_cancel",
    "charge": "charge",
    "cancel_charge": "refund",
    "refund": "refund",
}
_TOOK_EFFECT: Final = frozenset({"succeeded", "happened"})


class Compared(Struct, frozen=True, kw_only=True):
    """
    One thing as it stands here and there; it names nobody.

    Attributes:
        verdict: ``agrees``; ``open``, its outcome is not definite here; ``only_there``, the
            partner has what these books never had; ``not_told``, the partner gave no statement.
        what: the operation, or the kind of a statement's line.
        reference: our id of the call.
        partner_reference: the partner's.
        here: state and outcome in these books, empty where there is nothing.
        there: what the partner says.
        at: when, as far as it is known.
    """

    verdict: Verdict
    party_id: int
    integration_id: str
    what: str
    reference: str = ""
    partner_reference: str = ""
    here: str = ""
    there: str = ""
    amount_minor: int | None = None
    at: datetime | None = None


class Comparing:
    """
    Asks partners about everything that is open, and for their statements since the backup.
    """

    def __init__(self, *, till: Till, visits: VisitRecords, clock: Clock) -> None:
        self._till = till
        self._visits = visits
        self._clock = clock
        self._calls = till.calls

    async def open_ones(self, session: AsyncSession) -> AsyncIterator[Compared]:
        """
        Ask about each call whose outcome is not definite here.
        """
        for call in await self._calls.open_ones(session):
            there = "unavailable"
            try:
                there = _word(await self._asked(session, call))
            except UnknownIntegrationError:
                there = "no such integration"
            yield Compared(
                verdict="open",
                party_id=call.party_id,
                integration_id=call.integration_id,
                what=call.prepared.operation,
                reference=call.prepared.reference,
                here=call.state,
                there=there,
            )

    async def statements(
        self, session: AsyncSession, view: PartyView, integration_id: str, since: datetime
    ) -> AsyncIterator[Compared]:
        """
        Compare a partner's statements of one party, from the day of the backup until today.
        """
        party_id = int(view.id)
        for day in _days(since, self._clock.now()):
            try:
                rows = await self._calls.outside.statement(integration_id, day, view)
            except UnavailableError as fault:
                yield Compared(
                    verdict="not_told",
                    party_id=party_id,
                    integration_id=integration_id,
                    what=day.isoformat(),
                    there=str(fault),
                )
                continue
            late = [row for row in rows if row.at >= since]
            for found in await self._beside(session, party_id, integration_id, late):
                yield found

    async def _asked(self, session: AsyncSession, call: Call) -> Answer:
        case = await self._case(session, call)
        view = await self._calls.view(session, call.party_id, call.integration_id)
        question = self._calls.question(call, await case.continuation(session), undone=False)
        amount_minor = await case.amount(session, call.prepared.operation)
        return await self._calls.outside.query(call.integration_id, question, view, amount_minor)

    async def _case(self, session: AsyncSession, call: Call) -> Case:
        key = (call.resident_id, call.subject.subject_id)
        match call.subject.kind:
            case "visit":
                return VisitCase(self._visits, *key)
            case "tender":
                return TenderCase(self._till, await self._till.tenders.get(session, *key))
            case "refund":
                return RefundCase(self._till, await self._till.tenders.refund(session, *key))
            case _:
                return SettlementCase(self._till.mover, self._calls, *key)

    async def _beside(
        self, session: AsyncSession, party_id: int, integration_id: str, rows: list[StatementRow]
    ) -> list[Compared]:
        references = sorted({row.reference for row in rows if row.reference})
        calls = await self._calls.named(session, party_id, integration_id, references)
        known = {(_TOLD_AS.get(call.operation), call.reference): call for call in calls}
        found = []
        for row in rows:
            here = known.get((row.kind, row.reference))
            verdict: Verdict = "only_there"
            if here is not None:
                verdict = "agrees" if here.outcome in _TOOK_EFFECT else "open"
            found.append(
                Compared(
                    verdict=verdict,
                    party_id=party_id,
                    integration_id=integration_id,
                    what=row.kind,
                    reference=row.reference,
                    partner_reference=row.partner_reference,
                    here=f"{here.state} {here.outcome}".strip() if here is not None else "",
                    there=row.kind,
                    amount_minor=row.total_minor,
                    at=row.at,
                )
            )
        return found


def _days(since: datetime, now: datetime) -> Iterable[date]:
    day, last = since.astimezone(_CHINA).date(), now.astimezone(_CHINA).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _word(answer: Answer) -> str:
    match answer:
        case Happened():
            return "happened"
        case DidNotHappen():
            return "did not happen"
        case StillPending():
            return "pending"
        case _:
            return "undecided"
