"""Yuan on the wire, fen inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.nhsa.amounts import (
    decimal_text,
    fen_from_json,
    optional_fen,
    yuan_from_fen,
)

FENS = st.integers(-(10**16) + 1, 10**16 - 1)


class TestFenFromJson:
    @given(FENS)
    def test_round_trip_as_text_and_as_number(self, fen):
        """
        What is written as yuan is read as the same fen, quoted or not.
        """
        text = yuan_from_fen(fen).encode()

        if fen == 0:
            text = b"0.00"
        assert fen == fen_from_json(text) == fen_from_json(b'"' + text + b'"')

    @given(st.integers(0, 10**14 - 1), st.integers(0, 9))
    def test_one_decimal(self, yuan, tenth):
        """
        One decimal counts ten fen.
        """
        assert yuan * 100 + tenth * 10 == fen_from_json(f"{yuan}.{tenth}".encode())

    @pytest.mark.parametrize(
        ("raw", "fen"),
        [
            (b"0", 0),
            (b"12", 1200),
            (b"12.5", 1250),
            (b'"12.50"', 1250),
            (b"12.500000", 1250),
            (b"-12.30", -1230),
            (b"99999999999999.99", 9_999_999_999_999_999),
        ],
    )
    def test_accepted(self, raw, fen):
        """
        Plain decimals of at most two places are amounts.
        """
        assert fen == fen_from_json(raw)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"null",
            b"true",
            b"NaN",
            b'"NaN"',
            b'"Infinity"',
            b"1E+30",
            b'"1E+3000000"',
            b"1e2",
            b"-0",
            b'"-0.00"',
            b"1.234",
            b'"1.001"',
            b"01",
            b'"+1"',
            b'".5"',
            b'"1."',
            b'" 1"',
            b'"1\n"',
            b'"1',
            b'1"',
            b'"1,000.00"',
            b"100000000000000",
            "１２".encode(),
            b"[1]",
            b"1.2300000",
        ],
    )
    def test_refused(self, raw):
        """
        Exponents, signs, third decimals and everything else are no amounts.
        """
        assert fen_from_json(raw) is None

    @given(st.binary(max_size=40))
    def test_total(self, raw):
        """
        Any bytes are an amount or none.
        """
        assert isinstance(fen_from_json(raw), int | None)


class TestOptionalFen:
    @pytest.mark.parametrize("raw", [b"", b"null", b'""'])
    def test_absent(self, raw):
        """
        A missing amount is zero.
        """
        assert 0 == optional_fen(raw)

    def test_malformed(self):
        """
        A malformed one is not.
        """
        assert optional_fen(b'"1e2"') is None


class TestDecimalText:
    @pytest.mark.parametrize(
        ("value", "places", "text"),
        [(25_000, 4, "2.5000"), (1, 6, "0.000001"), (0, 4, "0.0000"), (9_500_000, 6, "9.500000")],
    )
    def test_places(self, value, places, text):
        """
        An integer of the last place is written out in full.
        """
        assert text == decimal_text(value, places)
