"""
Yuan texts and fen, China time and UTC.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.alipay.amounts import MAX_FEN, china_instant, china_text, fen, yuan


class TestFen:
    @given(st.integers(min_value=0, max_value=MAX_FEN))
    def test_round_trip(self, amount_minor):
        """
        Every amount is exact both ways, as a JSON string and as a JSON number.
        """
        text = yuan(amount_minor)

        assert (amount_minor, amount_minor) == (fen(text), fen(f'"{text}"'))

    @pytest.mark.parametrize(
        ("text", "expected"), [("0.1", 10), ("7", 700), ("100000000", MAX_FEN)]
    )
    def test_fewer_decimals(self, text, expected):
        """
        One or no decimal is as good as two.
        """
        assert expected == fen(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "-1.00",
            "+1.00",
            "1.",
            ".5",
            "1.234",
            "1e3",
            "1E+30",
            "NaN",
            "Infinity",
            "1,000.00",
            "１.00",
            "1.00\n",
            " 1.00",
            '"1.00',
            '1.00"',
            "0000000001.00",
            "1" * 40,
        ],
    )
    def test_refused(self, text):
        """
        Whatever is not plainly an amount is none.
        """
        assert fen(text) is None


class TestChinaTime:
    def test_both_ways(self):
        """
        China is eight hours ahead, all year.
        """
        at = datetime(2026, 7, 1, 16, 30, 5, tzinfo=UTC)

        assert "2026-07-02 00:30:05" == china_text(at)
        assert at == china_instant("2026-07-02 00:30:05")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2026-02-30 00:00:00",
            "2026-07-02T00:30:05",
            "0001-01-01 00:00:00",
            "9999-12-31 23:59:59",
        ],
    )
    def test_refused(self, text):
        """
        What is no such instant is none.
        """
        assert china_instant(text) is None
