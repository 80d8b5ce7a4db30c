"""
Visits: open, look up, cancel the registration (退号); and the turn a settlement takes in one.
"""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.faults import repeated
from wallet.db.session import Database
from wallet.errors import NotFoundError, StateConflictError
from wallet.failpoints import hit
from wallet.http.callers import TerminalCaller
from wallet.ids import Ids
from wallet.presentations.errors import HandleMismatchError
from wallet.presentations.service import KIND as PRESENTATION_KIND
from wallet.presentations.service import Claimed, Use
from wallet.vault import Vault
from wallet.visiting import machine, repository
from wallet.visiting.intents import Intent, Intents, allow
from wallet.visiting.machine import VisitState
from wallet.visiting.records import Details, Insurance, Visit, VisitRecords, WaitingVisit
from wallet.work.inline import Inline

__all__ = (
    "FAILPOINTS",
    "KIND",
    "WORK",
    "Details",
    "Insurance",
    "Presentations",
    "Visit",
    "VisitingService",
    "WaitingVisit",
)

KIND = "vis"
WORK = "visit"
SCOPE = "visits:write"
LIFE = timedelta(days=7)
INSURANCE = "insurance"
FAILPOINTS = (
    "visit.before_open_commit",
    "visit.after_open_commit",
    "visit.before_cancel_commit",
    "visit.after_cancel_commit",
)


class Presentations(Protocol):
    """
    What visits and settlements need of presentations.
    """

    async def claim(
        self, session: AsyncSession, caller: TerminalCaller, handle: str, use: Use
    ) -> Claimed:
        """
        Take a presentation for one visit or settlement.
        """
        ...


class VisitingService:
    """
    Keeps visits.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        vault: Vault,
        presentations: Presentations,
        intents: Intents,
        inline: Inline,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._presentations = presentations
        self._intents = intents
        self._inline = inline
        self.records = VisitRecords(vault)

    def name(self, party_id: int, visit: Visit) -> str:
        """
        Return the id under which a party knows a visit.
        """
        return self._vault.seal_id(KIND, f"party:{party_id}", visit.resident_id, visit.visit_id)

    @repeated
    async def open(self, intent: Intent, handle: str, details: Details) -> Visit:
        """
        Open a visit for the presented resident, and register it with the insurer if there is one.

        Raises:
            HandleMismatchError: the handle is not this terminal's, or for another purpose.
            HandleExpiredError: it is too old.
            StateConflictError: it was used.
        """
        audience = f"party:{intent.caller.party_id}"
        shown = self._vault.open_id(PRESENTATION_KIND, audience, handle)
        if shown is None:
            raise HandleMismatchError
        resident_id = shown[0]
        visit_id = self._ids.local()
        async with self._database.transaction() as session:
            replay = await self._intents.admit(session, intent, SCOPE, (resident_id, visit_id))
            if replay is not None:
                return await self.records.get(session, *replay.target)
            claimed = await self._presentations.claim(session, intent.caller, handle, "visit")
            visit = self._new(intent.caller, claimed, visit_id, details)
            await self.records.add(session, visit)
            await self._inline.schedule(session, WORK, resident_id, visit_id)
            hit("visit.before_open_commit")
        hit("visit.after_open_commit")
        return await self._driven(visit)

    async def get(self, caller: TerminalCaller, name: str) -> Visit:
        """
        Return a visit of the caller's party.

        Raises:
            NotFoundError: there is none, or it is another party's.
        """
        allow(caller, SCOPE)
        key = self.locate(caller.party_id, name)
        async with self._database.reading() as session:
            return await self.owned(session, caller.party_id, key)

    @repeated
    async def cancel(self, intent: Intent, name: str) -> Visit:
        """
        退号: cancel the registration, when nothing is settled or being settled in the visit.

        Raises:
            NotFoundError: there is none, or it is another party's.
            StateConflictError: it is not open, or has live settlements.
        """
        key = self.locate(intent.caller.party_id, name)
        async with self._database.transaction() as session:
            replay = await self._intents.admit(session, intent, SCOPE, key)
            visit = await self.owned(session, intent.caller.party_id, key)
            if replay is not None:
                return visit
            if visit.open_settlement_id is not None or visit.standing:
                raise StateConflictError("Something is settled in this visit; undo it first.")
            if visit.state.phase != "open":
                raise StateConflictError("The visit is not open.")
            # the work item first, as the worker does: two orders would lock each other out
            await self._inline.schedule(session, WORK, *key)
            await self.records.move(session, visit, machine.cancel(visit.state), {})
            hit("visit.before_cancel_commit")
        hit("visit.after_cancel_commit")
        return await self._driven(visit)

    def locate(self, party_id: int, name: str) -> tuple[int, int]:
        """
        Return resident id and visit id behind the id given to a party.

        Raises:
            NotFoundError: it is not one of this party's.
        """
        key = self._vault.open_id(KIND, f"party:{party_id}", name)
        if key is None:
            raise NotFoundError
        return key

    async def owned(self, session: AsyncSession, party_id: int, key: tuple[int, int]) -> Visit:
        """
        Return a visit if it is the party's.

        Raises:
            NotFoundError: it is not, or there is none.
        """
        visit = await self.records.get(session, *key)
        if visit.party_id != party_id:
            raise NotFoundError
        return visit

    async def begin_settlement(
        self, session: AsyncSession, visit: Visit, settlement_id: int, *, undoing: bool = False
    ) -> None:
        """
        Make a settlement the one that is going on in a visit.

        Raises:
            StateConflictError: another one is, the visit is not open, or it was changed since it
                was read: a new settlement goes by whether the insurer has the visit.
        """
        key = visit.resident_id, visit.visit_id
        if undoing:
            taken = await repository.retake(session, key, settlement_id)
        else:
            taken = await repository.take(session, key, settlement_id, version=visit.version)
        if not taken:
            raise StateConflictError("The visit is not open, or another settlement is going on.")

    async def end_settlement(
        self,
        session: AsyncSession,
        key: tuple[int, int],
        settlement_id: int,
        *,
        completed: bool,
        following: int | None = None,
    ) -> None:
        """
        End a settlement's turn, completed or cancelled; another one may follow at once.

        Raises:
            StateConflictError: it was not its turn.
        """
        successor = (following, int(completed))
        if not await repository.hand_over(session, *key, settlement_id, successor):
            raise StateConflictError

    async def reexamine(self, session: AsyncSession, resident_id: int, visit_id: int) -> Visit:
        """
        For operators: ask the insurer again about a visit that was left to a person.

        Raises:
            NotFoundError: there is none.
            StateConflictError: it was not.
        """
        visit = await self.records.get(session, resident_id, visit_id)
        if visit.state.phase != "review":
            raise StateConflictError
        await self._inline.schedule(session, WORK, resident_id, visit_id)
        await self.records.move(session, visit, machine.reexamine(visit.state), {})
        return visit

    def _new(
        self, caller: TerminalCaller, claimed: Claimed, visit_id: int, details: Details
    ) -> Visit:
        now = self._clock.now()
        insurance = insurance_of(claimed)
        answer = claimed.answered.get(INSURANCE)
        state = VisitState(phase="registering" if insurance else "open")
        if insurance is None and answer is not None:
            state = VisitState(phase="open", reason=answer.refusal)
        return Visit(
            resident_id=claimed.resident_id,
            visit_id=visit_id,
            party_id=caller.party_id,
            terminal_id=caller.terminal_id,
            presentation_id=claimed.presentation_id,
            version=1,
            state=state,
            insurance=insurance,
            visit_number=f"V{visit_id}",
            details=details,
            continuation=b"",
            visit_reference="",
            open_settlement_id=None,
            standing=0,
            opened_at=now,
            closes_at=_closing(now),
        )

    async def _driven(self, visit: Visit) -> Visit:
        await self._inline.drive(WORK, visit.resident_id, visit.visit_id)
        async with self._database.reading() as session:
            return await self.records.get(session, visit.resident_id, visit.visit_id)


def insurance_of(claimed: Claimed) -> Insurance | None:
    """
    Return the insurance that answered valid at a scan.
    """
    answer = claimed.answered.get(INSURANCE)
    if answer is None or not answer.valid:
        return None
    return Insurance(
        integration_id=answer.integration_id,
        binding_id=answer.binding_id,
        subject=answer.subject,
        credential=answer.credential,
    )


def _closing(opened_at: datetime) -> datetime:
    return opened_at + LIFE
