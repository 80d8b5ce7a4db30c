"""
Statements on consents.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.consents.models import ConsentRow
from wallet.db import keyed
from wallet.db.conflicts import insert_first


async def live(session: AsyncSession, resident_id: int) -> Sequence[ConsentRow]:
    """
    Return the consents that stand.
    """
    named = {"resident_id": resident_id, "withdrawn_at": None}
    return await keyed.some(session, ConsentRow, ("consent_id",), named)


async def add(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """
    Add a consent unless one that says the same stands.
    """
    return await insert_first(session, ConsentRow, values)


async def withdraw(session: AsyncSession, resident_id: int, consent_id: int, at: datetime) -> bool:
    """
    Withdraw one consent; False when it does not stand.
    """
    named = {"resident_id": resident_id, "consent_id": consent_id, "withdrawn_at": None}
    return await keyed.change(session, ConsentRow, named, {"withdrawn_at": at})
