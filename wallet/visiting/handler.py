"""
Does the steps of visits: registers, asks, cancels, closes.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import CancelRegistration, Refused, Register, Registered
from wallet.calls.conducting import Conductor
from wallet.calls.events import Done, Doubtful, Event
from wallet.calls.outside import Order
from wallet.calls.service import Subject
from wallet.clock import Clock
from wallet.db.once import Once
from wallet.db.session import Database
from wallet.visiting import machine
from wallet.visiting.records import Visit, VisitRecords
from wallet.work.service import Lease, WorkService


class VisitCase:
    """
    A visit as its calls see it.
    """

    def __init__(self, records: VisitRecords, resident_id: int, visit_id: int) -> None:
        self._records = records
        self._visit_id = visit_id
        self.resident_id = resident_id
        self.subject = Subject("visit", visit_id)
        self._get = Once(self._read)

    async def order(self, session: AsyncSession, operation: str) -> Order | Refused:
        """
        Build the request of an operation.
        """
        visit = await self._get(session)
        if visit.insurance is None:
            return Refused("NOT_BOUND")
        request = (
            _register(visit, visit.insurance.subject, visit.insurance.credential)
            if operation == "register"
            else CancelRegistration(
                subject=visit.insurance.subject, credential=b"", operator=visit.details.operator
            )
        )
        return Order(
            party_id=visit.party_id,
            integration_id=visit.insurance.integration_id,
            request=request,
            continuation=visit.continuation,
        )

    async def amount(self, session: AsyncSession, operation: str) -> int | None:
        """
        No amount is involved.
        """
        del session, operation
        return None

    async def continuation(self, session: AsyncSession) -> bytes:
        """
        Return what the integration remembers.
        """
        return (await self._get(session)).continuation

    async def told(self, session: AsyncSession, event: Event) -> None:
        """
        Move the visit.
        """
        visit = await self._get(session)
        state = machine.apply(visit.state, event)
        secrets: dict[str, bytes] = {}
        match event:
            case Done(result=result, continuation=continuation):
                secrets["continuation"] = continuation
                if isinstance(result, Registered):
                    secrets["visit_reference"] = result.visit_reference.encode()
            case Doubtful(continuation=bytes() as continuation):
                secrets["continuation"] = continuation
            case _:
                pass
        if state.phase != "registering":
            secrets["credential"] = b""
        await self._records.move(session, visit, state, secrets)

    async def _read(self, session: AsyncSession) -> Visit:
        return await self._records.get(session, self.resident_id, self._visit_id)


class VisitHandler:
    """
    The worker's hand for visits.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        work: WorkService,
        conductor: Conductor,
        records: VisitRecords,
    ) -> None:
        self._database = database
        self._clock = clock
        self._work = work
        self._conductor = conductor
        self._records = records

    async def step(self, lease: Lease) -> datetime | None:
        """
        Do the next step of a visit.
        """
        async with self._database.reading() as session:
            visit = await self._records.get(session, lease.resident_id, lease.subject_id)
        state = visit.state
        if state.phase == "open":
            return await self._rest(lease, visit)
        if not state.moving:
            return None
        case = VisitCase(self._records, visit.resident_id, visit.visit_id)
        if state.status == "due":
            return await self._conductor.begin(lease, case, state.operation)
        if state.status == "sent":
            return await self._conductor.resume(lease, case, state.operation)
        if state.repeating:
            return await self._conductor.repeat(lease, case, state.operation)
        return await self._conductor.ask(lease, case, state.operation)

    async def _rest(self, lease: Lease, visit: Visit) -> datetime | None:
        """
        Close a visit whose time is over, unless something is going on in it.
        """
        if self._clock.now() < visit.closes_at:
            return visit.closes_at
        if visit.open_settlement_id is not None:
            return visit.closes_at + (self._clock.now() - visit.opened_at)
        async with self._database.transaction() as session:
            await self._work.hold(session, lease)
            await self._records.move(session, visit, machine.close(visit.state), {})
        return None


def _register(visit: Visit, subject: str, credential: bytes) -> Register:
    details = visit.details
    return Register(
        subject=subject,
        credential=credential,
        visit_number=visit.visit_number,
        department_code=details.department_code,
        department_name=details.department_name,
        doctor_code=details.doctor_code,
        doctor_name=details.doctor_name,
        operator=details.operator,
        at=visit.opened_at,
    )
