"""
Statements on the journal: one appends, the others read.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import keyed
from wallet.db.exceptions import LISTENERS
from wallet.journal.models import JournalRow


async def append(session: AsyncSession, values: dict[str, Any]) -> None:
    """
    Append an entry.
    """
    await keyed.add(session, JournalRow, values)


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


async def after(
    session: AsyncSession, resident_id: int, seen: int, limit: int
) -> Sequence[JournalRow]:
    """
    Return the newest entries, up to `limit` of those newer than `seen`, oldest first.
    """
    statement = (
        select(JournalRow)
        .where(col(JournalRow.resident_id) == resident_id, col(JournalRow.entry_id) > seen)
        .order_by(col(JournalRow.entry_id).desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()[::-1]


async def these(
    session: AsyncSession, resident_id: int, entries: Sequence[int]
) -> Sequence[JournalRow]:
    """
    Return these entries, oldest first.
    """
    statement = (
        select(JournalRow)
        .where(col(JournalRow.resident_id) == resident_id, col(JournalRow.entry_id).in_(entries))
        .order_by(col(JournalRow.entry_id))
    )
    return (await session.execute(statement)).scalars().all()


async def about(
    session: AsyncSession, resident_id: int, kind: str, subject_id: int, limit: int
) -> Sequence[JournalRow]:
    """
    Return the newest entries of a kind about one thing, up to `limit`, oldest first.
    """
    statement = (
        select(JournalRow)
        .where(
            col(JournalRow.resident_id) == resident_id,
            col(JournalRow.kind) == kind,
            col(JournalRow.subject_id) == subject_id,
        )
        .order_by(col(JournalRow.entry_id).desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()[::-1]


async def since(
    session: AsyncSession, residents: Sequence[int], entry_id: int
) -> Sequence[tuple[int, int]]:
    """
    Return resident and id of every entry of these residents from an id on.
    """
    statement = (
        select(JournalRow.resident_id, JournalRow.entry_id)
        .where(col(JournalRow.resident_id).in_(residents), col(JournalRow.entry_id) >= entry_id)
        .execution_options(cross_shard=LISTENERS)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
