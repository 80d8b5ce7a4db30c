"""
Statements on presentations.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.presentations.models import AnswerRow, PresentationRow


async def presentation(
    session: AsyncSession, resident_id: int, presentation_id: int
) -> PresentationRow | None:
    """
    Return one presentation.
    """
    return await session.get(PresentationRow, (resident_id, presentation_id))


async def answers(
    session: AsyncSession, resident_id: int, presentation_id: int
) -> Sequence[AnswerRow]:
    """
    Return what the contexts answered.
    """
    statement = select(AnswerRow).where(
        col(AnswerRow.resident_id) == resident_id,
        col(AnswerRow.presentation_id) == presentation_id,
    )
    return (await session.execute(statement)).scalars().all()


async def claim(
    session: AsyncSession, resident_id: int, presentation_id: int, use: str, at: datetime
) -> bool:
    """
    Take an unclaimed presentation for one use; False when it was taken before.
    """
    statement = (
        update(PresentationRow)
        .where(
            col(PresentationRow.resident_id) == resident_id,
            col(PresentationRow.presentation_id) == presentation_id,
            col(PresentationRow.claimed_for).is_(None),
        )
        .values(claimed_for=use, claimed_at=at)
    )
    result = await session.execute(statement)
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


async def release(
    session: AsyncSession, resident_id: int, presentation_id: int, at: datetime
) -> bool:
    """
    Mark a presentation as answered; False when it was answered before.
    """
    statement = (
        update(PresentationRow)
        .where(
            col(PresentationRow.resident_id) == resident_id,
            col(PresentationRow.presentation_id) == presentation_id,
            col(PresentationRow.released_at).is_(None),
        )
        .values(released_at=at)
    )
    result = await session.execute(statement)
    return int(result.rowcount) == 1  # type: ignore[attr-defined]
