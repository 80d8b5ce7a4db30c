"""Alipay's statement of a day: whatever was downloaded is one, or it is malformed."""

import io
import zipfile

from integrations.alipay.statement import StatementMalformedError, rows_of
from tests.fuzz.target import Target, chosen

_HEADER = "支付宝交易号,商户订单号,业务类型,完成时间,订单金额（元）,退款批次号/请求号"
_ROWS = (
    "#hello\n" + _HEADER + "\n2026\t,FW1\t,交易,2026-11-20 10:00:00,12.34,\n"
    "2026,FW1,退款,2026-11-20 11:00:00,-1.00,RF1\n"
)


def run(data: bytes) -> str:
    """
    Read an archive; or the text of the one file in it.
    """
    way, content = chosen(data, 2)
    try:
        rows = rows_of(_archive(content) if way else content)
    except StatementMalformedError:
        return "malformed"
    for row in rows:
        assert row.kind in {"charge", "refund"}
        assert row.total_minor >= 0
        assert row.at.tzinfo is not None
    return "rows" if rows else "empty"


def _archive(content: bytes, method: int = zipfile.ZIP_DEFLATED, level: int = 1) -> bytes:
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", method, compresslevel=level) as archive:
        archive.writestr(zipfile.ZipInfo("a.csv", (2026, 1, 1, 0, 0, 0)), content, method)
    return bundle.getvalue()


_TEXT = _ROWS.encode("gb18030")

TARGET = Target(
    name="alipay_statement",
    run=run,
    seeds=(
        *(
            b"\x00" + _archive(_TEXT, method)
            for method in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
                zipfile.ZIP_BZIP2,
                zipfile.ZIP_LZMA,
            )
        ),
        b"\x01" + _TEXT,
        b"\x01" + _HEADER.encode("gb18030"),
        b"\x01",
        b"\x00PK",
    ),
    reaches=frozenset({"rows", "empty", "malformed"}),
    words=(
        b'"',
        b"\r",
        b"\x00",
        b",",
        "退款".encode("gb18030"),
        b"PK\x03\x04",
        b"PK\x01\x02",
    ),
    longest=2_048,
)
