"""
Uniqueness is the database's: insert first, and let it tell who was there already.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from wallet.db import kept, keyed


async def insert_first(
    session: AsyncSession, model: type[SQLModel], values: Mapping[str, Any]
) -> bool:
    """
    Insert a row unless any uniqueness rule of its table is against it.

    Returns:
        True when the row is ours, False when another one was there.
    """
    statement = _insert(model, tuple(values), session.get_bind().dialect.name)
    return await kept.first(session, statement, keyed.given(values)) is not None


@cache
def _insert(model: type[SQLModel], columns: tuple[str, ...], dialect: str) -> Insert:
    table = keyed.table_of(model)
    given = keyed.parameters([table.c[name] for name in columns])
    mine: ColumnElement[int] = literal_column("1").label("mine")
    if dialect == "postgresql":
        ours = postgresql.insert(table).values(given)
        return ours.on_conflict_do_nothing().returning(mine)
    return sqlite.insert(table).values(given).on_conflict_do_nothing().returning(mine)
