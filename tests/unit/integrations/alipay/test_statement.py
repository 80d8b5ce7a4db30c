"""
Reading of daily statements.
"""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from integrations.alipay.statement import StatementMalformedError, final_at, rows_of
from integrations.spi import StatementRow

CSV = (Path(__file__).parents[3] / "vectors" / "alipay" / "statement.csv").read_text()
SUMS = "#支付宝业务汇总查询\n门店编号,门店名称,交易订单总笔数\n,,1\n"


def archive(*texts, method=zipfile.ZIP_STORED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as bundle:
        for number, text in enumerate(texts):
            bundle.writestr(f"{number}_业务明细.csv", text.encode("gb18030"))
    return packed.getvalue()


class TestRowsOf:
    def test_rows(self):
        """
        Charges and refunds are read with our numbers, positive amounts and UTC; sums are left out.
        """
        trade_no = "2026112222001400000000000001"

        rows = rows_of(archive(CSV, SUMS))

        assert (
            StatementRow(
                kind="charge",
                reference="FW202611221200000000000000000000001",
                partner_reference=trade_no,
                total_minor=11_782,
                at=datetime(2026, 11, 22, 4, 0, 1, tzinfo=UTC),
            ),
            StatementRow(
                kind="refund",
                reference="RF202611221530000000000000000000002",
                partner_reference=trade_no,
                total_minor=2_000,
                at=datetime(2026, 11, 22, 7, 30, tzinfo=UTC),
            ),
        ) == rows

    def test_no_rows(self):
        """
        A statement without trades has no rows.
        """
        lines = CSV.splitlines()

        assert () == rows_of(archive("\n".join([*lines[:4], lines[-1]])))

    @pytest.mark.parametrize(
        "broken",
        [
            b"",
            b"PK\x05\x06" + bytes(18),
            archive(SUMS),
            archive(CSV.replace("交易,医疗", "转账,医疗")),
            archive(CSV.replace("117.82,117.82", "1e2,117.82")),
            archive(CSV.replace("2026-11-22 12:00:01", "yesterday")),
            archive(CSV.replace("117.82,117.82,,", "117.82")),
        ],
        ids=["empty", "no files", "sums only", "kind", "amount", "time", "short row"],
    )
    def test_malformed(self, broken):
        """
        A statement that is not as described is not read in part.
        """
        with pytest.raises(StatementMalformedError):
            rows_of(broken)

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_other_methods(self, method):
        """
        What could unpack without bounds is not begun.
        """
        with pytest.raises(StatementMalformedError):
            rows_of(archive(CSV, method=method))

    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_damaged(self, method):
        """
        A byte that is wrong anywhere makes it malformed, or nothing of what was read.
        """
        packed = archive(CSV, method=method)
        right = rows_of(packed)
        for at in range(0, len(packed), 3):
            damaged = packed[:at] + bytes([packed[at] ^ 0x99]) + packed[at + 1 :]
            try:
                assert right == rows_of(damaged)
            except StatementMalformedError:
                continue

    def test_bomb(self, monkeypatch):
        """
        A file that would become too large is not unpacked.
        """
        monkeypatch.setattr("integrations.alipay.statement.MAX_TEXT_BYTES", 10)

        with pytest.raises(StatementMalformedError):
            rows_of(archive(CSV))


class TestFinalAt:
    def test_noon_of_the_next_day(self):
        """
        A statement that is missing at noon of the next day in China will not come.
        """
        assert datetime(2026, 11, 23, 4, tzinfo=UTC) == final_at(date(2026, 11, 22))
