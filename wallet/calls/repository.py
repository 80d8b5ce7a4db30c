"""
Statements on committed calls.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.calls.models import CallRow


async def latest(
    session: AsyncSession, resident_id: int, subject: tuple[str, int], operation: str
) -> CallRow | None:
    """
    Return the newest call of that operation about a subject.
    """
    statement = (
        select(CallRow)
        .where(
            col(CallRow.resident_id) == resident_id,
            col(CallRow.subject_kind) == subject[0],
            col(CallRow.subject_id) == subject[1],
            col(CallRow.operation) == operation,
        )
        .order_by(col(CallRow.prepared_at).desc(), col(CallRow.call_id).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def newest(
    session: AsyncSession, resident_id: int, subject: tuple[str, int], limit: int = 1
) -> Sequence[CallRow]:
    """
    Return the newest calls about a subject, of whatever operation.
    """
    statement = (
        select(CallRow)
        .where(
            col(CallRow.resident_id) == resident_id,
            col(CallRow.subject_kind) == subject[0],
            col(CallRow.subject_id) == subject[1],
        )
        .order_by(col(CallRow.prepared_at).desc(), col(CallRow.call_id).desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def change(
    session: AsyncSession, resident_id: int, call_id: int, values: dict[str, Any]
) -> None:
    """
    Change a call; whoever does holds the lease of what it is about.
    """
    statement = (
        update(CallRow)
        .where(col(CallRow.resident_id) == resident_id, col(CallRow.call_id) == call_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)
