"""
Operators' accounts at the sign-in provider: found by a keyed hash of issuer and subject.

Statements on links stand here, beside the rule that nobody is linked but by an administrator.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db.conflicts import insert_first
from wallet.operators.models import OperatorLinkRow, OperatorRow
from wallet.vault import Vault


def subject_digest(vault: Vault, issuer: str, subject: str) -> bytes:
    """
    Return under which an account of a provider is known.
    """
    return vault.blind("operators.provider", f"{issuer}\n{subject}")


async def linked(session: AsyncSession, digest: bytes) -> OperatorRow | None:
    """
    Return the operator that an account is linked to; both stand until the transaction ends.
    """
    rows = await session.execute(
        select(OperatorRow)
        .join(OperatorLinkRow, col(OperatorLinkRow.operator_id) == col(OperatorRow.operator_id))
        .where(col(OperatorLinkRow.subject) == digest)
        .with_for_update(key_share=True)
    )
    return rows.scalar_one_or_none()


async def subject_of(session: AsyncSession, operator_id: int) -> bytes | None:
    """
    Return under which an operator's account is known.
    """
    rows = await session.execute(
        select(OperatorLinkRow.subject).where(col(OperatorLinkRow.operator_id) == operator_id)
    )
    return rows.scalar_one_or_none()


async def put(session: AsyncSession, operator_id: int, digest: bytes, now: datetime) -> bool:
    """
    Link an operator, instead of what was linked; False when the account is another operator's.
    """
    await remove(session, operator_id)
    values = {"operator_id": operator_id, "subject": digest, "linked_at": now}
    return await insert_first(session, OperatorLinkRow, values)


async def remove(session: AsyncSession, operator_id: int) -> bool:
    """
    Unlink an operator; False when nothing was linked.
    """
    result: Any = await session.execute(
        delete(OperatorLinkRow).where(col(OperatorLinkRow.operator_id) == operator_id)
    )
    return bool(result.rowcount)
