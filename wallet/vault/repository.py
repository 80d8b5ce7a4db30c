"""
Statements on the keys of persons.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import keyed
from wallet.db.conflicts import insert_first
from wallet.db.exceptions import OPTION, REWRAPPING
from wallet.vault.models import PersonKeyRow


async def find(session: AsyncSession, resident_id: int, keep: str) -> tuple[bytes | None] | None:
    """
    Return the wrapped key, None inside when it was destroyed, None when there never was one.
    """
    row = await keyed.one(session, PersonKeyRow, resident_id=resident_id, keep=keep)
    return None if row is None else (row.wrapped,)


async def persons_after(session: AsyncSession, resident_id: int, limit: int) -> list[int]:
    """
    Return the next persons that have keys, in their order.
    """
    statement = (
        select(PersonKeyRow.resident_id)
        .where(col(PersonKeyRow.resident_id) > resident_id)
        .distinct()
        .order_by(col(PersonKeyRow.resident_id))
        .limit(limit)
        .execution_options(**{OPTION: REWRAPPING})
    )
    return list((await session.execute(statement)).scalars())


async def add(session: AsyncSession, resident_id: int, keep: str, wrapped: bytes) -> bool:
    """
    Add a key; False when there is one.
    """
    values = {"resident_id": resident_id, "keep": keep, "wrapped": wrapped, "destroyed_at": None}
    return await insert_first(session, PersonKeyRow, values)


async def rewrap(
    session: AsyncSession, resident_id: int, keep: str, old: bytes, new: bytes
) -> bool:
    """
    Put a new wrapping in the place of an old one; False when somebody else was first.
    """
    statement = (
        update(PersonKeyRow)
        .where(
            col(PersonKeyRow.resident_id) == resident_id,
            col(PersonKeyRow.keep) == keep,
            col(PersonKeyRow.wrapped) == old,
        )
        .values(wrapped=new)
    )
    result = await session.execute(statement)
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


async def destroy(session: AsyncSession, resident_id: int, keep: str, at: datetime) -> None:
    """
    Destroy a key; also one that was never made, so that none will be.
    """
    values = {"resident_id": resident_id, "keep": keep, "wrapped": None, "destroyed_at": at}
    if await insert_first(session, PersonKeyRow, values):
        return
    statement = (
        update(PersonKeyRow)
        .where(
            col(PersonKeyRow.resident_id) == resident_id,
            col(PersonKeyRow.keep) == keep,
            col(PersonKeyRow.destroyed_at).is_(None),
        )
        .values(wrapped=None, destroyed_at=at)
    )
    await session.execute(statement)
