"""
Numbers for outside calls: a sequence per party, integration and second, and a unique serial.

A serial is ``seconds since 2026 (31 bit) ‖ sequence (13 bit) ‖ lane (19 bit)``; the lane stands
for party and integration. No two calls of the deployment can have the same, by construction.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from integrations.spi import Numbers
from wallet.calls.models import LaneRow, SequenceRow
from wallet.clock import seconds
from wallet.db import kept, keyed
from wallet.db.conflicts import insert_first

LARGEST_SEQUENCE = 4999
_EPOCH = seconds(datetime(2026, 1, 1, tzinfo=UTC))
_SEQUENCE_BITS = 13
_LANE_BITS = 19


async def allocate(
    session: AsyncSession, party_id: int, integration_id: str, now: datetime
) -> Numbers:
    """
    Allocate the numbers of one call; the next second is used when one is exhausted.
    """
    lane = await _lane(session, party_id, integration_id)
    second = seconds(now)
    while (sequence := await _next(session, party_id, integration_id, second)) is None:
        second += 1
    serial = (((second - _EPOCH) << _SEQUENCE_BITS | sequence) << _LANE_BITS) | lane
    return Numbers(
        serial=serial, sequence=sequence, instant=datetime.fromtimestamp(second, tz=UTC)
    )


async def prune(session: AsyncSession, now: datetime) -> int:
    """
    Forget the sequences of seconds that are over for a day; returns how many went.
    """
    past = seconds(now - timedelta(days=1))
    over = delete(SequenceRow).where(col(SequenceRow.second) < past)
    return int((await session.execute(over)).rowcount)  # type: ignore[attr-defined]


async def _next(
    session: AsyncSession, party_id: int, integration_id: str, second: int
) -> int | None:
    new = {"party_id": party_id, "integration_id": integration_id, "second": second, "last": 1}
    statement = _counting(session.get_bind().dialect.name)
    given = keyed.given(new) | {"largest": LARGEST_SEQUENCE}
    row = await kept.first(session, statement, given)
    return None if row is None else int(row.last)


async def _lane(session: AsyncSession, party_id: int, integration_id: str) -> int:
    named = {"party_id": party_id, "integration_id": integration_id}
    while (found := await keyed.one(session, LaneRow, **named)) is None:
        last = (await session.execute(select(func.max(col(LaneRow.lane))))).scalar_one()
        await insert_first(session, LaneRow, {**named, "lane": (last or 0) + 1})
    return int(found.lane)


@cache
def _counting(dialect: str) -> Any:  # noqa: ANN401 - of either dialect
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table = keyed.table_of(SequenceRow)
    return (
        insert(table)
        .values(keyed.parameters(list(table.c)))
        .on_conflict_do_update(
            index_elements=["party_id", "integration_id", "second"],
            set_={"last": table.c.last + 1},
            where=table.c.last < bindparam("largest", type_=BigInteger),
        )
        .returning(table.c.last)
    )
