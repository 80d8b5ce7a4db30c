"""Amounts, instants and time-outs as Alipay writes them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.alipay.sandbox.wire import (
    china_text,
    months_later,
    parse_china_text,
    parse_yuan,
    timeout_at,
    yuan,
)

NOON = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)


class TestParseYuan:
    @pytest.mark.parametrize(
        ("text", "fen"),
        [("0.01", 1), ("88.88", 8888), ("5", 500), ("5.1", 510), ("100000000.00", 10**10)],
    )
    def test_reads_exactly(self, text, fen):
        """
        Text with at most two decimals is read to the fen.
        """
        assert fen == parse_yuan(text)

    @pytest.mark.parametrize(
        "text", ["", ".5", "5.", "1.234", "+1", "-1", "1e3", "1,000.00", " 1", "1\n", "１", "NaN"]
    )
    def test_refuses_anything_else(self, text):
        """
        What is not plain digits with at most two decimals is no amount.
        """
        assert parse_yuan(text) is None

    @given(st.one_of(st.text(), st.floats(), st.integers(), st.none()))
    def test_is_total(self, value):
        """
        Any value gives a non-negative number of fen or nothing.
        """
        fen = parse_yuan(value)

        assert fen is None or fen >= 0


class TestYuan:
    @given(st.integers(0, 10**11 - 1))
    def test_is_read_back(self, fen):
        """
        What is written is read back.
        """
        assert fen == parse_yuan(yuan(fen))

    def test_writes_a_negative_amount(self):
        """
        A refund in a statement is negative.
        """
        assert "-0.05" == yuan(-5)


class TestChinaText:
    def test_is_eight_hours_ahead(self):
        """
        Noon in China is four in the morning in UTC.
        """
        assert "2026-11-23 12:00:00" == china_text(NOON)

    def test_is_read_back(self):
        """
        A text of China's time gives the instant.
        """
        assert NOON == parse_china_text("2026-11-23 12:00:00")

    @pytest.mark.parametrize(
        "text", ["", "2026-11-23", "2026-13-01 00:00:00", "２026-11-23 12:00:00"]
    )
    def test_nonsense_is_no_instant(self, text):
        """
        A text of another form or of an impossible date is no instant.
        """
        assert parse_china_text(text) is None


class TestTimeoutAt:
    @pytest.mark.parametrize(
        ("text", "after"),
        [
            ("1m", timedelta(minutes=1)),
            ("90m", timedelta(minutes=90)),
            ("2h", timedelta(hours=2)),
            ("15d", timedelta(days=15)),
            ("1c", timedelta(hours=12)),
        ],
    )
    def test_counts_from_now(self, text, after):
        """
        Minutes, hours and days count from now, `1c` runs to midnight in China.
        """
        assert NOON + after == timeout_at(text, NOON)

    @pytest.mark.parametrize("text", ["", "0m", "16d", "1.5h", "2c", "5", "m", "361h"])
    def test_refuses_other_forms(self, text):
        """
        Another unit, a fraction or more than fifteen days is no time-out.
        """
        assert timeout_at(text, NOON) is None


class TestMonthsLater:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (datetime(2026, 1, 15, tzinfo=UTC), 3, datetime(2026, 4, 15, tzinfo=UTC)),
            (datetime(2026, 11, 30, tzinfo=UTC), 3, datetime(2027, 2, 28, tzinfo=UTC)),
            (datetime(2026, 12, 1, tzinfo=UTC), 1, datetime(2027, 1, 1, tzinfo=UTC)),
        ],
    )
    def test_keeps_the_day(self, day, months, expected):
        """
        The day of the month stays, or becomes the 28th where the month is too short.
        """
        assert expected == months_later(day, months)
