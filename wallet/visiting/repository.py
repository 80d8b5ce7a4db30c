"""
Statements on visits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Update, bindparam, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import kept, keyed
from wallet.db.listing import how_many, oldest
from wallet.visiting.models import REVIEW, VisitRow

_KEY: Final = ("resident_id", "visit_id")


def _turned(*conditions: ColumnElement[bool]) -> Update:
    """
    Return the statement that gives a visit's turn to a settlement, or to nobody.
    """
    return (
        update(VisitRow)
        .where(*keyed.matching(VisitRow, *_KEY), *conditions)
        .values(
            open_settlement_id=bindparam("following", type_=BigInteger),
            standing=col(VisitRow.standing) + bindparam("standing", type_=BigInteger),
            version=col(VisitRow.version) + 1,
        )
        .execution_options(synchronize_session=False)
    )


_NOBODYS: Final = col(VisitRow.open_settlement_id).is_(None)
_TAKE: Final = _turned(
    _NOBODYS,
    col(VisitRow.phase) == "open",
    col(VisitRow.version) == bindparam("seen", type_=BigInteger),
)
_RETAKE: Final = _turned(
    _NOBODYS, or_(col(VisitRow.phase) == "open", col(VisitRow.phase) == "closed")
)
_HAND_OVER: Final = _turned(
    col(VisitRow.open_settlement_id) == bindparam("turn", type_=BigInteger)
)


async def one(session: AsyncSession, resident_id: int, visit_id: int) -> VisitRow | None:
    """
    Return a visit as it is now.
    """
    return await keyed.one(session, VisitRow, resident_id=resident_id, visit_id=visit_id)


async def add(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """
    Write a new visit.
    """
    await keyed.add(session, VisitRow, values)


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


async def in_phase(
    session: AsyncSession, phase: str, limit: int, *, after: tuple[datetime, int] | None = None
) -> Sequence[VisitRow]:
    """
    Return visits of anybody in a phase, the oldest first.
    """
    which = REVIEW if phase == "review" else col(VisitRow.phase) == phase
    order = (col(VisitRow.opened_at), col(VisitRow.visit_id))
    return await oldest(session, VisitRow, which, order=order, after=after, limit=limit)


async def in_review(session: AsyncSession) -> int:
    """
    Return how many visits of anybody wait for a person.
    """
    return await how_many(session, VisitRow, REVIEW)


async def change(
    session: AsyncSession, key: tuple[int, int], values: dict[str, Any], *, version: int
) -> bool:
    """
    Change a visit that nobody changed since it was read; False when somebody did.
    """
    named = {"resident_id": key[0], "visit_id": key[1], "version": version}
    return await keyed.change(session, VisitRow, named, {**values, "version": version + 1})


async def take(
    session: AsyncSession, key: tuple[int, int], settlement_id: int, *, version: int
) -> bool:
    """
    Make a new settlement the one that is going on.

    Args:
        session: the settlement's transaction.
        key: of the visit.
        settlement_id: which one goes on.
        version: of the visit that the settlement was made from.

    Returns:
        False when another one is, the visit is not open, or it was changed since it was read.
    """
    return await _taken(session, _TAKE, key, settlement_id, standing=0, seen=version)


async def retake(session: AsyncSession, key: tuple[int, int], settlement_id: int) -> bool:
    """
    Make a completed settlement, which is to be undone, the one that is going on.

    Returns:
        False when another one is, or the visit is neither open nor closed.
    """
    return await _taken(session, _RETAKE, key, settlement_id, standing=-1)


async def _taken(
    session: AsyncSession,
    statement: Update,
    key: tuple[int, int],
    settlement_id: int,
    **given: int,
) -> bool:
    named = keyed.having({"resident_id": key[0], "visit_id": key[1]})
    return await kept.count(session, statement, named | given | {"following": settlement_id}) == 1


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
    named = keyed.having({"resident_id": resident_id, "visit_id": visit_id})
    given = {"turn": settlement_id, "following": following, "standing": standing}
    return await kept.count(session, _HAND_OVER, named | given) == 1
