"""
Uniqueness is the database's: insert first, and let it tell who was there already.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel


async def insert_first(
    session: AsyncSession, model: type[SQLModel], values: Mapping[str, Any]
) -> bool:
    """
    Insert a row unless any uniqueness rule of its table is against it.

    Returns:
        True when the row is ours, False when another one was there.
    """
    table: Table = model.__table__  # type: ignore[attr-defined]
    dialect = session.get_bind().dialect.name
    mine: ColumnElement[int] = literal_column("1")
    if dialect == "postgresql":
        rows = await session.execute(
            postgresql.insert(table).values(**values).on_conflict_do_nothing().returning(mine)
        )
    else:
        rows = await session.execute(
            sqlite.insert(table).values(**values).on_conflict_do_nothing().returning(mine)
        )
    return rows.first() is not None
