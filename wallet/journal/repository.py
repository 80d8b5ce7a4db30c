"""
Statements on the journal: one appends, one reads.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.journal.models import JournalRow


async def append(session: AsyncSession, values: dict[str, Any]) -> None:
    """
    Append an entry.
    """
    await session.execute(insert(JournalRow).values(**values))


async def page(
    session: AsyncSession, resident_id: int, before: int | None, limit: int
) -> Sequence[JournalRow]:
    """
    Return up to `limit` entries, newest first, older than the entry `before`.
    """
    statement = select(JournalRow).where(col(JournalRow.resident_id) == resident_id)
    if before is not None:
        statement = statement.where(col(JournalRow.entry_id) < before)
    statement = statement.order_by(col(JournalRow.entry_id).desc()).limit(limit)
    return (await session.execute(statement)).scalars().all()
