"""
Statements on processes and on the latest time that any of them told.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, delete, func, update
from sqlalchemy import select as core_select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import kept, keyed
from wallet.db.conflicts import insert_first
from wallet.db.types import UtcInstant
from wallet.instances.models import ClockMarkRow, InstanceRow

_MARK: Final = "wall"
# the weakest lock that a removal waits for, and a beat does not
_INSTANCES: Final = keyed.table_of(InstanceRow)
_MEMBER: Final = (
    core_select(_INSTANCES.c.beats)
    .where(_INSTANCES.c.instance_id == bindparam("instance_id", type_=BigInteger))
    .with_for_update(read=True, key_share=True)
)


async def add(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """
    Add a process, unless it is there: nobody may know what became of an earlier attempt.
    """
    await insert_first(session, InstanceRow, values)


async def take_seat(session: AsyncSession, seat: str, generation: int) -> int:
    """
    Remove the processes of other generations on a seat; waits for what they are just writing.

    Returns:
        How many there were.
    """
    gone: Any = await session.execute(
        delete(InstanceRow).where(
            col(InstanceRow.seat) == seat, col(InstanceRow.generation) != generation
        )
    )
    return int(gone.rowcount)


async def is_member(session: AsyncSession, instance_id: int) -> bool:
    """
    Tell whether a process may write; nobody can remove it until this transaction has ended.
    """
    return await kept.first(session, _MEMBER, {"instance_id": instance_id}) is not None


async def beat(session: AsyncSession, instance_id: int, now: datetime) -> bool:
    """
    Count one more beat of a process; False when it was removed.
    """
    statement = (
        update(InstanceRow)
        .where(col(InstanceRow.instance_id) == instance_id)
        .values(beats=col(InstanceRow.beats) + 1, seen_at=now)
        .execution_options(synchronize_session=False)
    )
    gone: Any = await session.execute(statement)
    return int(gone.rowcount) == 1


async def beats(session: AsyncSession) -> Mapping[int, int]:
    """
    Return how often each process has beaten.
    """
    rows = await session.execute(select(InstanceRow.instance_id, InstanceRow.beats))
    return {int(instance_id): int(count) for instance_id, count in rows}


async def remove(session: AsyncSession, instance_id: int, beats: int | None = None) -> bool:
    """
    Remove a process; waits for what it is just writing.

    Args:
        session: the transaction.
        instance_id: which one.
        beats: only if it has beaten exactly so often.
    """
    statement = delete(InstanceRow).where(col(InstanceRow.instance_id) == instance_id)
    if beats is not None:
        statement = statement.where(col(InstanceRow.beats) == beats)
    gone: Any = await session.execute(statement)
    return int(gone.rowcount) == 1


async def raise_mark(session: AsyncSession, now: datetime) -> None:
    """
    Raise the mark to an instant, unless it is higher.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert: Any = dialect.insert(ClockMarkRow).values(name=_MARK, at=now)
    await session.execute(
        insert.on_conflict_do_update(
            index_elements=["name"],
            set_={"at": insert.excluded.at},
            where=col(ClockMarkRow.at) < insert.excluded.at,
        )
    )


async def set_mark(session: AsyncSession, now: datetime) -> None:
    """
    Put the mark where somebody says it belongs.
    """
    await session.execute(delete(ClockMarkRow))
    session.add(ClockMarkRow(name=_MARK, at=now))
    await session.flush()


async def mark(session: AsyncSession) -> datetime | None:
    """
    Return the mark, or None when nobody ever raised it.
    """
    return (await session.execute(select(ClockMarkRow.at))).scalar_one_or_none()


async def their_time(session: AsyncSession) -> datetime | None:
    """
    Return the time of the database's own clock; None where it is the machine's that asks.
    """
    if session.get_bind().dialect.name != "postgresql":
        return None
    told = await session.execute(select(func.clock_timestamp(type_=UtcInstant())))
    return told.scalar_one()
