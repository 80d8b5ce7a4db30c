"""
Statements on restores.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.restoring.models import RestorationRow


async def open_ones(session: AsyncSession) -> Sequence[RestorationRow]:
    """
    Return every restore that is not ended, the newest last.

    A backup that was made while one was open has it in it when it is restored itself.
    """
    statement = (
        select(RestorationRow)
        .where(col(RestorationRow.ended_at).is_(None))
        .order_by(col(RestorationRow.begun_at), col(RestorationRow.restoration_id))
    )
    return (await session.execute(statement)).scalars().all()


async def add(session: AsyncSession, row: RestorationRow) -> None:
    """
    Keep a restore.
    """
    session.add(row)
    await session.flush()


async def change_open(
    session: AsyncSession, values: dict[str, Any], *, compared: int | None = None
) -> int:
    """
    Change every restore that is not ended, or only those with so many differences by now.

    Returns:
        How many there were; one that was compared again, or begun, since somebody looked at the
        differences is none of them.
    """
    statement = update(RestorationRow).where(col(RestorationRow.ended_at).is_(None))
    if compared is not None:
        statement = statement.where(col(RestorationRow.differences) == compared)
    changed: Any = await session.execute(statement.values(values))
    return int(changed.rowcount)
