"""
Yuan on the wire, fen inside; exact both ways, without float and without exponents.

The platform's ``N16,2`` arrives as a JSON number or as text (interface numbers 2206, 2207, 5203).
Both are taken from the raw JSON text, so no number type ever stands in between.
"""

import re

_YUAN = re.compile(rb'("?)(-?)(0|[1-9][0-9]{0,13})(?:\.([0-9]{1,2})0{0,4})?\1')
_ABSENT = (b"", b"null", b'""')


def fen_from_json(raw: bytes) -> int | None:
    """
    Read an amount of yuan from its JSON text, in fen.

    Args:
        raw: a JSON number or string such as ``12.5`` or ``"12.50"``; at most 14 digits before
            the point; decimals beyond the second must be zeros.

    Returns:
        Fen, negative for a mirrored amount; None when it is no such amount: an exponent, more
        decimals, minus zero, NaN, anything else.
    """
    found = _YUAN.fullmatch(raw)
    if found is None:
        return None
    fen = int(found[3]) * 100 + int((found[4] or b"").ljust(2, b"0"))
    if found[2]:
        return -fen if fen else None
    return fen


def optional_fen(raw: bytes) -> int | None:
    """
    Read an amount that may be missing, null or empty; then it is 0.
    """
    return 0 if raw in _ABSENT else fen_from_json(raw)


def yuan_from_fen(fen: int) -> str:
    """
    Write fen as yuan with two decimals.
    """
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def decimal_text(value: int, places: int) -> str:
    """
    Write a non-negative integer of the `places`-th decimal unit, such as 25000 at 4: ``2.5000``.
    """
    whole, rest = divmod(value, 10**places)
    return f"{whole}.{rest:0{places}d}"
