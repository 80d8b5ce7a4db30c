"""
`query` and `statement`: what became of a call, and the insurer's own list of a day.

An answer that does not list a call says nothing while the call may still be under way, unless a
reversal of it was confirmed meanwhile.
"""

from collections.abc import Callable
from datetime import date

from integrations.nhsa import bills
from integrations.nhsa.asking import Asker
from integrations.nhsa.client import Client
from integrations.nhsa.context import InstitutionProfile
from integrations.nhsa.envelope import Desk
from integrations.nhsa.memory import Continuation, Payload, decode, encode, replace
from integrations.nhsa.performing import report_mismatches, settled
from integrations.nhsa.rules import DONE
from integrations.nhsa.settlements import Settlement, parse_settlements
from integrations.nhsa.statements import Visit, parse_statement, parse_visits, statement_question
from integrations.spi import (
    Answer,
    DidNotHappen,
    Happened,
    Query,
    Registered,
    StatementRow,
    UnavailableError,
    Undecided,
    Undone,
)

REPEAT = Undecided(reason="repeat")
"""No query decides this operation; it is repeated, or undone and done anew."""
NOT_LISTED = Undecided(reason="not_listed")
STILL_SETTLED = Undecided(reason="still_settled")
REVERSED = DidNotHappen(code="REVERSED")
_STATEMENT_SECONDS = 60.0


class Querier:
    """
    Finds out what became of calls.
    """

    def __init__(self, asker: Asker, client: Client, seconds: float) -> None:
        self._asker = asker
        self._client = client
        self._seconds = seconds

    async def query(self, query: Query, profile: InstitutionProfile) -> Answer:
        """
        Say what became of a call.

        Raises:
            UnavailableError: the platform gave no usable answer.
        """
        prepared = query.prepared
        payload = decode(prepared.payload, Payload)
        if payload is None or payload.fixmedins_code != profile.fixmedins_code:
            return Undecided(reason="not this institution's call")
        match prepared.operation:
            case "register":
                return await self._registration(query, payload, profile)
            case "cancel_registration":
                return await self._registration_undo(query, payload, profile)
            case "settle":
                return await self._settlement(query, payload, profile)
            case "cancel_settlement":
                return await self._settlement_undo(query, payload, profile)
            case _:
                return REPEAT

    async def statement(self, day: date, profile: InstitutionProfile) -> tuple[StatementRow, ...]:
        """
        Fetch the insurer's rows of one day (3202).

        Raises:
            UnavailableError: the platform gave no usable answer.
        """
        answer = await self._asker.ask(
            profile, "3202", statement_question(day), desk=Desk(), seconds=_STATEMENT_SECONDS
        )
        if answer.infcode != DONE:
            raise UnavailableError(f"3202: infcode {answer.infcode}")
        rows = parse_statement(answer.output)
        if rows is None:
            raise UnavailableError("3202: malformed")
        return rows

    async def _registration(
        self, query: Query, payload: Payload, profile: InstitutionProfile
    ) -> Answer:
        visits = await self._visits(query, payload.after, profile)
        if isinstance(visits, Undecided):
            return visits
        for visit in visits:
            if visit.ipt_otp_no == payload.after.ipt_otp_no:
                after = replace(payload.after, mdtrt_id=visit.mdtrt_id)
                return Happened(
                    result=Registered(visit_reference=visit.mdtrt_id), continuation=encode(after)
                )
        return REVERSED if query.undo_acknowledged else NOT_LISTED

    async def _registration_undo(
        self, query: Query, payload: Payload, profile: InstitutionProfile
    ) -> Answer:
        visits = await self._visits(query, payload.before, profile)
        if isinstance(visits, Undecided):
            return visits
        if any(visit.mdtrt_id == payload.before.mdtrt_id for visit in visits):
            return Undecided(reason="still_registered")
        return Happened(result=Undone(), continuation=encode(payload.after))

    async def _visits(
        self, query: Query, visit: Continuation, profile: InstitutionProfile
    ) -> tuple[Visit, ...] | Undecided:
        answer = await self._asker.ask(
            profile,
            "5201",
            bills.visits_question(visit, query.now),
            desk=Desk(place=visit.insuplc_admdvs),
            seconds=self._seconds,
        )
        if answer.infcode != DONE:
            return Undecided(reason=f"infcode_{answer.infcode}")
        visits = parse_visits(answer.output)
        if visits is None:
            raise UnavailableError("5201: malformed")
        return visits

    async def _settlement(
        self, query: Query, payload: Payload, profile: InstitutionProfile
    ) -> Answer:
        msgid = query.prepared.reference
        found = await self._find(
            payload.before, profile, lambda one: one.msgid == msgid and not one.cancels
        )
        match found:
            case Settlement():
                return self._settled(found, payload)
            case Undecided():
                return found
            case None:
                return REVERSED if query.undo_acknowledged else NOT_LISTED

    def _settled(self, settlement: Settlement, payload: Payload) -> Answer:
        if settlement.refunded:
            return DidNotHappen(code="ALREADY_CANCELLED")
        report_mismatches(self._client, "5203", settlement.msgid, settlement)
        result = settled(settlement)
        if result is None:
            return Undecided(reason="no settlement number or time")
        after = replace(payload.after, setl_id=settlement.setl_id)
        return Happened(result=result, continuation=encode(after))

    async def _settlement_undo(
        self, query: Query, payload: Payload, profile: InstitutionProfile
    ) -> Answer:
        setl_id = payload.before.setl_id
        found = await self._find(payload.before, profile, lambda one: one.setl_id == setl_id)
        match found:
            case Undecided():
                return found
            case None:
                return NOT_LISTED
            case Settlement(refunded=True):
                return Happened(result=Undone(), continuation=encode(payload.after))
            case Settlement():
                return REVERSED if query.undo_acknowledged else STILL_SETTLED

    async def _find(
        self,
        visit: Continuation,
        profile: InstitutionProfile,
        wanted: Callable[[Settlement], bool],
    ) -> Settlement | Undecided | None:
        """
        Look a settlement up among those of a visit (5203).
        """
        answer = await self._asker.ask(
            profile,
            "5203",
            bills.settlements_question(visit),
            desk=Desk(place=visit.insuplc_admdvs),
            seconds=self._seconds,
        )
        if answer.infcode != DONE:
            return Undecided(reason=f"infcode_{answer.infcode}")
        rows = parse_settlements(answer.output)
        if rows is None:
            raise UnavailableError("5203: malformed")
        found = next((row for row in rows if row is not None and wanted(row)), None)
        if found is None and None in rows:
            # the row that is looked for may be the one that cannot be read
            return Undecided(reason="unreadable_row")
        return found
