"""
Visits as the rest of the wallet knows them, read from and written to their encrypted rows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.calls.drawer import Drawer
from wallet.errors import NotFoundError, StateConflictError
from wallet.vault import Vault
from wallet.visiting import repository
from wallet.visiting.machine import VisitState
from wallet.visiting.models import VisitRow


class Details(Struct, frozen=True, kw_only=True):
    """
    Where in the hospital the visit is.
    """

    department_code: str
    department_name: str
    doctor_code: str
    doctor_name: str
    operator: str

    def __repr__(self) -> str:
        """
        Show nothing: a department can tell an illness.
        """
        return "Details(…)"


class Insurance(Struct, frozen=True, kw_only=True):
    """
    Who is insured, and with what the insurer was or will be asked.
    """

    integration_id: str
    binding_id: int | None
    subject: str
    credential: bytes

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Insurance({self.integration_id!r})"


class Visit(Struct, frozen=True, kw_only=True):
    """
    A visit.

    Attributes:
        insurance: None when it was opened without.
        continuation: what the insurer's integration remembers of the registration.
        open_settlement_id: the settlement that is going on.
        standing: settlements that are completed.
    """

    resident_id: int
    visit_id: int
    party_id: int
    terminal_id: int
    presentation_id: int
    version: int
    state: VisitState
    insurance: Insurance | None
    visit_number: str
    details: Details
    continuation: bytes
    visit_reference: str
    open_settlement_id: int | None
    standing: int
    opened_at: datetime
    closes_at: datetime

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Visit({self.state.phase!r})"


class WaitingVisit(Struct, frozen=True, kw_only=True):
    """
    Where a visit stands, and nothing that tells of the person.
    """

    resident_id: int
    visit_id: int
    party_id: int
    phase: str
    resume_phase: str
    status: str
    reason: str
    opened_at: datetime


class VisitRecords:
    """
    Reads and writes visits.
    """

    def __init__(self, vault: Vault) -> None:
        self._drawer = Drawer(vault, VisitRow.__tablename__)

    async def add(self, session: AsyncSession, visit: Visit) -> None:
        """
        Write a new visit.
        """
        insurance = visit.insurance
        number = visit.visit_id
        details = msgspec.json.encode(visit.details)
        values = {
            "resident_id": visit.resident_id,
            "visit_id": number,
            "party_id": visit.party_id,
            "terminal_id": visit.terminal_id,
            "presentation_id": visit.presentation_id,
            "version": visit.version,
            **msgspec.structs.asdict(visit.state),
            "integration_id": insurance.integration_id if insurance else "",
            "binding_id": insurance.binding_id if insurance else None,
            "visit_number": visit.visit_number,
            "details": await self._drawer.put(
                session, visit.resident_id, "details", number, details
            ),
            "subject": await self._put(
                session, visit, "subject", insurance.subject.encode() if insurance else b""
            ),
            "credential": await self._put(
                session, visit, "credential", insurance.credential if insurance else b""
            ),
            "continuation": None,
            "visit_reference": None,
            "open_settlement_id": None,
            "standing": 0,
            "opened_at": visit.opened_at,
            "closes_at": visit.closes_at,
        }
        await repository.add(session, values)

    async def get(self, session: AsyncSession, resident_id: int, visit_id: int) -> Visit:
        """
        Read a visit.

        Raises:
            NotFoundError: there is none.
        """
        row = await repository.one(session, resident_id, visit_id)
        if row is None:
            raise NotFoundError
        details = await self._take(session, row, "details")
        insurance = None
        if row.integration_id:
            insurance = Insurance(
                integration_id=row.integration_id,
                binding_id=row.binding_id,
                subject=(await self._take(session, row, "subject")).decode(),
                credential=await self._take(session, row, "credential"),
            )
        return Visit(
            resident_id=row.resident_id,
            visit_id=row.visit_id,
            party_id=row.party_id,
            terminal_id=row.terminal_id,
            presentation_id=row.presentation_id,
            version=row.version,
            state=state_of(row),
            insurance=insurance,
            visit_number=row.visit_number,
            details=msgspec.json.decode(details, type=Details),
            continuation=await self._take(session, row, "continuation"),
            visit_reference=(await self._take(session, row, "visit_reference")).decode(),
            open_settlement_id=row.open_settlement_id,
            standing=row.standing,
            opened_at=row.opened_at,
            closes_at=row.closes_at,
        )

    async def in_phase(
        self,
        session: AsyncSession,
        phase: str,
        limit: int,
        *,
        after: tuple[datetime, int] | None = None,
    ) -> Sequence[WaitingVisit]:
        """
        Return visits of anybody in a phase, the oldest first; for operators.
        """
        rows = await repository.in_phase(session, phase, limit, after=after)
        return [_waiting(row) for row in rows]

    async def in_review(self, session: AsyncSession) -> int:
        """
        Return how many visits of anybody wait for a person.
        """
        return await repository.in_review(session)

    async def standing(
        self, session: AsyncSession, resident_id: int, visit_id: int
    ) -> WaitingVisit:
        """
        Return where a visit stands; for operators.

        Raises:
            NotFoundError: there is none.
        """
        row = await repository.one(session, resident_id, visit_id)
        if row is None:
            raise NotFoundError
        return _waiting(row)

    async def move(
        self,
        session: AsyncSession,
        visit: Visit,
        state: VisitState,
        secrets: dict[str, bytes],
    ) -> None:
        """
        Write a visit's new state, and what changed of its encrypted columns (empty: forget it).

        Raises:
            StateConflictError: somebody else changed the visit meanwhile.
        """
        values: dict[str, Any] = msgspec.structs.asdict(state)
        for column, plain in secrets.items():
            values[column] = await self._put(session, visit, column, plain)
        key = (visit.resident_id, visit.visit_id)
        if not await repository.change(session, key, values, version=visit.version):
            raise StateConflictError

    async def _put(
        self, session: AsyncSession, visit: Visit, column: str, plain: bytes
    ) -> bytes | None:
        if not plain:
            return None
        return await self._drawer.put(session, visit.resident_id, column, visit.visit_id, plain)

    async def _take(self, session: AsyncSession, row: VisitRow, column: str) -> bytes:
        sealed: bytes | None = getattr(row, column)
        return await self._drawer.take(session, row.resident_id, column, row.visit_id, sealed)


def _waiting(row: VisitRow) -> WaitingVisit:
    return WaitingVisit(**{name: getattr(row, name) for name in WaitingVisit.__struct_fields__})


def state_of(row: VisitRow) -> VisitState:
    """
    Return where a row's visit stands.
    """
    fields = {name: getattr(row, name) for name in VisitState.__struct_fields__}
    return msgspec.convert(fields, VisitState)
