"""
Statements on residents, their index and their sessions.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import keyed
from wallet.db.conflicts import insert_first
from wallet.residents.models import IdentifierRow, ResidentRow, SessionRow


async def find(session: AsyncSession, blind_index: bytes) -> int | None:
    """
    Return whose document this is.
    """
    statement = select(IdentifierRow.resident_id).where(
        col(IdentifierRow.blind_index) == blind_index
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def take(session: AsyncSession, blind_index: bytes, resident_id: int, kind: str) -> bool:
    """
    Give a document to a resident; False when it is somebody's already.
    """
    values = {"blind_index": blind_index, "resident_id": resident_id, "kind": kind}
    return await insert_first(session, IdentifierRow, values)


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """
    Add a resident.
    """
    session.add(ResidentRow(**values))
    await session.flush()


async def get(session: AsyncSession, resident_id: int) -> ResidentRow | None:
    """
    Return a resident's row.
    """
    return await keyed.one(session, ResidentRow, resident_id=resident_id)


async def raise_level(session: AsyncSession, resident_id: int, level: int, person: bytes) -> bool:
    """
    Keep what a better proof told; False when another one was at least as good.
    """
    statement = (
        update(ResidentRow)
        .where(col(ResidentRow.resident_id) == resident_id, col(ResidentRow.level) < level)
        .values(level=level, person=person)
    )
    result = await session.execute(statement)
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


async def add_session(session: AsyncSession, values: dict[str, Any]) -> None:
    """
    Add a sign-in.
    """
    session.add(SessionRow(**values))
    await session.flush()


async def get_session(
    session: AsyncSession, resident_id: int, session_id: int
) -> SessionRow | None:
    """
    Return a sign-in.
    """
    statement = select(SessionRow).where(
        col(SessionRow.resident_id) == resident_id, col(SessionRow.session_id) == session_id
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def revoke_session(
    session: AsyncSession, resident_id: int, session_id: int, at: datetime
) -> str | None:
    """
    End a sign-in; ending it twice is harmless. Returns its method, None when it had ended.
    """
    statement = (
        update(SessionRow)
        .where(
            col(SessionRow.resident_id) == resident_id,
            col(SessionRow.session_id) == session_id,
            col(SessionRow.revoked_at).is_(None),
        )
        .values(revoked_at=at)
        .returning(col(SessionRow.method))
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def forget_sessions(session: AsyncSession, resident_id: int, before: datetime) -> None:
    """
    Remove a resident's sign-ins that ended before an instant.
    """
    statement = delete(SessionRow).where(
        col(SessionRow.resident_id) == resident_id, col(SessionRow.expires_at) < before
    )
    await session.execute(statement)
