"""
Statements on figures.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select

from wallet.figures.models import BreakerRow, FigureRow, ProcessRow


async def seen(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """
    Note that a process is there.
    """
    insert = _insert(session, ProcessRow).values(**values)
    await session.execute(
        insert.on_conflict_do_update(
            index_elements=["process_id"], set_={"seen_at": values["seen_at"]}
        )
    )


async def seen_at(session: AsyncSession, process_id: int) -> datetime | None:
    """
    Return when a process last wrote, once what it writes at the moment is written or is not.
    """
    statement = (
        select(ProcessRow.seen_at)
        .where(col(ProcessRow.process_id) == process_id)
        .with_for_update()
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def put_breaker(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """
    Note where a breaker of a process stands.
    """
    insert = _insert(session, BreakerRow).values(**values)
    changed = {name: values[name] for name in ("state", "since")}
    await session.execute(
        insert.on_conflict_do_update(index_elements=["process_id", "integration_id"], set_=changed)
    )


async def add(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """
    Add a count to what all processes counted.
    """
    insert = _insert(session, FigureRow).values(**values)
    grown = {"count": col(FigureRow.count) + values["count"]}
    await session.execute(
        insert.on_conflict_do_update(
            index_elements=["slot", "subject", "integration_id", "word"], set_=grown
        )
    )


async def forget_process(session: AsyncSession, process_id: int) -> None:
    """
    Take a process away.
    """
    await _forget(session, [process_id])


async def processes(session: AsyncSession) -> Sequence[ProcessRow]:
    """
    Return the processes, the one that began first first.
    """
    statement = select(ProcessRow).order_by(col(ProcessRow.started_at), col(ProcessRow.process_id))
    return (await session.execute(statement)).scalars().all()


async def breakers(session: AsyncSession, seen_after: datetime) -> Sequence[BreakerRow]:
    """
    Return the breakers of processes that were seen lately.
    """
    statement = (
        select(BreakerRow)
        .join(ProcessRow, col(ProcessRow.process_id) == col(BreakerRow.process_id))
        .where(col(ProcessRow.seen_at) > seen_after)
        .order_by(col(BreakerRow.integration_id), col(BreakerRow.since))
    )
    return (await session.execute(statement)).scalars().all()


async def by_slot(
    session: AsyncSession, subjects: Iterable[str], after: datetime
) -> Sequence[tuple[datetime, str, str, int]]:
    """
    Return slot, subject, word and count of what was counted for the deployment.
    """
    statement = select(FigureRow.slot, FigureRow.subject, FigureRow.word, FigureRow.count).where(
        col(FigureRow.slot) > after, col(FigureRow.subject).in_(list(subjects))
    )
    return [(row[0], row[1], row[2], row[3]) for row in await session.execute(statement)]


async def by_integration(
    session: AsyncSession, subjects: Iterable[str], after: datetime
) -> Sequence[tuple[str, str, str, int]]:
    """
    Return integration, subject, word and count, over the whole time.
    """
    statement = (
        select(
            FigureRow.integration_id, FigureRow.subject, FigureRow.word, func.sum(FigureRow.count)
        )
        .where(col(FigureRow.slot) > after, col(FigureRow.subject).in_(list(subjects)))
        .group_by(col(FigureRow.integration_id), col(FigureRow.subject), col(FigureRow.word))
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in await session.execute(statement)]


async def prune(session: AsyncSession, *, figures_until: datetime, seen_until: datetime) -> int:
    """
    Forget old figures, and processes that fell silent; returns how many rows went.
    """
    gone: Any = await session.execute(
        delete(FigureRow).where(col(FigureRow.slot) <= figures_until)
    )
    silent = await session.execute(
        select(ProcessRow.process_id).where(col(ProcessRow.seen_at) <= seen_until)
    )
    return int(gone.rowcount) + await _forget(session, list(silent.scalars()))


async def _forget(session: AsyncSession, process_ids: list[int]) -> int:
    await session.execute(delete(BreakerRow).where(col(BreakerRow.process_id).in_(process_ids)))
    gone: Any = await session.execute(
        delete(ProcessRow).where(col(ProcessRow.process_id).in_(process_ids))
    )
    return int(gone.rowcount)


def _insert(session: AsyncSession, row: type[SQLModel]) -> Any:  # noqa: ANN401
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(row)
