"""
Statements on bindings.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.bindings.models import BindingRow
from wallet.db import keyed
from wallet.db.conflicts import insert_first


async def live(session: AsyncSession, resident_id: int) -> Sequence[BindingRow]:
    """
    Return the live bindings, oldest first.
    """
    named = {"resident_id": resident_id, "status": "live"}
    return await keyed.some(session, BindingRow, ("binding_id",), named)


async def locked(session: AsyncSession, resident_id: int) -> Sequence[BindingRow]:
    """
    Return the live bindings, oldest first; nobody else changes them before the transaction ends.
    """
    statement = (
        select(BindingRow)
        .where(col(BindingRow.resident_id) == resident_id, col(BindingRow.status) == "live")
        .order_by(col(BindingRow.binding_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(statement)).scalars().all()


async def add(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """
    Add a binding unless the integration, or as a default the context, has a live one.
    """
    return await insert_first(session, BindingRow, values)


async def ended(session: AsyncSession, resident_id: int, integration_id: str) -> int:
    """
    Return how many bindings to an integration have ended.
    """
    statement = select(func.count()).where(
        col(BindingRow.resident_id) == resident_id,
        col(BindingRow.integration_id) == integration_id,
        col(BindingRow.status) == "ended",
    )
    return int((await session.execute(statement)).scalar_one())


async def one(session: AsyncSession, resident_id: int, binding_id: int) -> BindingRow | None:
    """
    Return one binding, live or ended.
    """
    return await keyed.one(session, BindingRow, resident_id=resident_id, binding_id=binding_id)


async def set_default(
    session: AsyncSession, resident_id: int, context: str, binding_id: int
) -> None:
    """
    Make one live binding the context's default.
    """
    of_context = (
        col(BindingRow.resident_id) == resident_id,
        col(BindingRow.context) == context,
        col(BindingRow.status) == "live",
    )
    await session.execute(update(BindingRow).where(*of_context).values(is_default=False))
    chosen = col(BindingRow.binding_id) == binding_id
    await session.execute(update(BindingRow).where(*of_context, chosen).values(is_default=True))


async def end(session: AsyncSession, resident_id: int, binding_id: int, at: datetime) -> bool:
    """
    End a live binding; False when it was not live.
    """
    statement = (
        update(BindingRow)
        .where(
            col(BindingRow.resident_id) == resident_id,
            col(BindingRow.binding_id) == binding_id,
            col(BindingRow.status) == "live",
        )
        .values(status="ended", is_default=False, ended_at=at, snapshot=None)
    )
    result = await session.execute(statement)
    return int(result.rowcount) == 1  # type: ignore[attr-defined]


async def keep_snapshot(
    session: AsyncSession,
    resident_id: int,
    binding_id: int,
    snapshot: bytes | None,
    at: datetime | None,
) -> None:
    """
    Keep or forget the last validated answer of a live binding.
    """
    named = {"resident_id": resident_id, "binding_id": binding_id, "status": "live"}
    new = {"snapshot": snapshot, "validated_at": at}
    await keyed.change(session, BindingRow, named, new)
