import pytest

from codes.errors import OutOfRangeError
from codes.numeric import NumericCode, check_digit, grouped, make_numeric, parse_numeric
from codes.text import Malformed

GOOD = "91234567890123456782"


class TestMakeNumeric:
    def test_smallest(self):
        """
        Small numbers keep their leading zeros.
        """
        assert NumericCode("90000000000000000002") == make_numeric(bytes(16))

    def test_remainder(self):
        """
        The digits are the remainder of all sixteen bytes.
        """
        number = 7 * 10**18 + 123456789012345678

        assert NumericCode(GOOD) == make_numeric(number.to_bytes(16))

    @pytest.mark.parametrize("length", [0, 15, 17])
    def test_randomness(self, length):
        """
        Any other length is a fault.
        """
        with pytest.raises(OutOfRangeError):
            make_numeric(bytes(length))


class TestParseNumeric:
    def test_good(self):
        """
        Twenty digits that begin with 9 and check are a numeric code.
        """
        assert NumericCode(GOOD) == parse_numeric(GOOD)

    def test_each_wrong_digit(self):
        """
        Each single wrong digit is found.
        """
        wrong = {
            parse_numeric(GOOD[:at] + digit + GOOD[at + 1 :])
            for at in range(20)
            for digit in "0123456789"
            if digit != GOOD[at]
        }

        assert {Malformed()} == wrong

    def test_each_swap(self):
        """
        Each swap of two different neighbours is found.
        """
        wrong = {
            parse_numeric(GOOD[:at] + GOOD[at + 1] + GOOD[at] + GOOD[at + 2 :])
            for at in range(19)
            if GOOD[at] != GOOD[at + 1]
        }

        assert {Malformed()} == wrong


class TestCheckDigit:
    def test_published(self):
        """
        The published example: 572 checks with 4.
        """
        assert ("4", "0") == (check_digit("572"), check_digit("5724"))


class TestGrouped:
    def test_fours(self):
        """
        People read five groups of four, and a repr shows none of them.
        """
        assert "9123 4567 8901 2345 6782" == grouped(NumericCode(GOOD))
        assert "NumericCode(…)" == repr(NumericCode(GOOD))
