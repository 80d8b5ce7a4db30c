"""
Statements on presentations.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from wallet.db import kept, keyed
from wallet.db.exceptions import OPTION, PRUNING
from wallet.presentations.models import AnswerRow, PresentationRow

_DROP: Final = (
    update(AnswerRow)
    .where(
        *keyed.matching(AnswerRow, "resident_id", "presentation_id"),
        col(AnswerRow.credential).is_not(None),
    )
    .values(credential=None)
    .execution_options(synchronize_session=False)
)


async def add(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """
    Write a new presentation.
    """
    await keyed.add(session, PresentationRow, values)


async def add_answer(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """
    Write what a context answered.
    """
    await keyed.add(session, AnswerRow, values)


async def presentation(
    session: AsyncSession, resident_id: int, presentation_id: int
) -> PresentationRow | None:
    """
    Return one presentation.
    """
    named = _named(resident_id, presentation_id)
    return await keyed.one(session, PresentationRow, **named)


async def answers(
    session: AsyncSession, resident_id: int, presentation_id: int
) -> Sequence[AnswerRow]:
    """
    Return what the contexts answered, or what the code brought while nothing was answered.
    """
    named = _named(resident_id, presentation_id)
    return await keyed.some(session, AnswerRow, ("context",), named)


async def claim(
    session: AsyncSession, resident_id: int, presentation_id: int, use: str, at: datetime
) -> bool:
    """
    Take an unclaimed presentation for one use; False when it was taken before.
    """
    named = _named(resident_id, presentation_id) | {"claimed_for": None}
    new = {"claimed_for": use, "claimed_at": at}
    return await keyed.change(session, PresentationRow, named, new)


async def release(
    session: AsyncSession, resident_id: int, presentation_id: int, at: datetime
) -> bool:
    """
    Mark a presentation as answered; False when it was answered before.
    """
    named = _named(resident_id, presentation_id) | {"released_at": None}
    return await keyed.change(session, PresentationRow, named, {"released_at": at})


async def drop_answers(session: AsyncSession, resident_id: int, presentation_id: int) -> None:
    """
    Remove what a code brought, before what the contexts answered takes its place.
    """
    await keyed.remove(session, AnswerRow, _named(resident_id, presentation_id))


async def drop_credentials(session: AsyncSession, resident_id: int, presentation_id: int) -> None:
    """
    Forget the credentials of a presentation.
    """
    await kept.count(session, _DROP, keyed.having(_named(resident_id, presentation_id)))


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


def _named(resident_id: int, presentation_id: int) -> dict[str, Any]:
    return {"resident_id": resident_id, "presentation_id": presentation_id}


async def _changed(session: AsyncSession, statement: Any) -> int:  # noqa: ANN401
    result: Any = await session.execute(statement)
    return int(result.rowcount)
