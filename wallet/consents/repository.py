"""
Statements on consents.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.consents.models import ConsentRow
from wallet.db.conflicts import insert_first


async def live(session: AsyncSession, resident_id: int) -> Sequence[ConsentRow]:
    """
    Return the consents that stand.
    """
    statement = select(ConsentRow).where(
        col(ConsentRow.resident_id) == resident_id, col(ConsentRow.withdrawn_at).is_(None)
    )
    return (await session.execute(statement)).scalars().all()


async def add(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """
    Add a consent unless one that says the same stands.
    """
    return await insert_first(session, ConsentRow, values)


async def withdraw(session: AsyncSession, resident_id: int, consent_id: int, at: datetime) -> bool:
    """
    Withdraw one consent; False when it does not stand.
    """
    statement = (
        update(ConsentRow)
        .where(
            col(ConsentRow.resident_id) == resident_id,
            col(ConsentRow.consent_id) == consent_id,
            col(ConsentRow.withdrawn_at).is_(None),
        )
        .values(withdrawn_at=at)
    )
    result = await session.execute(statement)
    return int(result.rowcount) == 1  # type: ignore[attr-defined]
