"""
Statements on presentations.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db.exceptions import OPTION, PRUNING
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
    Return what the contexts answered, or what the code brought while nothing was answered.
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
    return await _changed(session, statement) == 1


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
    return await _changed(session, statement) == 1


async def drop_answers(session: AsyncSession, resident_id: int, presentation_id: int) -> None:
    """
    Remove what a code brought, before what the contexts answered takes its place.
    """
    statement = delete(AnswerRow).where(
        col(AnswerRow.resident_id) == resident_id,
        col(AnswerRow.presentation_id) == presentation_id,
    )
    await _changed(session, statement)


async def drop_credentials(session: AsyncSession, resident_id: int, presentation_id: int) -> None:
    """
    Forget the credentials of a presentation.
    """
    statement = (
        update(AnswerRow)
        .where(
            col(AnswerRow.resident_id) == resident_id,
            col(AnswerRow.presentation_id) == presentation_id,
            col(AnswerRow.credential).is_not(None),
        )
        .values(credential=None)
    )
    await _changed(session, statement)


async def drop_expired_credentials(session: AsyncSession, now: datetime) -> int:
    """
    Forget the credentials of everybody's presentations whose handle is of no use any more.
    """
    over = exists().where(
        col(PresentationRow.resident_id) == col(AnswerRow.resident_id),
        col(PresentationRow.presentation_id) == col(AnswerRow.presentation_id),
        col(PresentationRow.expires_at) <= now,
    )
    statement = (
        update(AnswerRow)
        .where(col(AnswerRow.credential).is_not(None), over)
        .values(credential=None)
        .execution_options(synchronize_session=False, **{OPTION: PRUNING})
    )
    return await _changed(session, statement)


async def _changed(session: AsyncSession, statement: Any) -> int:  # noqa: ANN401
    result: Any = await session.execute(statement)
    return int(result.rowcount)
