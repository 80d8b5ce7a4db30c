"""
Lock-outs: failures are counted per account and per source network, in the database of all.

An attempt is counted before it is judged, so that many at once are not more than one after the
other; a right one takes the count back. Names that are nobody's are counted like all others.
"""

import ipaddress
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.errors import RateLimitedError
from wallet.operators.models import OperatorLockoutRow
from wallet.operators.words import Detail
from wallet.vault import Vault

FORGOTTEN_AFTER: Final = timedelta(hours=24)
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=1)
_DOUBLINGS_MAX: Final = 6
_ACCOUNT_FREE: Final = 5
_SOURCE_FREE: Final = 20  # an office may share one address
_IPV6_NETWORK: Final = 64
_LONGEST_SOURCE: Final = 64


class Subject(Struct, frozen=True, kw_only=True):
    """
    Whose failures are counted.

    Attributes:
        digest: keyed hash of the account's name or of the network.
        what: ``account`` or ``source``.
        free: from so many failures on there are waits.
    """

    digest: bytes
    what: Detail
    free: int


def account(vault: Vault, name: str) -> Subject:
    """
    Return the subject of a login name, whether somebody has it or not.
    """
    digest = vault.blind("operators.account", name)
    return Subject(digest=digest, what=Detail.ACCOUNT, free=_ACCOUNT_FREE)


def provided(vault: Vault, digest: bytes) -> Subject:
    """
    Return the subject of a provider's account, by its own keyed hash.

    It is not the operator's login name: whoever knows that must not lock this way in as well.
    """
    digest = vault.blind("operators.provided", digest.hex())
    return Subject(digest=digest, what=Detail.ACCOUNT, free=_ACCOUNT_FREE)


def source(vault: Vault, address: str) -> Subject:
    """
    Return the subject of the network that an address belongs to.
    """
    digest = vault.blind("operators.source", network(address))
    return Subject(digest=digest, what=Detail.SOURCE, free=_SOURCE_FREE)


def network(address: str) -> str:
    """
    Return the network of an address: IPv4 itself, the /64 of IPv6, any other text as it is.
    """
    text = address.strip()[:_LONGEST_SOURCE]
    try:
        known = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ascii(text)
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped is not None:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, _IPV6_NETWORK), strict=False))
    return str(known)


def wait(failures: int, free: int) -> timedelta:
    """
    Return how long to wait after so many failures: a minute after `free`, doubling to an hour.
    """
    if failures < free:
        return timedelta(0)
    return min(_FIRST_WAIT * (1 << min(failures - free, _DOUBLINGS_MAX)), _LONGEST_WAIT)


async def count(
    session: AsyncSession, subjects: tuple[Subject, ...], now: datetime
) -> tuple[Detail, ...]:
    """
    Count an attempt as a failure; the rows stay locked until the transaction ends.

    Args:
        session: its transaction has to be committed before the attempt is judged.
        subjects: always in the same order, so that two attempts cannot wait for each other.
        now: the present instant.

    Returns:
        What is locked from now on, should the attempt fail.

    Raises:
        RateLimitedError: one of them is locked; the transaction is rolled back, nothing counted.
    """
    locked = []
    for subject in subjects:
        failures = await _counted(session, subject, now)
        if failures is None:
            raise RateLimitedError(retry_after_seconds=await _left(session, subject, now))
        pause = wait(failures, subject.free)
        if pause:
            locked.append(subject.what)
            await session.execute(
                update(OperatorLockoutRow)
                .where(col(OperatorLockoutRow.subject) == subject.digest)
                .values(locked_until=now + pause)
            )
    return tuple(locked)


async def forgive(session: AsyncSession, subjects: tuple[Subject, ...]) -> None:
    """
    Forget the failures of subjects, given in the same order as to `count`.
    """
    for subject in subjects:
        await session.execute(
            delete(OperatorLockoutRow).where(col(OperatorLockoutRow.subject) == subject.digest)
        )


async def prune(session: AsyncSession, now: datetime) -> int:
    """
    Forget who has not failed for a day; returns how many rows went.
    """
    result: Any = await session.execute(
        delete(OperatorLockoutRow).where(col(OperatorLockoutRow.forget_at) <= now)
    )
    return int(result.rowcount)


async def _counted(session: AsyncSession, subject: Subject, now: datetime) -> int | None:
    row, forget_at = OperatorLockoutRow, now + FORGOTTEN_AFTER
    postgres = session.get_bind().dialect.name == "postgresql"
    insert: Any = (
        (postgresql if postgres else sqlite)
        .insert(row)
        .values(subject=subject.digest, failures=1, locked_until=now, forget_at=forget_at)
    )
    again = case((col(row.forget_at) <= now, 1), else_=col(row.failures) + 1)
    statement = insert.on_conflict_do_update(
        index_elements=["subject"],
        set_={"failures": again, "forget_at": forget_at},
        where=col(row.locked_until) <= now,
    ).returning(col(row.failures))
    failures: int | None = (await session.execute(statement)).scalar_one_or_none()
    return failures


async def _left(session: AsyncSession, subject: Subject, now: datetime) -> int:
    statement = select(OperatorLockoutRow.locked_until).where(
        col(OperatorLockoutRow.subject) == subject.digest
    )
    locked_until = (await session.execute(statement)).scalar_one()
    return max(1, -((now - locked_until) // timedelta(seconds=1)))
