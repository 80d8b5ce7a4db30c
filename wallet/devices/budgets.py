"""
Budgets against guessing, in the database that all processes share.

Windows of time are fixed, so that up to twice a budget may fall around the border of two windows;
the budget of a day is what bounds an attacker.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from wallet.clock import seconds
from wallet.devices.models import GuessBudgetRow, ResidentBudgetRow
from wallet.http.callers import TerminalCaller

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
_KEY: Final = ("resident_id", "subject", "window_seconds", "window_no")


class Limit(Struct, frozen=True):
    """
    How often something may happen to a subject within a window of time.
    """

    subject: str
    window_seconds: int
    most: int


class Budgets(Struct, frozen=True):
    """
    Limits that are counted together; `resident_id` is None for what belongs to no resident.
    """

    resident_id: int | None
    limits: tuple[Limit, ...]


def guesses(caller: TerminalCaller) -> Budgets:
    """
    Return the budgets of unknown numeric codes: the terminal's, its party's, everybody's.

    In a region of ten million they leave one chance in a thousand that anybody is hit within a
    year of guessing without pause.
    """
    terminal = f"guess/terminal/{caller.party_id}/{caller.terminal_id}"
    return Budgets(
        None,
        (
            Limit(terminal, MINUTE, 5),
            Limit(terminal, HOUR, 20),
            Limit(terminal, DAY, 50),
            Limit(f"guess/party/{caller.party_id}", DAY, 500),
            Limit("guess/all", DAY, 9000),
        ),
    )


def passwords_of_terminal(party_id: int, terminal_id: int) -> Budgets:
    """
    Return the budgets of wrong one-time passwords from one terminal.
    """
    subject = f"password/terminal/{party_id}/{terminal_id}"
    limits = Limit(subject, MINUTE, 10), Limit(subject, HOUR, 60), Limit(subject, DAY, 200)
    return Budgets(None, limits)


def passwords_of_device(resident_id: int, device_no: int) -> Budgets:
    """
    Return the budgets of wrong one-time passwords for one device.
    """
    subject = f"password/device/{device_no}"
    return Budgets(resident_id, (Limit(subject, HOUR, 20), Limit(subject, DAY, 50)))


def barcodes(resident_id: int) -> Budgets:
    """
    Return the budgets of numeric codes made for one resident.
    """
    return Budgets(resident_id, (Limit("barcode", MINUTE, 6), Limit("barcode", DAY, 500)))


async def spend(session: AsyncSession, budgets: Budgets, now: datetime) -> bool:
    """
    Count once in each budget, in one statement; False when any of them was used up.

    The rows stay locked until the transaction ends, so that what is counted before a look-up is
    counted before every look-up.
    """
    model = GuessBudgetRow if budgets.resident_id is None else ResidentBudgetRow
    rows = [_row(budgets, limit, now) for limit in budgets.limits]
    postgres = session.get_bind().dialect.name == "postgresql"
    insert: Any = (postgresql if postgres else sqlite).insert(model).values(rows)
    statement = insert.on_conflict_do_update(
        index_elements=[name for name in rows[0] if name in _KEY],
        set_={"spent": col(model.spent) + 1},
        where=col(model.spent) < col(model.most),
    ).returning(col(model.window_no))
    return len((await session.execute(statement)).all()) == len(rows)


async def refund(session: AsyncSession, guessed: Budgets, now: datetime) -> None:
    """
    Take back the `guesses` that `spend` counted at the same instant in the same transaction.
    """
    row = GuessBudgetRow
    key = tuple_(col(row.subject), col(row.window_seconds), col(row.window_no))
    keys = [
        (limit.subject, limit.window_seconds, seconds(now) // limit.window_seconds)
        for limit in guessed.limits
    ]
    await session.execute(
        update(row)
        .where(key.in_(keys))
        .values(spent=col(row.spent) - 1)
        .execution_options(synchronize_session=False)
    )


def _row(budgets: Budgets, limit: Limit, now: datetime) -> dict[str, Any]:
    number, passed = divmod(seconds(now), limit.window_seconds)
    row: dict[str, Any] = {
        "subject": limit.subject,
        "window_seconds": limit.window_seconds,
        "window_no": number,
        "most": limit.most,
        "spent": 1,
        "ends_at": now + timedelta(seconds=limit.window_seconds - passed),
    }
    return row if budgets.resident_id is None else row | {"resident_id": budgets.resident_id}
