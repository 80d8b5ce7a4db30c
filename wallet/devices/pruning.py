"""
Forgetting what can no longer be used anyway.

What belongs to a resident is forgotten whenever the resident's devices fetch something new, so
that no statement has to look at everybody's.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from wallet.devices.models import (
    BarcodeRow,
    GuessBudgetRow,
    ResidentBudgetRow,
    SpentChallengeRow,
    UsedCounterRow,
)

REMEMBERED: Final = timedelta(days=1)  # far longer than anything can be shown again


async def forget(session: AsyncSession, resident_id: int, now: datetime) -> None:
    """
    Delete the used counters, challenges and budgets of one resident that were over a day ago.
    """
    before = now - REMEMBERED
    for row, over in (
        (UsedCounterRow, col(UsedCounterRow.at) < before),
        (SpentChallengeRow, col(SpentChallengeRow.expires_at) < before),
        (ResidentBudgetRow, col(ResidentBudgetRow.ends_at) < before),
    ):
        whose = col(row.resident_id) == resident_id
        await session.execute(
            delete(row).where(whose, over).execution_options(synchronize_session=False)
        )


async def prune(session: AsyncSession, now: datetime) -> int:
    """
    Delete the numeric codes and the budgets against guessing that were over a day ago.

    Returns:
        How many rows went.
    """
    before = now - REMEMBERED
    gone = 0
    for over in (
        delete(BarcodeRow).where(col(BarcodeRow.expires_at) < before),
        delete(GuessBudgetRow).where(col(GuessBudgetRow.ends_at) < before),
    ):
        result: Any = await session.execute(over.execution_options(synchronize_session=False))
        gone += int(result.rowcount)
    return gone
