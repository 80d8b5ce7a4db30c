"""
Statements on committed calls.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.calls.models import CallRow
from wallet.db import keyed
from wallet.db.exceptions import COMPARING, OPTION

_AGE: Final = ("prepared_at", "call_id")
# of one statement; PostgreSQL takes 32 767 parameters
_NAMES_MOST: Final = 10_000
_ABOUT: Final = ("resident_id", "subject_kind", "subject_id", "operation")


async def latest(
    session: AsyncSession, resident_id: int, subject: tuple[str, int], operation: str
) -> CallRow | None:
    """
    Return the newest call of that operation about a subject.
    """
    named = dict(zip(_ABOUT, (resident_id, *subject, operation), strict=True))
    return await keyed.last(session, CallRow, _AGE, named)


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """
    Add a call.
    """
    await keyed.add(session, CallRow, values)


async def newest(
    session: AsyncSession, resident_id: int, subject: tuple[str, int], limit: int = 1
) -> Sequence[CallRow]:
    """
    Return the newest calls about a subject, of whatever operation.
    """
    statement = (
        select(CallRow)
        .where(
            col(CallRow.resident_id) == resident_id,
            col(CallRow.subject_kind) == subject[0],
            col(CallRow.subject_id) == subject[1],
        )
        .order_by(col(CallRow.prepared_at).desc(), col(CallRow.call_id).desc())
        .limit(limit)
    )
    return (await session.execute(statement)).scalars().all()


async def change(
    session: AsyncSession, resident_id: int, call_id: int, values: dict[str, Any]
) -> None:
    """
    Change a call; whoever does holds the lease of what it is about.
    """
    await keyed.change(session, CallRow, {"resident_id": resident_id, "call_id": call_id}, values)


async def open_ones(session: AsyncSession) -> Sequence[CallRow]:
    """
    Return every call whose outcome is not definite, the oldest first.
    """
    statement = (
        select(CallRow)
        .where(col(CallRow.state) != "closed")
        .order_by(col(CallRow.prepared_at), col(CallRow.call_id))
        .execution_options(**{OPTION: COMPARING})
    )
    return (await session.execute(statement)).scalars().all()


async def named(
    session: AsyncSession, party_id: int, integration_id: str, references: Sequence[str]
) -> Sequence[CallRow]:
    """
    Return the calls of a party that a partner knows by one of these ids.
    """
    statement = (
        select(CallRow)
        .where(
            col(CallRow.party_id) == party_id,
            col(CallRow.integration_id) == integration_id,
            col(CallRow.reference).in_(bindparam("names", expanding=True)),
        )
        .execution_options(**{OPTION: COMPARING})
    )
    found: list[CallRow] = []
    for begin in range(0, len(references), _NAMES_MOST):
        names = references[begin : begin + _NAMES_MOST]
        found += (await session.execute(statement, {"names": names})).scalars()
    return found
