"""
Statements on things to do.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Update,
    bindparam,
    or_,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import kept, keyed
from wallet.db.conflicts import insert_first
from wallet.db.exceptions import OPERATORS_LIST, OPTION, WORKER_CLAIMS
from wallet.db.types import UtcInstant
from wallet.ids import first_local
from wallet.work.models import WorkItemRow

_KEY = (col(WorkItemRow.resident_id), col(WorkItemRow.kind), col(WorkItemRow.subject_id))
_ITEM = ("resident_id", "kind", "subject_id")
_THIS = keyed.matching(WorkItemRow, *_ITEM)
_FREE: Mapping[str, Any] = {"lease_owner": None, "lease_until": None}
_COUNTS = (col(WorkItemRow.fence), col(WorkItemRow.wakes), col(WorkItemRow.attempts))


class Lease(Struct, frozen=True, kw_only=True, weakref=True):
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


def _this(item: tuple[int, str, int]) -> dict[str, Any]:
    return keyed.having(dict(zip(_ITEM, item, strict=True)))


def _held(lease: Lease) -> dict[str, Any]:
    return {
        "resident_id": lease.resident_id,
        "kind": lease.kind,
        "subject_id": lease.subject_id,
        "lease_owner": lease.owner,
        "fence": lease.fence,
    }


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


def _claim_one() -> Update:
    return (
        update(WorkItemRow)
        .where(*_THIS, _free(bindparam("now", type_=UtcInstant)))
        .values(_taken(bindparam("owner"), bindparam("until", type_=UtcInstant)))
        .returning(*_KEY, *_COUNTS)
        .execution_options(synchronize_session=False)
    )


_CLAIM_DUE = _claim_due()
_CLAIM_ONE = _claim_one()
_WAKE = (
    update(WorkItemRow)
    .where(*_THIS)
    .values(
        next_action_at=bindparam("at", type_=UtcInstant),
        attempts=0,
        wakes=col(WorkItemRow.wakes) + 1,
    )
    .execution_options(synchronize_session=False)
)


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
    return [_lease(row, owner) for row in await kept.rows(session, _CLAIM_DUE, given)]


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
    given = {"now": now, "owner": owner, "until": until} | _this(item)
    row = await kept.first(session, _CLAIM_ONE, given)
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
        "fence": first_local(at),  # beyond every lease of the thing before it was finished
        "wakes": 0,
        "attempts": 0,
    }
    while not await insert_first(session, WorkItemRow, values):
        if await kept.count(session, _WAKE, {"at": at} | _this(item)):
            return


async def renew(session: AsyncSession, lease: Lease, until: datetime) -> bool:
    """
    Prolong a lease; False when it is not ours any more.
    """
    return await keyed.change(session, WorkItemRow, _held(lease), {"lease_until": until})


async def give_back(
    session: AsyncSession, lease: Lease, at: datetime, *, progressed: bool
) -> None:
    """
    Give a lease back with the next instant; nothing happens when it is not ours any more.

    If somebody asked for the next step meanwhile, that wish stands instead.
    """
    values = dict(_FREE) | {"next_action_at": at} | ({"attempts": 0} if progressed else {})
    if not await keyed.change(session, WorkItemRow, _undisturbed(lease), values):
        await put_back(session, lease)


async def put_back(session: AsyncSession, lease: Lease) -> None:
    """
    Give a lease back and leave the instant as it is.
    """
    await keyed.change(session, WorkItemRow, _held(lease), _FREE)


async def remove(session: AsyncSession, lease: Lease) -> None:
    """
    Take a finished thing off the list, unless somebody asked for a next step meanwhile.
    """
    if not await keyed.remove(session, WorkItemRow, _undisturbed(lease)):
        await put_back(session, lease)


def _undisturbed(lease: Lease) -> dict[str, Any]:
    return _held(lease) | {"wakes": lease.wakes}
