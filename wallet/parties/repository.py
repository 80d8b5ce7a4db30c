"""
Statements on the tables of parties and terminals.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Text, bindparam, delete, update
from sqlalchemy import select as core_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import kept, keyed
from wallet.db.conflicts import insert_first
from wallet.parties.models import (
    EnrolmentTokenRow,
    PartyProfileRow,
    PartyRow,
    SignatureNonceRow,
    TerminalRow,
    TokenIdRow,
)
from wallet.parties.words import PartyStatus, TerminalStatus

Known = tuple[TerminalRow, PartyRow]
_PARTY_ID: Final = bindparam("party_id", type_=BigInteger)
_PARTIES: Final = keyed.table_of(PartyRow)
_TERMINALS: Final = keyed.table_of(TerminalRow)
_WORKING: Final = (
    _PARTIES.c.party_id == _TERMINALS.c.party_id,
    _TERMINALS.c.party_id == _PARTY_ID,
    _TERMINALS.c.terminal_id == bindparam("terminal_id", type_=BigInteger),
    _TERMINALS.c.status == TerminalStatus.ACTIVE,
    _PARTIES.c.status == PartyStatus.ACTIVE,
)
_ACTIVE: Final = select(TerminalRow, PartyRow).where(*_WORKING)
_ACTIVE_KEY: Final = core_select(_TERMINALS.c.public_key).where(*_WORKING)
_PROFILES: Final = keyed.table_of(PartyProfileRow)
_PROFILED: Final = (
    core_select(_PARTIES, _PROFILES.c.profile)
    .outerjoin_from(
        _PARTIES,
        _PROFILES,
        (_PROFILES.c.party_id == _PARTIES.c.party_id)
        & (_PROFILES.c.integration_id == bindparam("integration_id", type_=Text)),
    )
    .where(_PARTIES.c.party_id == _PARTY_ID)
)


async def party(session: AsyncSession, party_id: int) -> PartyRow | None:
    """
    Return a party.
    """
    return await keyed.one(session, PartyRow, party_id=party_id)


async def parties(session: AsyncSession) -> list[PartyRow]:
    """
    Return every party, the oldest first.
    """
    rows = await session.execute(select(PartyRow).order_by(col(PartyRow.party_id)))
    return list(rows.scalars())


async def terminals(session: AsyncSession, party_id: int) -> list[TerminalRow]:
    """
    Return every terminal of a party, the oldest first.
    """
    rows = await session.execute(
        select(TerminalRow)
        .where(col(TerminalRow.party_id) == party_id)
        .order_by(col(TerminalRow.terminal_id))
    )
    return list(rows.scalars())


async def profiled(
    session: AsyncSession, party_id: int, integration_id: str
) -> tuple[PartyRow, bytes | None] | None:
    """
    Return a party, and its encrypted profile towards an integration.
    """
    named = {"party_id": party_id, "integration_id": integration_id}
    found = await kept.first(session, _PROFILED, named)
    return None if found is None else (found, found.profile)


async def active(session: AsyncSession, party_id: int, terminal_id: int) -> Known | None:
    """
    Return a terminal that may work, with its party.
    """
    named = {"party_id": party_id, "terminal_id": terminal_id}
    found = (await session.execute(_ACTIVE, named)).first()
    return None if found is None else (found[0], found[1])


async def active_key(session: AsyncSession, party_id: int, terminal_id: int) -> bytes | None:
    """
    Return the public key of a terminal that may work.
    """
    named = {"party_id": party_id, "terminal_id": terminal_id}
    found = await kept.first(session, _ACTIVE_KEY, named)
    return None if found is None else bytes(found.public_key)


async def add(session: AsyncSession, row: PartyRow | TerminalRow | EnrolmentTokenRow) -> None:
    """
    Insert a row whose key was made just now.
    """
    session.add(row)
    await session.flush()


async def set_party_status(session: AsyncSession, party_id: int, status: PartyStatus) -> bool:
    """
    Suspend a party or let it work again; False when there is none.
    """
    return await _changed(
        session,
        update(PartyRow).where(col(PartyRow.party_id) == party_id).values(status=status.value),
    )


async def revoke(session: AsyncSession, party_id: int, terminal_id: int, now: datetime) -> bool:
    """
    Revoke an active terminal; False when there is none.
    """
    return await _changed(
        session,
        update(TerminalRow)
        .where(
            col(TerminalRow.party_id) == party_id,
            col(TerminalRow.terminal_id) == terminal_id,
            col(TerminalRow.status) == TerminalStatus.ACTIVE,
        )
        .values(status=TerminalStatus.REVOKED.value, revoked_at=now),
    )


async def put_profile(
    session: AsyncSession, party_id: int, integration_id: str, sealed: bytes, now: datetime
) -> None:
    """
    Set a party's encrypted profile towards an integration.
    """
    named = {"party_id": party_id, "integration_id": integration_id}
    values = {"profile": sealed, "changed_at": now}
    if await insert_first(session, PartyProfileRow, {**named, **values}):
        return
    await session.execute(
        update(PartyProfileRow)
        .where(
            col(PartyProfileRow.party_id) == party_id,
            col(PartyProfileRow.integration_id) == integration_id,
        )
        .values(**values)
    )


async def spend_enrolment(
    session: AsyncSession, digest: bytes, now: datetime
) -> EnrolmentTokenRow | None:
    """
    Use an enrolment token up; None when it is unknown, over its time or used.
    """
    spent = await _changed(
        session,
        update(EnrolmentTokenRow)
        .where(
            col(EnrolmentTokenRow.digest) == digest,
            col(EnrolmentTokenRow.used_at).is_(None),
            col(EnrolmentTokenRow.expires_at) > now,
        )
        .values(used_at=now),
    )
    if not spent:
        return None
    rows = await session.execute(
        select(EnrolmentTokenRow).where(col(EnrolmentTokenRow.digest) == digest)
    )
    return rows.scalars().one()


async def spend_token_id(
    session: AsyncSession, party_id: int, terminal_id: int, token_id: str, expires_at: datetime
) -> bool:
    """
    Use a ``jti`` up; False when it was.
    """
    return await insert_first(
        session,
        TokenIdRow,
        {
            "party_id": party_id,
            "terminal_id": terminal_id,
            "token_id": token_id,
            "expires_at": expires_at,
        },
    )


async def spend_nonce(
    session: AsyncSession, party_id: int, terminal_id: int, nonce: str, expires_at: datetime
) -> bool:
    """
    Use a signature's nonce up; False when it was.
    """
    return await insert_first(
        session,
        SignatureNonceRow,
        {
            "party_id": party_id,
            "terminal_id": terminal_id,
            "nonce": nonce,
            "expires_at": expires_at,
        },
    )


async def prune(session: AsyncSession, now: datetime) -> int:
    """
    Forget what was spent and could not be used again anyway; returns how many rows went.
    """
    gone = 0
    for row in (TokenIdRow, SignatureNonceRow, EnrolmentTokenRow):
        result: Any = await session.execute(delete(row).where(col(row.expires_at) <= now))
        gone += int(result.rowcount)
    return gone


async def _changed(session: AsyncSession, statement: Any) -> bool:  # noqa: ANN401
    result: Any = await session.execute(statement)
    return bool(result.rowcount == 1)
