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


async def change_open(session: AsyncSession, values: dict[str, Any]) -> None:
    """
    Change every restore that is not ended.
    """
    await session.execute(
        update(RestorationRow).where(col(RestorationRow.ended_at).is_(None)).values(values)
    )


async def end_compared(session: AsyncSession, differences: int, values: dict[str, Any]) -> int:
    """
    Change every restore that is not ended, if that is how many differences it has by now.

    Returns:
        How many there were; one that was compared again, or begun, since it was looked at is none.
    """
    changed: Any = await session.execute(
        update(RestorationRow)
        .where(
            col(RestorationRow.ended_at).is_(None), col(RestorationRow.differences) == differences
        )
        .values(values)
    )
    return int(changed.rowcount)
