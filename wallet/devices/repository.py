"""
Statements on devices, used counters, challenges and numeric codes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Update, case, func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.db import kept, keyed
from wallet.db.conflicts import insert_first
from wallet.devices.models import BarcodeRow, DeviceRow, SpentChallengeRow, UsedCounterRow
from wallet.devices.words import SERVER, DeviceStatus
from wallet.http.callers import TerminalCaller

Place = tuple[int, int]


def _raised(*conditions: ColumnElement[bool]) -> Update:
    """
    Return the statement that raises the high-water mark of an active device.
    """
    table = keyed.table_of(DeviceRow)
    new = keyed.parameters([table.c.high_water, table.c.last_seen_at])
    return (
        update(table)
        .where(
            *keyed.matching(DeviceRow, "resident_id", "device_no", "enrolment_nonce"),
            table.c.status == DeviceStatus.ACTIVE.value,
            table.c.high_water < new["high_water"],
            *conditions,
        )
        .values(new)
    )


_USE_UP: Final = _raised()
_USE_UP_AHEAD: Final = _raised(keyed.table_of(DeviceRow).c.drift == 1)


async def device(session: AsyncSession, place: Place) -> DeviceRow | None:
    """
    Return one device, revoked or not.
    """
    return await keyed.one(session, DeviceRow, resident_id=place[0], device_no=place[1])


async def locked(session: AsyncSession, place: Place) -> DeviceRow | None:
    """
    Return one device that nobody else changes before this transaction ends.
    """
    rows = await session.execute(_fresh().where(*_at(place)).with_for_update())
    return rows.scalars().first()


async def of_resident(session: AsyncSession, resident_id: int) -> Sequence[DeviceRow]:
    """
    Return the resident's devices that are not revoked, by number.
    """
    statement = (
        _fresh()
        .where(
            col(DeviceRow.resident_id) == resident_id,
            col(DeviceRow.status) != DeviceStatus.REVOKED,
        )
        .order_by(col(DeviceRow.device_no))
    )
    return (await session.execute(statement)).scalars().all()


async def with_key(session: AsyncSession, resident_id: int, public_key: bytes) -> DeviceRow | None:
    """
    Return a resident's active device that has a public key.
    """
    rows = await session.execute(
        _fresh().where(
            col(DeviceRow.resident_id) == resident_id,
            col(DeviceRow.public_key) == public_key,
            col(DeviceRow.status) == DeviceStatus.ACTIVE,
        )
    )
    found: DeviceRow | None = rows.scalars().first()
    return found


async def numbers(session: AsyncSession, resident_id: int) -> tuple[int, int]:
    """
    Return the highest number given to a device so far, and how many are not revoked.
    """
    living = case((col(DeviceRow.status) != DeviceStatus.REVOKED, 1), else_=0)
    statement = select(func.max(col(DeviceRow.device_no)), func.sum(living)).where(
        col(DeviceRow.resident_id) == resident_id
    )
    highest, count = (await session.execute(statement)).one()
    return int(highest), int(count)


async def add(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """
    Add a device unless its number is taken.
    """
    return await insert_first(session, DeviceRow, values)


async def use_up(
    session: AsyncSession,
    place: Place,
    *,
    counter: int,
    ahead: bool,
    enrolment_nonce: bytes,
    now: datetime,
) -> bool:
    """
    Raise the high-water mark to the counter; False when anything is against it.

    The condition and the change are one statement, so that on PostgreSQL a second one waits for
    the first and then finds the mark raised.

    Args:
        session: of the caller's transaction.
        place: resident and device.
        counter: of the code.
        ahead: the code is a step ahead of the server's clock.
        enrolment_nonce: of the pass.
        now: aware UTC instant.
    """
    named = {"resident_id": place[0], "device_no": place[1], "enrolment_nonce": enrolment_nonce}
    given = {"high_water": counter, "last_seen_at": now}
    statement = _USE_UP_AHEAD if ahead else _USE_UP
    return await kept.count(session, statement, keyed.having(named) | keyed.given(given)) == 1


async def add_used(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """
    Note a used counter; False when it was noted before.
    """
    return await insert_first(session, UsedCounterRow, values)


async def used(session: AsyncSession, place: Place, counter: int) -> UsedCounterRow | None:
    """
    Return where a counter was used up.
    """
    resident_id, device_no = place
    return await keyed.one(
        session, UsedCounterRow, resident_id=resident_id, device_no=device_no, counter=counter
    )


async def draw(
    session: AsyncSession, resident_id: int, first: int, last: int
) -> tuple[int, bytes] | None:
    """
    Take the next counter from `first` to `last` for a server-made code.

    Returns:
        The counter and the enrolment nonce, or None when there is no such device, it is not
        active, or all of them are taken.
    """
    drawn = col(DeviceRow.drawn)
    statement = (
        update(DeviceRow)
        .where(
            *_at((resident_id, SERVER)),
            col(DeviceRow.status) == DeviceStatus.ACTIVE,
            drawn < last,
        )
        .values(drawn=case((drawn < first, first), else_=drawn + 1))
        .returning(drawn, col(DeviceRow.enrolment_nonce))
        .execution_options(synchronize_session=False)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else (int(row[0]), bytes(row[1]))


async def change(session: AsyncSession, place: Place, values: Mapping[str, Any]) -> bool:
    """
    Change a device that is not revoked; False when there is none.
    """
    living = col(DeviceRow.status) != DeviceStatus.REVOKED
    return (
        await _changed(session, update(DeviceRow).where(*_at(place), living).values(**values)) == 1
    )


async def set_status(
    session: AsyncSession, resident_id: int, before: DeviceStatus, after: DeviceStatus
) -> int:
    """
    Move all of a resident's devices from one status to another; returns how many moved.
    """
    statement = (
        update(DeviceRow)
        .where(col(DeviceRow.resident_id) == resident_id, col(DeviceRow.status) == before)
        .values(status=after.value)
    )
    return await _changed(session, statement)


async def spend_challenge(
    session: AsyncSession, resident_id: int, challenge: int, expires_at: datetime
) -> bool:
    """
    Use a challenge up; False when it was.
    """
    values = {"resident_id": resident_id, "challenge": challenge, "expires_at": expires_at}
    return await insert_first(session, SpentChallengeRow, values)


async def add_barcode(
    session: AsyncSession, digest: bytes, resident_id: int, expires_at: datetime
) -> bool:
    """
    Add a numeric code; False when it is there already, which stays as it is.
    """
    values = {"digest": digest, "resident_id": resident_id, "expires_at": expires_at}
    return await insert_first(session, BarcodeRow, values)


async def barcode(session: AsyncSession, digest: bytes) -> BarcodeRow | None:
    """
    Return a numeric code, used or not.
    """
    statement = select(BarcodeRow).where(col(BarcodeRow.digest) == digest)
    rows = await session.execute(statement.execution_options(populate_existing=True))
    return rows.scalars().first()


async def use_up_barcode(
    session: AsyncSession, caller: TerminalCaller, digest: bytes, now: datetime
) -> bool:
    """
    Use a numeric code up; False when it is unknown, used or over its time.
    """
    statement = (
        update(BarcodeRow)
        .where(
            col(BarcodeRow.digest) == digest,
            col(BarcodeRow.used_at).is_(None),
            col(BarcodeRow.expires_at) > now,
        )
        .values(used_at=now, party_id=caller.party_id, terminal_id=caller.terminal_id)
    )
    return await _changed(session, statement) == 1


def _at(place: Place) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    resident_id, device_no = place
    return col(DeviceRow.resident_id) == resident_id, col(DeviceRow.device_no) == device_no


def _fresh() -> Any:  # noqa: ANN401
    # what this session read before may have been changed by somebody else since
    return select(DeviceRow).execution_options(populate_existing=True)


async def _changed(session: AsyncSession, statement: Any) -> int:  # noqa: ANN401
    statement = statement.execution_options(synchronize_session=False)
    result: Any = await session.execute(statement)
    return int(result.rowcount)
