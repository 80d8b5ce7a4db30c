"""
Statements on finished sign-ins.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from wallet.db.conflicts import insert_first
from wallet.oidc.models import SpentSignInRow


async def spend(session: AsyncSession, digest: bytes, expires_at: datetime) -> bool:
    """
    Use a sign-in up; False when it was.
    """
    values = {"digest": digest, "expires_at": expires_at}
    return await insert_first(session, SpentSignInRow, values)


async def prune(session: AsyncSession, now: datetime) -> int:
    """
    Forget sign-ins that are too old to be finished anyway; returns how many rows went.
    """
    result: Any = await session.execute(
        delete(SpentSignInRow).where(col(SpentSignInRow.expires_at) <= now)
    )
    return int(result.rowcount)
