"""
Lists for operators: the oldest rows of anybody in a phase, a bounded number of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, TextClause, and_, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, select

from wallet.db.exceptions import OPERATORS_LIST, OPTION

R = TypeVar("R", bound=SQLModel)


async def oldest(
    session: AsyncSession,
    row: type[R],
    *where: ColumnElement[bool] | TextClause,
    order: tuple[Any, Any],
    after: tuple[datetime, int] | None = None,
    limit: int,
) -> Sequence[R]:
    """
    Return rows of anybody, the oldest first.

    Args:
        session: one that reads.
        row: which table's.
        where: which of them; an index should know.
        order: the instant that tells their age, and an id that tells apart what is equally old.
        after: both, of the last row of the page before.
        limit: at most so many.
    """
    statement = select(row).where(*where).order_by(*order).limit(limit)
    if after is not None:
        (age, number), (last_age, last) = order, after
        later = or_(age > last_age, and_(age == last_age, number > last))
        statement = statement.where(later)
    marked = statement.execution_options(**{OPTION: OPERATORS_LIST})
    return (await session.execute(marked)).scalars().all()


async def how_many(
    session: AsyncSession, row: type[SQLModel], *where: ColumnElement[bool] | TextClause
) -> int:
    """
    Return how many rows of anybody there are; an index should know.
    """
    statement = select(func.count()).select_from(row).where(*where)
    marked = statement.execution_options(**{OPTION: OPERATORS_LIST})
    return int((await session.execute(marked)).scalar_one())
