"""
What a screen may show of a person. Pure.
"""

from datetime import date

_SHORTEST_MASKED = 3
_PHONE_HEAD, _PHONE_TAIL = 3, 4


def masked_name(name: str) -> str:
    """
    Return the first character and one star, whatever the length: 张秀英 is 张*.
    """
    return f"{name[:1]}*"


def masked_document(number: str) -> str:
    """
    Return the first and the last character with stars between.
    """
    if len(number) < _SHORTEST_MASKED:
        return "*" * len(number)
    return number[0] + "*" * (len(number) - 2) + number[-1]


def masked_phone(phone: str) -> str:
    """
    Return the first three and the last four digits with stars between.
    """
    hidden = len(phone) - _PHONE_HEAD - _PHONE_TAIL
    if hidden <= 0:
        return "*" * len(phone)
    return phone[:_PHONE_HEAD] + "*" * hidden + phone[-_PHONE_TAIL:]


def age_on(birth_date: date | None, today: date) -> int | None:
    """
    Return the age in completed years, or None where no birth date is known.

    Somebody born on 29 February has their birthday on 1 March of common years.
    """
    if birth_date is None:
        return None
    before = (today.month, today.day) < (birth_date.month, birth_date.day)
    return max(0, today.year - birth_date.year - before)
