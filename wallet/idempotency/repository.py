"""
Statements on the table of keys.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from wallet.db import keyed
from wallet.db.conflicts import insert_first
from wallet.idempotency.models import IdempotencyRow

_Place = tuple[int, str, str]


def _named(place: _Place) -> dict[str, Any]:
    return dict(zip(("party_id", "route", "key"), place, strict=True))


def _at(place: _Place) -> tuple[Any, ...]:
    party_id, route, key = place
    return (
        col(IdempotencyRow.party_id) == party_id,
        col(IdempotencyRow.route) == route,
        col(IdempotencyRow.key) == key,
    )


async def insert(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """
    Take a key; False when somebody has it.
    """
    return await insert_first(session, IdempotencyRow, values)


async def find(session: AsyncSession, place: _Place) -> IdempotencyRow | None:
    """
    Return the row of a party's key on a route.
    """
    return await keyed.one(session, IdempotencyRow, **_named(place))


async def take_over(
    session: AsyncSession, place: _Place, now: datetime, values: Mapping[str, Any]
) -> bool:
    """
    Take a key whose time is over; False when another request was quicker.
    """
    result = await session.execute(
        update(IdempotencyRow)
        .where(*_at(place), col(IdempotencyRow.expires_at) <= now)
        .values(response=None, response_until=None, **values)
    )
    return _count(result) == 1


async def finish(session: AsyncSession, place: _Place, response: bytes, until: datetime) -> bool:
    """
    Keep a response.
    """
    new = {"response": response, "response_until": until}
    return await keyed.change(session, IdempotencyRow, _named(place), new)


async def prune(session: AsyncSession, now: datetime) -> int:
    """
    Forget responses and keys whose time is over; returns how many keys went.
    """
    await session.execute(
        update(IdempotencyRow)
        .where(col(IdempotencyRow.response_until) <= now)
        .values(response=None, response_until=None)
    )
    return _count(
        await session.execute(delete(IdempotencyRow).where(col(IdempotencyRow.expires_at) <= now))
    )


def _count(result: Any) -> int:  # noqa: ANN401
    cursor: CursorResult[Any] = result
    return int(cursor.rowcount)
