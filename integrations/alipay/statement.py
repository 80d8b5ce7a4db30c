"""
Alipay's daily statement: a zip of comma-separated files in GBK, one row per charge or refund.
"""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from integrations.alipay import amounts
from integrations.spi import StatementRow

MAX_TEXT_BYTES = 256 << 20
# what a zip is made with; the others unpack without any bound
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# the library tells of some broken archives by its own errors, of most by those of its parts
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    csv.Error,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

_TRADE_NO = "支付宝交易号"
_OUT_TRADE_NO = "商户订单号"
_KIND = "业务类型"
_AT = "完成时间"
_AMOUNT = "订单金额（元）"
_REQUEST_NO = "退款批次号/请求号"
_COLUMNS = {_TRADE_NO, _OUT_TRADE_NO, _KIND, _AT, _AMOUNT, _REQUEST_NO}
_KINDS = {"交易": "charge", "退款": "refund"}


class StatementMalformedError(Exception):
    """
    The file is not a statement as Alipay describes it. Its contents are not repeated.
    """


def final_at(day: date) -> datetime:
    """
    From when on a missing statement means that there was nothing: noon (China) of the next day.

    Statements are made in the morning; a day without trades has none.
    """
    return datetime.combine(day + timedelta(days=1), time(12), amounts.CHINA).astimezone(UTC)


def rows_of(archive: bytes) -> tuple[StatementRow, ...]:
    """
    Read the rows of a statement's archive; amounts become positive fen, the kind tells the sign.

    Raises:
        StatementMalformedError: a file, a column, a kind, an amount or a time is not as described.
    """
    try:
        details = [rows for text in _texts(archive) if (rows := _details(text)) is not None]
    except _BROKEN:
        raise StatementMalformedError from None
    if not details:
        raise StatementMalformedError
    return tuple(_row(row) for rows in details for row in rows)


def _texts(archive: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as bundle:
        entries = bundle.infolist()
        known = all(entry.compress_type in _METHODS for entry in entries)
        if not known or sum(entry.file_size for entry in entries) > MAX_TEXT_BYTES:
            raise StatementMalformedError
        return [bundle.read(entry).decode("gb18030") for entry in entries]


def _details(text: str) -> list[dict[str, str]] | None:
    """
    The rows of a file of single trades, or None for the file of sums that comes along.
    """
    lines = csv.reader(_without_comments(text.splitlines()))
    header = [cell.strip() for cell in next(lines, [])]
    if not set(header) >= _COLUMNS:
        return None
    rows = [[cell.strip() for cell in line] for line in lines]
    if any(len(row) < len(header) for row in rows):
        raise StatementMalformedError
    return [dict(zip(header, row, strict=False)) for row in rows]


def _without_comments(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _row(row: Mapping[str, str]) -> StatementRow:
    kind = _KINDS.get(row[_KIND])
    amount_minor = amounts.fen(row[_AMOUNT].removeprefix("-"))
    at = amounts.china_instant(row[_AT])
    if kind is None or amount_minor is None or at is None:
        raise StatementMalformedError
    return StatementRow(
        kind=kind,
        reference=row[_OUT_TRADE_NO] if kind == "charge" else row[_REQUEST_NO],
        partner_reference=row[_TRADE_NO],
        total_minor=amount_minor,
        at=at,
    )
