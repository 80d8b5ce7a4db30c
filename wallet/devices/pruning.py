"""
Forgetting what can no longer be used anyway.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from wallet.db.exceptions import OPTION
from wallet.devices.models import (
    BarcodeRow,
    GuessBudgetRow,
    ResidentBudgetRow,
    SpentChallengeRow,
    UsedCounterRow,
)

PRUNING: Final = "pruning"


async def prune(session: AsyncSession, before: datetime) -> int:
    """
    Delete what was over before an instant, of all residents; returns how many rows went.
    """
    gone = 0
    for over in (
        delete(UsedCounterRow).where(col(UsedCounterRow.at) < before),
        delete(SpentChallengeRow).where(col(SpentChallengeRow.expires_at) < before),
        delete(BarcodeRow).where(col(BarcodeRow.expires_at) < before),
        delete(ResidentBudgetRow).where(col(ResidentBudgetRow.ends_at) < before),
        delete(GuessBudgetRow).where(col(GuessBudgetRow.ends_at) < before),
    ):
        statement = over.execution_options(synchronize_session=False, **{OPTION: PRUNING})
        result: Any = await session.execute(statement)
        gone += int(result.rowcount)
    return gone
