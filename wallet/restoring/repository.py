"""
Statements on restores.
"""

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.restoring.models import RestorationRow


async def open_one(session: AsyncSession) -> RestorationRow | None:
    """
    Return the newest restore that is not ended.
    """
    statement = (
        select(RestorationRow)
        .where(col(RestorationRow.ended_at).is_(None))
        .order_by(col(RestorationRow.begun_at).desc())
        .limit(1)
    )
    return (await session.execute(statement)).scalar_one_or_none()


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
