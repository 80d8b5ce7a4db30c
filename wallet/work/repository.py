"""
Statements on things to do.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Update,
    and_,
    bindparam,
    delete,
    or_,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db.conflicts import insert_first
from wallet.db.exceptions import OPERATORS_LIST, OPTION, WORKER_CLAIMS
from wallet.db.types import UtcInstant
from wallet.work.models import WorkItemRow

_KEY = (col(WorkItemRow.resident_id), col(WorkItemRow.kind), col(WorkItemRow.subject_id))
_COUNTS = (col(WorkItemRow.fence), col(WorkItemRow.wakes), col(WorkItemRow.attempts))


class Lease(Struct, frozen=True, kw_only=True):
    """
    The right to do the next step of one thing, until it runs out or is given back.
    """

    resident_id: int
    kind: str
    subject_id: int
    owner: str
    fence: int
    wakes: int
    attempts: int


def _free(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return or_(col(WorkItemRow.lease_until).is_(None), col(WorkItemRow.lease_until) <= now)


def _item(resident_id: int, kind: str, subject_id: int) -> ColumnElement[bool]:
    return and_(
        col(WorkItemRow.resident_id) == resident_id,
        col(WorkItemRow.kind) == kind,
        col(WorkItemRow.subject_id) == subject_id,
    )


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(
        _item(lease.resident_id, lease.kind, lease.subject_id),
        col(WorkItemRow.lease_owner) == lease.owner,
        col(WorkItemRow.fence) == lease.fence,
    )


def _taken(
    owner: str | BindParameter[str], until: datetime | BindParameter[datetime]
) -> dict[str, Any]:
    return {
        "lease_owner": owner,
        "lease_until": until,
        "fence": col(WorkItemRow.fence) + 1,
        "attempts": col(WorkItemRow.attempts) + 1,
    }


def _claim_due() -> Update:
    """
    Return the statement of `claim_due`; every idle worker sends it all the time.
    """
    now = bindparam("now", type_=UtcInstant)
    due = (
        select(*_KEY)
        .where(col(WorkItemRow.next_action_at) <= now, _free(now))
        .order_by(col(WorkItemRow.next_action_at))
        .limit(bindparam("most", type_=BigInteger))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(WorkItemRow)
        .where(tuple_(*_KEY).in_(select(*due.c)))
        .values(_taken(bindparam("owner"), bindparam("until", type_=UtcInstant)))
        .returning(*_KEY, *_COUNTS)
        .execution_options(synchronize_session=False, **{OPTION: WORKER_CLAIMS})
    )


_CLAIM_DUE = _claim_due()


def _lease(row: Any, owner: str) -> Lease:  # noqa: ANN401
    return Lease(
        resident_id=row.resident_id,
        kind=row.kind,
        subject_id=row.subject_id,
        owner=owner,
        fence=row.fence,
        wakes=row.wakes,
        attempts=row.attempts,
    )


async def claim_due(
    session: AsyncSession, *, owner: str, now: datetime, until: datetime, limit: int
) -> Sequence[Lease]:
    """
    Take what is due and free, oldest first, whoever it belongs to.

    On PostgreSQL rows that another worker is just taking are skipped; on SQLite the transaction
    began with the write lock, so there is no other worker meanwhile.
    """
    given = {"now": now, "owner": owner, "until": until, "most": limit}
    return [_lease(row, owner) for row in await session.execute(_CLAIM_DUE, given)]


async def oldest_due(
    session: AsyncSession, *, due_before: datetime, now: datetime
) -> datetime | None:
    """
    Return the earliest instant at which something became due that nobody works on, or None.
    """
    statement = (
        select(WorkItemRow.next_action_at)
        .where(col(WorkItemRow.next_action_at) <= due_before, _free(now))
        .order_by(col(WorkItemRow.next_action_at))
        .limit(1)
        .execution_options(**{OPTION: OPERATORS_LIST})
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def claim_one(
    session: AsyncSession,
    item: tuple[int, str, int],
    *,
    owner: str,
    now: datetime,
    until: datetime,
) -> Lease | None:
    """
    Take one thing whether it is due or not, unless somebody holds it.
    """
    statement = (
        update(WorkItemRow)
        .where(_item(*item), _free(now))
        .values(_taken(owner, until))
        .returning(*_KEY, *_COUNTS)
        .execution_options(synchronize_session=False)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else _lease(row, owner)


async def put(session: AsyncSession, item: tuple[int, str, int], at: datetime) -> None:
    """
    Make something due at an instant; one that is there already becomes due then, not later.
    """
    resident_id, kind, subject_id = item
    values = {
        "resident_id": resident_id,
        "kind": kind,
        "subject_id": subject_id,
        "next_action_at": at,
        "lease_owner": None,
        "lease_until": None,
        "fence": 0,
        "wakes": 0,
        "attempts": 0,
    }
    if await insert_first(session, WorkItemRow, values):
        return
    again = {"next_action_at": at, "attempts": 0, "wakes": col(WorkItemRow.wakes) + 1}
    await session.execute(update(WorkItemRow).where(_item(*item)).values(again))


async def renew(session: AsyncSession, lease: Lease, until: datetime) -> bool:
    """
    Prolong a lease; False when it is not ours any more.
    """
    return await _changed(session, _held(lease), {"lease_until": until})


async def give_back(
    session: AsyncSession, lease: Lease, at: datetime, *, progressed: bool
) -> None:
    """
    Give a lease back with the next instant; nothing happens when it is not ours any more.

    If somebody asked for the next step meanwhile, that wish stands instead.
    """
    free: dict[str, Any] = {"lease_owner": None, "lease_until": None}
    values = free | {"next_action_at": at} | ({"attempts": 0} if progressed else {})
    if not await _changed(session, _undisturbed(lease), values):
        await _changed(session, _held(lease), free)


async def put_back(session: AsyncSession, lease: Lease) -> None:
    """
    Give a lease back and leave the instant as it is.
    """
    await _changed(session, _held(lease), {"lease_owner": None, "lease_until": None})


async def remove(session: AsyncSession, lease: Lease) -> None:
    """
    Take a finished thing off the list, unless somebody asked for a next step meanwhile.
    """
    gone = delete(WorkItemRow).where(_undisturbed(lease))
    if int((await session.execute(gone)).rowcount) == 0:  # type: ignore[attr-defined]
        await _changed(session, _held(lease), {"lease_owner": None, "lease_until": None})


def _undisturbed(lease: Lease) -> ColumnElement[bool]:
    return and_(_held(lease), col(WorkItemRow.wakes) == lease.wakes)


async def _changed(
    session: AsyncSession, which: ColumnElement[bool], values: dict[str, Any]
) -> bool:
    result = await session.execute(update(WorkItemRow).where(which).values(values))
    return int(result.rowcount) == 1  # type: ignore[attr-defined]
