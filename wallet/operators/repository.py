"""
Statements on operators, their enrolment, recovery codes, sessions and events.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db.conflicts import insert_first
from wallet.operators.models import (
    OperatorEnrolmentRow,
    OperatorEventRow,
    OperatorRecoveryCodeRow,
    OperatorRow,
    OperatorSessionRow,
)
from wallet.operators.words import Stage, Status


async def add(session: AsyncSession, values: dict[str, Any]) -> bool:
    """
    Add an operator; False when the name is taken.
    """
    return await insert_first(session, OperatorRow, values)


async def operators(session: AsyncSession) -> Sequence[OperatorRow]:
    """
    Return every operator, by name.
    """
    rows = await session.execute(select(OperatorRow).order_by(col(OperatorRow.name)))
    return rows.scalars().all()


async def named(session: AsyncSession, name: str) -> OperatorRow | None:
    """
    Return the operator of a login name.
    """
    rows = await session.execute(select(OperatorRow).where(col(OperatorRow.name) == name))
    return rows.scalar_one_or_none()


async def known(session: AsyncSession, operator_id: int) -> OperatorRow | None:
    """
    Return an operator.
    """
    rows = await session.execute(
        select(OperatorRow).where(col(OperatorRow.operator_id) == operator_id)
    )
    return rows.scalar_one_or_none()


async def set_status(session: AsyncSession, operator_id: int, status: Status) -> None:
    """
    Let an operator sign in, or not.
    """
    await session.execute(
        update(OperatorRow)
        .where(col(OperatorRow.operator_id) == operator_id)
        .values(status=status.value)
    )


async def set_credentials(
    session: AsyncSession, operator_id: int, values: dict[str, Any], *, only_active: bool = False
) -> bool:
    """
    Set or clear password, secret and what belongs to them; False when nobody fits.
    """
    statement = update(OperatorRow).where(col(OperatorRow.operator_id) == operator_id)
    if only_active:
        statement = statement.where(col(OperatorRow.status) == Status.ACTIVE.value)
    return await _changed(session, statement.values(**values))


async def stand(session: AsyncSession, row: OperatorRow, password_hash: str) -> bool:
    """
    Lock an operator's row and keep a hash of the same password.

    Returns:
        False when the operator was disabled or reset since `row` was read.
    """
    return await _changed(
        session,
        update(OperatorRow)
        .where(
            col(OperatorRow.operator_id) == row.operator_id,
            col(OperatorRow.status) == Status.ACTIVE.value,
            col(OperatorRow.password_hash) == row.password_hash,
        )
        .values(password_hash=password_hash),
    )


async def spend_step(session: AsyncSession, operator_id: int, step: int) -> bool:
    """
    Use a TOTP step up; False when it or a later one was.
    """
    return await _changed(
        session,
        update(OperatorRow)
        .where(
            col(OperatorRow.operator_id) == operator_id,
            col(OperatorRow.status) == Status.ACTIVE.value,
            col(OperatorRow.last_step) < step,
        )
        .values(last_step=step),
    )


async def put_enrolment(
    session: AsyncSession, operator_id: int, digest: bytes, expires_at: datetime
) -> None:
    """
    Let an operator enrol; an enrolment that was under way is void.
    """
    await forget_enrolment(session, operator_id)
    session.add(
        OperatorEnrolmentRow(
            operator_id=operator_id,
            digest=digest,
            stage=Stage.ISSUED.value,
            expires_at=expires_at,
        )
    )
    await session.flush()


async def forget_enrolment(session: AsyncSession, operator_id: int) -> None:
    """
    Void an enrolment under way.
    """
    await session.execute(
        delete(OperatorEnrolmentRow).where(col(OperatorEnrolmentRow.operator_id) == operator_id)
    )


async def enrolment(
    session: AsyncSession, digest: bytes, stage: Stage, now: datetime
) -> tuple[OperatorEnrolmentRow, OperatorRow] | None:
    """
    Return an enrolment that stands at a stage, and its operator.
    """
    rows = await session.execute(
        select(OperatorEnrolmentRow, OperatorRow)
        .join(OperatorRow, col(OperatorRow.operator_id) == col(OperatorEnrolmentRow.operator_id))
        .where(
            col(OperatorEnrolmentRow.digest) == digest,
            col(OperatorEnrolmentRow.stage) == stage.value,
            col(OperatorEnrolmentRow.expires_at) > now,
            col(OperatorRow.status) == Status.ACTIVE.value,
        )
    )
    found = rows.first()
    return None if found is None else (found[0], found[1])


async def redeem(session: AsyncSession, digest: bytes, values: dict[str, Any]) -> bool:
    """
    Use an enrolment token up; False when it was.
    """
    return await _changed(
        session,
        update(OperatorEnrolmentRow)
        .where(
            col(OperatorEnrolmentRow.digest) == digest,
            col(OperatorEnrolmentRow.stage) == Stage.ISSUED.value,
        )
        .values(stage=Stage.REDEEMED.value, **values),
    )


async def confirm(session: AsyncSession, digest: bytes) -> bool:
    """
    End a redeemed enrolment; False when it was.
    """
    return await _changed(
        session,
        delete(OperatorEnrolmentRow).where(
            col(OperatorEnrolmentRow.digest) == digest,
            col(OperatorEnrolmentRow.stage) == Stage.REDEEMED.value,
        ),
    )


async def put_recovery_codes(
    session: AsyncSession, operator_id: int, digests: Iterable[bytes]
) -> None:
    """
    Replace an operator's recovery codes.
    """
    await session.execute(
        delete(OperatorRecoveryCodeRow).where(
            col(OperatorRecoveryCodeRow.operator_id) == operator_id
        )
    )
    session.add_all(
        OperatorRecoveryCodeRow(operator_id=operator_id, digest=digest) for digest in digests
    )
    await session.flush()


async def recovery_codes_left(session: AsyncSession, operator_id: int) -> int:
    """
    Count the recovery codes that were not used.
    """
    rows = await session.execute(
        select(func.count())
        .select_from(OperatorRecoveryCodeRow)
        .where(
            col(OperatorRecoveryCodeRow.operator_id) == operator_id,
            col(OperatorRecoveryCodeRow.used_at).is_(None),
        )
    )
    return int(rows.scalar_one())


async def has_recovery_code(session: AsyncSession, operator_id: int, digest: bytes) -> bool:
    """
    Tell whether a recovery code is an operator's and was not used.
    """
    rows = await session.execute(
        select(OperatorRecoveryCodeRow.operator_id).where(
            col(OperatorRecoveryCodeRow.operator_id) == operator_id,
            col(OperatorRecoveryCodeRow.digest) == digest,
            col(OperatorRecoveryCodeRow.used_at).is_(None),
        )
    )
    return rows.first() is not None


async def spend_recovery_code(
    session: AsyncSession, operator_id: int, digest: bytes, now: datetime
) -> bool:
    """
    Use a recovery code up; False when it was.
    """
    return await _changed(
        session,
        update(OperatorRecoveryCodeRow)
        .where(
            col(OperatorRecoveryCodeRow.operator_id) == operator_id,
            col(OperatorRecoveryCodeRow.digest) == digest,
            col(OperatorRecoveryCodeRow.used_at).is_(None),
        )
        .values(used_at=now),
    )


async def add_event(session: AsyncSession, row: OperatorEventRow) -> None:
    """
    Append an event.
    """
    session.add(row)
    await session.flush()


async def events(
    session: AsyncSession, before: int | None, limit: int
) -> list[tuple[OperatorEventRow, str | None]]:
    """
    Return events with the login name they are about, newest first, older than the one given.
    """
    statement = (
        select(OperatorEventRow, OperatorRow.name)
        .join(
            OperatorRow,
            col(OperatorRow.operator_id) == col(OperatorEventRow.operator_id),
            isouter=True,
        )
        .order_by(col(OperatorEventRow.event_id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(OperatorEventRow.event_id) < before)
    return [(row[0], row[1]) for row in (await session.execute(statement)).all()]


async def prune(session: AsyncSession, now: datetime) -> int:
    """
    Forget sessions and enrolments whose time is over; returns how many rows went.
    """
    ended: Any = await session.execute(
        delete(OperatorSessionRow).where(col(OperatorSessionRow.ends_at) <= now)
    )
    void: Any = await session.execute(
        delete(OperatorEnrolmentRow).where(col(OperatorEnrolmentRow.expires_at) <= now)
    )
    return int(ended.rowcount) + int(void.rowcount)


async def _changed(session: AsyncSession, statement: Any) -> bool:  # noqa: ANN401
    result: Any = await session.execute(statement.execution_options(synchronize_session=False))
    return bool(result.rowcount == 1)
