"""
Statements on visits.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db.listing import how_many, oldest
from wallet.visiting.models import REVIEW, VisitRow


def _is(resident_id: int, visit_id: int) -> ColumnElement[bool]:
    return and_(col(VisitRow.resident_id) == resident_id, col(VisitRow.visit_id) == visit_id)


async def one(session: AsyncSession, resident_id: int, visit_id: int) -> VisitRow | None:
    """
    Return a visit as it is now.
    """
    statement = select(VisitRow).where(_is(resident_id, visit_id))
    fresh = statement.execution_options(populate_existing=True)
    return (await session.execute(fresh)).scalar_one_or_none()


async def page(
    session: AsyncSession, resident_id: int, before: int | None, limit: int
) -> Sequence[VisitRow]:
    """
    Return visits of a resident, newest first.
    """
    statement = select(VisitRow).where(col(VisitRow.resident_id) == resident_id)
    if before is not None:
        statement = statement.where(col(VisitRow.visit_id) < before)
    ordered = statement.order_by(col(VisitRow.visit_id).desc()).limit(limit)
    return (await session.execute(ordered)).scalars().all()


async def in_phase(session: AsyncSession, phase: str, limit: int) -> Sequence[VisitRow]:
    """
    Return visits of anybody in a phase, the oldest first.
    """
    which = REVIEW if phase == "review" else col(VisitRow.phase) == phase
    order = (col(VisitRow.opened_at), col(VisitRow.visit_id))
    return await oldest(session, VisitRow, which, order=order, limit=limit)


async def in_review(session: AsyncSession) -> int:
    """
    Return how many visits of anybody wait for a person.
    """
    return await how_many(session, VisitRow, REVIEW)


async def change(
    session: AsyncSession, row: VisitRow, values: dict[str, Any], *, version: int
) -> bool:
    """
    Change a visit that nobody changed since it was read; False when somebody did.
    """
    statement = (
        update(VisitRow)
        .where(_is(row.resident_id, row.visit_id), col(VisitRow.version) == version)
        .values({**values, "version": version + 1})
        .execution_options(synchronize_session=False)
    )
    return int((await session.execute(statement)).rowcount) == 1  # type: ignore[attr-defined]


async def take(
    session: AsyncSession, resident_id: int, visit_id: int, settlement_id: int, *, standing: int
) -> bool:
    """
    Make a settlement the one that is going on; False when another is or the visit is not open.

    Args:
        session: the settlement's transaction.
        resident_id: whose visit.
        visit_id: which.
        settlement_id: which one goes on.
        standing: 0 for a new one; -1 for a completed one that is being undone, which a closed
            visit allows too.
    """
    phases = ("open",) if standing == 0 else ("open", "closed")
    statement = (
        update(VisitRow)
        .where(
            _is(resident_id, visit_id),
            col(VisitRow.open_settlement_id).is_(None),
            col(VisitRow.phase).in_(phases),
        )
        .values(
            open_settlement_id=settlement_id,
            standing=col(VisitRow.standing) + standing,
            version=col(VisitRow.version) + 1,
        )
        .execution_options(synchronize_session=False)
    )
    return int((await session.execute(statement)).rowcount) == 1  # type: ignore[attr-defined]


async def hand_over(
    session: AsyncSession,
    resident_id: int,
    visit_id: int,
    settlement_id: int,
    successor: tuple[int | None, int],
) -> bool:
    """
    End a settlement's turn; False when it was not its turn.

    Args:
        session: the settlement's transaction.
        resident_id: whose visit.
        visit_id: which.
        settlement_id: whose turn ends.
        successor: whose turn begins, or None, and by how much the standing ones grow.
    """
    following, standing = successor
    statement = (
        update(VisitRow)
        .where(_is(resident_id, visit_id), col(VisitRow.open_settlement_id) == settlement_id)
        .values(
            open_settlement_id=following,
            standing=col(VisitRow.standing) + standing,
            version=col(VisitRow.version) + 1,
        )
        .execution_options(synchronize_session=False)
    )
    return int((await session.execute(statement)).rowcount) == 1  # type: ignore[attr-defined]
