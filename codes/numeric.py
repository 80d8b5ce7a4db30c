"""The numeric fallback for one-dimensional scanners: `9`, 18 random digits, a Damm digit."""

import re
from typing import TypeAlias

from codes.errors import OutOfRangeError
from codes.redacted import Redacted
from codes.text import Malformed

PREFIX = "9"
RANDOM_DIGITS = 18
LENGTH = len(PREFIX) + RANDOM_DIGITS + 1
RANDOMNESS_LENGTH = 16
LIFE_SECONDS = 60

_SHAPE = re.compile(r"9[0-9]{19}", re.ASCII)
_GROUP = 4
# The totally anti-symmetric quasigroup of order 10: H. M. Damm, "Total anti-symmetrische
# Quasigruppen", Marburg 2004, page 111. Finds each single wrong digit and each swap of neighbours.
_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


class NumericCode(Redacted, frozen=True):
    """
    A well-formed numeric code; whether it was issued only the issuer's storage knows.

    Attributes:
        digits: all twenty.

    """

    digits: str


NumericParsed: TypeAlias = NumericCode | Malformed


def make_numeric(randomness: bytes) -> NumericCode:
    """
    Make a numeric code of 16 random bytes.

    The remainder modulo 10^18 is uneven by less than 2^-68.

    Raises:
        OutOfRangeError: there are not exactly 16 bytes.

    """
    if len(randomness) != RANDOMNESS_LENGTH:
        raise OutOfRangeError
    number = int.from_bytes(randomness) % 10**RANDOM_DIGITS
    payload = f"{PREFIX}{number:0{RANDOM_DIGITS}d}"
    return NumericCode(payload + check_digit(payload))


def parse_numeric(text: str) -> NumericParsed:
    """
    Read twenty ASCII digits that begin with 9 and end with the right check digit.

    Total: any string has an answer, and nothing is raised.
    """
    if _SHAPE.fullmatch(text) is None or check_digit(text) != "0":
        return Malformed()
    return NumericCode(text)


def check_digit(digits: str) -> str:
    """
    Return the Damm digit of a run of ASCII digits; of a run that ends with its own it is 0.
    """
    interim = 0
    for digit in digits:
        interim = _QUASIGROUP[interim][int(digit)]
    return str(interim)


def grouped(code: NumericCode) -> str:
    """
    Write a numeric code for people: five groups of four digits.
    """
    return " ".join(code.digits[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))
