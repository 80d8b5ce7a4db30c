"""
Statements on settlements, tenders and refunds.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import keyed
from wallet.db.exceptions import OPERATORS_LIST, OPTION
from wallet.db.listing import how_many, oldest
from wallet.settling.models import REVIEW, UNFINISHED, RefundRow, SettlementRow, TenderRow


async def settlement(
    session: AsyncSession, resident_id: int, settlement_id: int
) -> SettlementRow | None:
    """
    Return a settlement as it is now.
    """
    return await keyed.one(
        session, SettlementRow, resident_id=resident_id, settlement_id=settlement_id
    )


async def tender(session: AsyncSession, resident_id: int, tender_id: int) -> TenderRow | None:
    """
    Return a tender as it is now.
    """
    return await keyed.one(session, TenderRow, resident_id=resident_id, tender_id=tender_id)


async def refund(session: AsyncSession, resident_id: int, refund_id: int) -> RefundRow | None:
    """
    Return a refund as it is now.
    """
    return await keyed.one(session, RefundRow, resident_id=resident_id, refund_id=refund_id)


async def page(
    session: AsyncSession,
    resident_id: int,
    before: int | None,
    limit: int,
    *,
    visit_id: int | None = None,
) -> Sequence[SettlementRow]:
    """
    Return settlements of a resident, or of one of their visits, newest first.
    """
    statement = select(SettlementRow).where(col(SettlementRow.resident_id) == resident_id)
    if visit_id is not None:
        statement = statement.where(col(SettlementRow.visit_id) == visit_id)
    if before is not None:
        statement = statement.where(col(SettlementRow.settlement_id) < before)
    ordered = statement.order_by(col(SettlementRow.settlement_id).desc()).limit(limit)
    return (await session.execute(ordered)).scalars().all()


async def tenders(
    session: AsyncSession, resident_id: int, settlement_id: int
) -> Sequence[TenderRow]:
    """
    Return the tenders of a settlement, oldest first.
    """
    named = {"resident_id": resident_id, "settlement_id": settlement_id}
    return await keyed.some(session, TenderRow, ("created_at", "tender_id"), named)


async def refunds(
    session: AsyncSession, resident_id: int, settlement_id: int
) -> Sequence[RefundRow]:
    """
    Return the refunds of a settlement, oldest first.
    """
    named = {"resident_id": resident_id, "settlement_id": settlement_id}
    return await keyed.some(session, RefundRow, ("created_at", "refund_id"), named)


async def settlements_standing(session: AsyncSession) -> dict[tuple[str, str], int]:
    """
    Return how many unfinished settlements of anybody there are, by phase and status.
    """
    statement = (
        select(col(SettlementRow.phase), col(SettlementRow.status), func.count())
        .where(UNFINISHED)
        .group_by(col(SettlementRow.phase), col(SettlementRow.status))
        .execution_options(**{OPTION: OPERATORS_LIST})
    )
    return {(row[0], row[1]): row[2] for row in await session.execute(statement)}


async def settlements_in(
    session: AsyncSession,
    phase: str,
    limit: int,
    *,
    status: str | None = None,
    after: tuple[datetime, int] | None = None,
) -> Sequence[SettlementRow]:
    """
    Return settlements of anybody in a phase, the oldest first.
    """
    where: list[Any] = [col(SettlementRow.phase) == phase]
    if phase not in {"completed", "cancelled"}:
        where.append(UNFINISHED)
    if status is not None:
        where.append(col(SettlementRow.status) == status)
    order = (col(SettlementRow.created_at), col(SettlementRow.settlement_id))
    return await oldest(session, SettlementRow, *where, order=order, after=after, limit=limit)


async def refunds_in(
    session: AsyncSession, phase: str, limit: int, *, after: tuple[datetime, int] | None = None
) -> Sequence[RefundRow]:
    """
    Return refunds of anybody in a phase, the oldest first.
    """
    which = REVIEW if phase == "review" else col(RefundRow.phase) == phase
    order = (col(RefundRow.created_at), col(RefundRow.refund_id))
    return await oldest(session, RefundRow, which, order=order, after=after, limit=limit)


async def refunds_in_review(session: AsyncSession) -> int:
    """
    Return how many refunds of anybody wait for a person.
    """
    return await how_many(session, RefundRow, REVIEW)


async def change_settlement(
    session: AsyncSession, key: tuple[int, int], version: int, values: dict[str, Any]
) -> bool:
    """
    Change a settlement that nobody changed since it was read; False when somebody did.
    """
    named = {"resident_id": key[0], "settlement_id": key[1], "version": version}
    return await keyed.change(session, SettlementRow, named, {**values, "version": version + 1})


async def change_tender(
    session: AsyncSession, key: tuple[int, int], version: int, values: dict[str, Any]
) -> bool:
    """
    Change a tender that nobody changed since it was read; False when somebody did.
    """
    named = {"resident_id": key[0], "tender_id": key[1], "version": version}
    return await keyed.change(session, TenderRow, named, {**values, "version": version + 1})


async def change_refund(
    session: AsyncSession, key: tuple[int, int], version: int, values: dict[str, Any]
) -> bool:
    """
    Change a refund that nobody changed since it was read; False when somebody did.
    """
    named = {"resident_id": key[0], "refund_id": key[1], "version": version}
    return await keyed.change(session, RefundRow, named, {**values, "version": version + 1})
