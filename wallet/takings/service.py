"""
Takings: written beside the books, added up for whoever ends a shift (交班).

The books are distributed by resident, and a terminal's shift is not: so what a terminal did is
kept a second time, by party and terminal, without anything that names a person. Rows are only
added; two that are written at once wait for nobody, and a sum is a fold.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import keyed
from wallet.db.session import Database
from wallet.ids import Ids
from wallet.takings.models import TakingRow
from wallet.takings.words import GIVEN_BACK, SETTLED, TAKEN, UNDONE

__all__ = ("Sum", "Taking", "TakingsService", "Totals")


class Taking(Struct, frozen=True, kw_only=True):
    """
    What a terminal settled, undid, took or gave back.

    Attributes:
        kind: one of `wallet.takings.words.KINDS`.
        method: how it was met; empty for a settlement.
        provider: the payment integration, or empty.
        insured_minor: of a settlement, what the patient does not pay.
        at: aware UTC instant.
    """

    party_id: int
    terminal_id: int
    kind: str
    amount_minor: int
    at: datetime
    method: str = ""
    provider: str = ""
    insured_minor: int = 0


class Sum(Struct, frozen=True, kw_only=True):
    """
    How many there were, and what they come to.
    """

    count: int = 0
    amount_minor: int = 0
    insured_minor: int = 0


class Totals(Struct, frozen=True, kw_only=True):
    """
    A shift.

    Attributes:
        taken, given_back: by method and provider.
    """

    settled: Sum
    undone: Sum
    taken: Mapping[tuple[str, str], Sum]
    given_back: Mapping[tuple[str, str], Sum]


_NOTHING: Final = Sum()


class TakingsService:
    """
    Keeps takings.
    """

    def __init__(self, *, database: Database, ids: Ids) -> None:
        self._database = database
        self._ids = ids

    async def note(self, session: AsyncSession, taking: Taking) -> None:
        """
        Write a taking, in the transaction that books it.
        """
        if taking.amount_minor == 0:
            return
        values = {name: getattr(taking, name) for name in taking.__struct_fields__}
        await keyed.add(session, TakingRow, {"taking_id": self._ids.local(), **values})

    async def totals(
        self, party_id: int, terminal_id: int, since: datetime, until: datetime
    ) -> Totals:
        """
        Return what a terminal did from one instant until before another.
        """
        key = (col(TakingRow.kind), col(TakingRow.method), col(TakingRow.provider))
        query = (
            select(*key)
            .add_columns(
                func.count(),
                func.sum(col(TakingRow.amount_minor)),
                func.sum(col(TakingRow.insured_minor)),
            )
            .where(
                col(TakingRow.party_id) == party_id,
                col(TakingRow.terminal_id) == terminal_id,
                col(TakingRow.at) >= since,
                col(TakingRow.at) < until,
            )
            .group_by(*key)
            .order_by(*key)
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        found = {
            (kind, method, provider): Sum(
                count=int(count), amount_minor=int(amount), insured_minor=int(insured)
            )
            for kind, method, provider, count, amount, insured in rows
        }
        return Totals(
            settled=found.get((SETTLED, "", ""), _NOTHING),
            undone=found.get((UNDONE, "", ""), _NOTHING),
            taken=_of(found, TAKEN),
            given_back=_of(found, GIVEN_BACK),
        )


def _of(found: Mapping[tuple[str, str, str], Sum], kind: str) -> Mapping[tuple[str, str], Sum]:
    return {key[1:]: each for key, each in found.items() if key[0] == kind}
