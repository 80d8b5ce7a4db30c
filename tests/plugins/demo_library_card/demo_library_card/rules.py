"""
When a library card is good.
"""

from collections.abc import Iterable
from datetime import date

from demo_library_card.context import Member
from integrations.spi import Text

REFUSALS = {
    "NO_MEMBER": Text("没有图书证", "The library knows no such member"),
    "CARD_EXPIRED": Text("图书证已过期", "The library card has expired"),
}


def find(members: Iterable[Member], card: str) -> Member | None:
    """
    The member who has this card.
    """
    return next((each for each in members if each.card == card), None)


def is_good(member: Member, day: date) -> bool:
    """
    Tell whether the card is good on a day.
    """
    return day <= member.until
