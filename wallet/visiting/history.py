"""
Visits as the resident sees them: where, since when, how they stand.

Neither department nor doctor is among it, since either can tell an illness; so nothing encrypted
is opened here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.db.session import Database
from wallet.errors import NotFoundError, ValidationFailedError
from wallet.parties.words import PartySettings
from wallet.vault import Vault
from wallet.visiting import repository
from wallet.visiting.machine import VisitState
from wallet.visiting.models import VisitRow
from wallet.visiting.records import state_of
from wallet.visiting.service import KIND


class Parties(Protocol):
    """
    What a history needs to know of relying parties.
    """

    async def settings(self, session: AsyncSession, party_id: int) -> PartySettings:
        """
        Return how the wallet treats a party, and its name.
        """
        ...


class OwnVisit(Struct, frozen=True, kw_only=True):
    """
    A visit as its resident knows it.

    Attributes:
        id: sealed for the resident.
        party_name: where it is.
        settling: a settlement is going on in it.
        settlements: how many are completed.
    """

    id: str
    party_name: str
    state: VisitState
    settling: bool
    settlements: int
    opened_at: datetime
    closes_at: datetime

    def __repr__(self) -> str:
        """
        Show nothing of where somebody was.
        """
        return f"OwnVisit({self.state.phase!r})"


class HistoryService:
    """
    Reads a resident's visits.
    """

    def __init__(self, *, database: Database, vault: Vault, parties: Parties) -> None:
        self._database = database
        self._vault = vault
        self._parties = parties

    async def page(
        self, resident_id: int, *, cursor: str | None, limit: int
    ) -> tuple[Sequence[OwnVisit], str | None]:
        """
        Return a resident's visits, newest first, and the cursor of the next page.

        Raises:
            ValidationFailedError: the cursor is not one of this resident's.
        """
        before = None
        if cursor is not None:
            opened = self._vault.open_id(KIND, _audience(resident_id), cursor)
            if opened is None:
                raise ValidationFailedError("Look at: cursor")
            before = opened[1]
        async with self._database.reading() as session:
            rows = await repository.page(session, resident_id, before, limit + 1)
            visits = [await self._read(session, row) for row in rows[:limit]]
        return visits, visits[-1].id if len(rows) > limit else None

    async def get(self, resident_id: int, name: str) -> OwnVisit:
        """
        Return one of the resident's visits.

        Raises:
            NotFoundError: there is none.
        """
        key = self._vault.open_id(KIND, _audience(resident_id), name)
        if key is None:
            raise NotFoundError
        async with self._database.reading() as session:
            row = await repository.one(session, *key)
            if row is None:
                raise NotFoundError
            return await self._read(session, row)

    async def _read(self, session: AsyncSession, row: VisitRow) -> OwnVisit:
        party = await self._parties.settings(session, row.party_id)
        audience = _audience(row.resident_id)
        return OwnVisit(
            id=self._vault.seal_id(KIND, audience, row.resident_id, row.visit_id),
            party_name=party.name,
            state=state_of(row),
            settling=row.open_settlement_id is not None,
            settlements=row.standing,
            opened_at=row.opened_at,
            closes_at=row.closes_at,
        )


def _audience(resident_id: int) -> str:
    return f"resident:{resident_id}"
