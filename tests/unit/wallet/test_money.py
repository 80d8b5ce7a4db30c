"""Amounts: parsed, written, compared and shared exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.money import agrees, parse, shared, text

AMOUNTS = st.integers(0, 10**12)


class TestParse:
    @pytest.mark.parametrize(
        ("given_text", "expected"), [("0", 0), ("12", 1200), ("12.3", 1230), ("12.30", 1230)]
    )
    def test_reads(self, given_text, expected):
        """
        A plain decimal text is read exactly.
        """
        assert expected == parse(given_text)

    @pytest.mark.parametrize(
        "given_text",
        ["", ".5", "1.", "-1", "+1", "1e3", "1,000", "1.234", "NaN", "１２", "12\n", "1" * 11],
    )
    def test_refuses(self, given_text):
        """
        Anything else is no amount.
        """
        assert parse(given_text) is None

    @given(st.integers(0, 10**12 - 1))
    def test_round_trip(self, minor):
        """
        What is written is read back the same.
        """
        assert minor == parse(text(minor))

    def test_negative(self):
        """
        A negative amount is written with its sign.
        """
        assert "-12.05" == text(-1205)


class TestAgrees:
    @given(st.integers(1, 10**8), st.integers(0, 10**10))
    def test_only_the_neighbours(self, quantity, price):
        """
        Of all amounts only the exact product's neighbours agree.
        """
        low = quantity * price // 10**8
        exact = low * 10**8 == quantity * price

        assert agrees(quantity, price, low)
        assert (not exact) == agrees(quantity, price, low + 1)
        assert not agrees(quantity, price, low - 1)
        assert not agrees(quantity, price, low + 2)


class TestShared:
    @given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=7))
    def test_the_parts_are_the_whole(self, total, weights):
        """
        The parts add up to the whole, and none is off by a unit or more.
        """
        parts = shared(total, weights)

        assert total == sum(parts)
        assert len(weights) == len(parts)
        whole = sum(weights)
        for part, weight in zip(parts, weights, strict=True):
            assert whole == 0 or abs(part * whole - total * weight) < whole

    @pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, []), (1, [-1])])
    def test_refuses(self, total, weights):
        """
        Nothing negative is shared, and not with nobody.
        """
        with pytest.raises(ValueError, match="negative"):
            shared(total, weights)
