"""
Money: integers in minor units (fen) with a currency, exact arithmetic, nothing else.
"""

import re
from collections.abc import Sequence

CURRENCY = "CNY"
LARGEST_MINOR = 10**12
_QUANTITY_TIMES_PRICE_PER_MINOR = 10**8
_TEXT = re.compile(r"\A([0-9]{1,10})(?:\.([0-9]{1,2}))?\Z")


def parse(text: str) -> int | None:
    """
    Return the minor units that a decimal text such as ``12.3`` names, or None.

    At most ten digits before the point and two after it; no sign, exponent or grouping.
    """
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    whole, part = found.groups(default="")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def text(minor: int) -> str:
    """
    Return an amount as people write it, such as ``-12.30``.
    """
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 100)
    return f"{sign}{whole}.{part:02d}"


def agrees(quantity_e4: int, price_e6: int, amount_minor: int) -> bool:
    """
    Tell whether an amount is quantity times price, rounded up or down to a whole minor unit.

    Hospitals round either way, so both neighbours of the exact product are right and no other.

    Args:
        quantity_e4: quantity in ten-thousandths.
        price_e6: unit price in millionths of the major unit.
        amount_minor: the amount as billed.
    """
    difference = amount_minor * _QUANTITY_TIMES_PRICE_PER_MINOR - quantity_e4 * price_e6
    return abs(difference) < _QUANTITY_TIMES_PRICE_PER_MINOR


def shared(total_minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """
    Share an amount in proportion to weights, exactly: the parts add up to the whole.

    Each part is rounded down first; the units left over go to the largest remainders, the earlier
    one where two are equal. Without any weight the first part gets everything.

    Raises:
        ValueError: an amount or weight is negative, or there is nobody to share with.
    """
    if total_minor < 0 or not weights or min(weights) < 0:
        raise ValueError("amounts and weights are not negative")
    whole = sum(weights)
    if whole == 0:
        return (total_minor, *([0] * (len(weights) - 1)))
    parts = [total_minor * weight // whole for weight in weights]
    remainders = [total_minor * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-remainders[place], place))
    for place in order[: total_minor - sum(parts)]:
        parts[place] += 1
    return tuple(parts)
