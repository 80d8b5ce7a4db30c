"""
The floor of the schema: the oldest program that may still run on it (decision 0025).
"""

from sqlalchemy import text as statement
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.db.tables import Table, table, text


class SchemaFloorRow(Table, table=True):
    """
    One row: the newest revision that a program has to know, raised by contract steps alone.
    """

    __tablename__ = "schema_floor"
    __table_args__ = table()

    floor: str = text(key=True)


async def standing(session: AsyncSession) -> str:
    """
    Return the revision that the database stands at.
    """
    rows = await session.execute(statement("SELECT version_num FROM alembic_version"))
    return str(rows.scalar_one())


async def floor(session: AsyncSession) -> str:
    """
    Return the revision that a program has to know.
    """
    rows = await session.execute(statement("SELECT floor FROM schema_floor"))
    return str(rows.scalar_one())
