"""
The insurer's visits (5201) and its statement of one day (3202).

3202 as the national interface has it exchanges files (9101, 9102); the form here, which answers
the day's rows at once, is the sandbox's (unconfirmed).
"""

from datetime import date
from typing import Any

from msgspec import Raw

from integrations.nhsa.amounts import fen_from_json, optional_fen
from integrations.nhsa.context import from_china
from integrations.nhsa.envelope import decode_wire
from integrations.spi import StatementRow
from integrations.spi.request import Sensitive


class Visit(Sensitive, frozen=True):
    """
    One open visit as 5201 answers.
    """

    mdtrt_id: str
    ipt_otp_no: str = ""


class _Visits(Sensitive, frozen=True):
    mdtrtinfo: tuple[Visit, ...] | None = ()


class _Row(Sensitive, frozen=True):
    setl_id: str
    setl_time: str
    medfee_sumamt: Raw
    fund_pay_sumamt: Raw
    acct_pay: Raw = Raw(b"")
    msgid: str | None = ""
    refd_setl_flag: str | int | None = ""


class _Statement(Sensitive, frozen=True):
    stmtinfo: tuple[_Row, ...] | None = ()


def parse_visits(output: bytes) -> tuple[Visit, ...] | None:
    """
    Read the answer of 5201; None when it is malformed.
    """
    answer = decode_wire(output, _Visits)
    return None if answer is None else answer.mdtrtinfo or ()


def statement_question(day: date) -> dict[str, Any]:
    """
    Build the input of 3202 for one day of the place of treatment.
    """
    return {"data": {"stmt_begndate": f"{day}", "stmt_enddate": f"{day}", "setl_optins": ""}}


def parse_statement(output: bytes) -> tuple[StatementRow, ...] | None:
    """
    Read the answer of 3202; None when any row is malformed.

    Rows of a cancellation come with negative amounts and leave with positive ones: the kind
    tells the direction.
    """
    answer = decode_wire(output, _Statement)
    if answer is None:
        return None
    rows = tuple(map(_statement_row, answer.stmtinfo or ()))
    known = tuple(row for row in rows if row is not None)
    return known if len(known) == len(rows) else None


def _statement_row(row: _Row) -> StatementRow | None:
    total = fen_from_json(bytes(row.medfee_sumamt))
    fund = fen_from_json(bytes(row.fund_pay_sumamt))
    account = optional_fen(bytes(row.acct_pay))
    at = from_china(row.setl_time)
    if total is None or fund is None or account is None or at is None:
        return None
    cancelled = total < 0 or str(row.refd_setl_flag or "") == "1"
    return StatementRow(
        kind="settlement_cancel" if cancelled else "settlement",
        reference=row.msgid or "",
        partner_reference=row.setl_id,
        total_minor=abs(total),
        fund_minor=abs(fund),
        account_minor=abs(account),
        at=at,
    )
