"""
The card's codes: `erhcCardNo:0:…` printed and lasting, `erhcCardNo:1:…` shown and short-lived.
"""

import re
from datetime import datetime

import msgspec

from integrations.health_card.sandbox.books import Books, Card
from integrations.health_card.sandbox.crypto import encrypt_blocks, sm3_hex
from integrations.health_card.sandbox.settings import HealthCardSandboxSettings

MAX_LENGTH = 130

_CODE = re.compile(r"([0-9A-F]{64}):([01]):([0-9A-F]{32})")


class Shown(msgspec.Struct, frozen=True):
    """
    A code of the platform's own making; a lasting one has no moment.
    """

    card: Card
    made_at: datetime | None


def dynamic_code(
    books: Books, card: Card, settings: HealthCardSandboxSettings, now: datetime
) -> str:
    """
    A code that lives a few minutes: its last part seals the second and a running number.
    """
    tail = int(now.timestamp()).to_bytes(8, "big") + books.next_number().to_bytes(8, "big")
    sealed = encrypt_blocks(tail, settings.qr_key).hex().upper()
    code = f"{card.erhc_card_no}:1:{sealed}"
    books.codes[code] = now
    return code


def static_code(card: Card, settings: HealthCardSandboxSettings) -> str:
    """
    The code that is printed on paper: the same for the life of the card.
    """
    tail = sm3_hex(f"{card.erhc_card_no}{settings.qr_key}".encode())[:32].upper()
    return f"{card.erhc_card_no}:0:{tail}"


def opened(books: Books, text: str, settings: HealthCardSandboxSettings) -> Shown | None:
    """
    The card behind a code that this platform made, or None.
    """
    match = _CODE.fullmatch(text)
    card = books.cards.get(match[1]) if match else None
    if match is None or card is None:
        return None
    if match[2] == "0":
        return Shown(card, None) if text == static_code(card, settings) else None
    made_at = books.codes.get(text)
    return Shown(card, made_at) if made_at is not None else None
