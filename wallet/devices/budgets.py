"""
Budgets against guessing, in the database that all processes share.

Windows of time are fixed, so that up to twice a budget may fall around the border of two windows;
the budget of a day is what bounds an attacker.
"""

from collections.abc import Sequence
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


def guesses_of_terminal(caller: TerminalCaller) -> Budgets:
    """
    Return the budgets of unknown numeric codes from one terminal.
    """
    subject = f"guess/terminal/{caller.party_id}/{caller.terminal_id}"
    limits = Limit(subject, MINUTE, 5), Limit(subject, HOUR, 20), Limit(subject, DAY, 50)
    return Budgets(None, limits)


def guesses_together(caller: TerminalCaller) -> Budgets:
    """
    Return the budgets of unknown numeric codes from one party, and from everybody.

    In a region of ten million they leave one chance in a thousand that anybody is hit within a
    year of guessing without pause.
    """
    of_party = Limit(f"guess/party/{caller.party_id}", DAY, 500)
    return Budgets(None, (of_party, Limit("guess/all", DAY, 9000)))


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
    Count once in each budget, in one statement; or in none of them, when one is used up.

    The rows stay locked until the transaction ends, so that what is counted before a look-up is
    counted before every look-up. That nothing is counted beyond a budget keeps one terminal from
    using up what belongs to all.

    Returns:
        False when a budget was used up.
    """
    model = _model(budgets)
    rows = [_row(budgets, limit, now) for limit in budgets.limits]
    postgres = session.get_bind().dialect.name == "postgresql"
    insert: Any = (postgresql if postgres else sqlite).insert(model).values(rows)
    statement = insert.on_conflict_do_update(
        index_elements=[name for name in rows[0] if name in _KEY],
        set_={"spent": col(model.spent) + 1},
        where=col(model.spent) < col(model.most),
    ).returning(col(model.subject), col(model.window_seconds), col(model.window_no))
    counted = [tuple(row) for row in (await session.execute(statement)).all()]
    if len(counted) == len(rows):
        return True
    if counted:
        await _take_back(session, budgets, counted)
    return False


async def refund(session: AsyncSession, budgets: Budgets, now: datetime) -> None:
    """
    Take back what `spend` counted at the same instant in the same transaction.
    """
    rows = [_row(budgets, limit, now) for limit in budgets.limits]
    counted = [(row["subject"], row["window_seconds"], row["window_no"]) for row in rows]
    await _take_back(session, budgets, counted)


async def _take_back(
    session: AsyncSession, budgets: Budgets, counted: Sequence[tuple[Any, ...]]
) -> None:
    model = _model(budgets)
    key = tuple_(col(model.subject), col(model.window_seconds), col(model.window_no))
    statement = update(model).where(key.in_(counted)).values(spent=col(model.spent) - 1)
    if model is ResidentBudgetRow:
        whose = col(ResidentBudgetRow.resident_id) == budgets.resident_id
        statement = statement.where(whose)
    await session.execute(statement.execution_options(synchronize_session=False))


def _model(budgets: Budgets) -> type[GuessBudgetRow] | type[ResidentBudgetRow]:
    return GuessBudgetRow if budgets.resident_id is None else ResidentBudgetRow


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
