"""
The platform's own books: the population register, cards, codes shown, and reports of use.
"""

import re
from datetime import date, datetime
from importlib import resources

import msgspec

from integrations.health_card.sandbox.crypto import sm3_hex

ID_CARD = "01"
"""The document type of a resident identity card."""

_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """
    Somebody in the population register; `sex` is 1 male, 2 female (GB/T 2261.1).
    """

    key: str
    name: str
    sex: str
    id_number: str
    phone: str
    registered: bool

    def __repr__(self) -> str:
        """Name the person's role only."""
        return f"Person(key={self.key!r}, redacted)"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """
    One electronic health card.
    """

    erhc_card_no: str
    empi: str
    name: str
    id_type: str
    id_number: str
    phone: str = ""
    details: dict[str, str] = {}
    claimed_by: frozenset[str] = frozenset()
    """The institutions that fetched the code for their application."""

    def __repr__(self) -> str:
        """Name the card only."""
        return f"Card(erhc_card_no={self.erhc_card_no!r}, redacted)"


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """
    One code that was read, and where.
    """

    qr_code: str
    erhc_card_no: str
    org_code: str
    terminal_code: str
    med_step_code: str
    at: datetime


class UseReport(msgspec.Struct, frozen=True, kw_only=True):
    """
    An institution's report that a card was used.
    """

    erhc_card_no: str
    org_code: str
    med_step_code: str
    used_at: str
    department: str


class Books:
    """
    The state of the platform. Rows are immutable, so that a copy is cheap.
    """

    def __init__(self, people: tuple[Person, ...], issuer: str) -> None:
        self.people = {person.id_number: person for person in people}
        self.issuer = issuer
        self.cards: dict[str, Card] = {}
        self.by_document: dict[tuple[str, str], str] = {}
        self.scans: list[Scan] = []
        self.codes: dict[str, datetime] = {}
        """The dynamic codes that were made, and when."""
        self.spent: set[tuple[str, str]] = set()
        """Dynamic codes and the steps of care they were already used for."""
        self.reports: dict[UseReport, None] = {}
        self.nonces: dict[tuple[str, str], int] = {}
        self.sequence = 0
        for person in people:
            if person.registered:
                self.issue(person.name, ID_CARD, person.id_number, phone=person.phone)

    def copy(self) -> "Books":
        """
        Books that can be written in without touching these.
        """
        copied = Books((), self.issuer)
        copied.people = dict(self.people)
        copied.cards = dict(self.cards)
        copied.by_document = dict(self.by_document)
        copied.scans = list(self.scans)
        copied.codes = dict(self.codes)
        copied.spent = set(self.spent)
        copied.reports = dict(self.reports)
        copied.sequence = self.sequence
        return copied

    def issue(self, name: str, id_type: str, id_number: str, *, phone: str = "") -> Card:
        """
        A new card; `empi` is the digest over name, document type and number.
        """
        empi = sm3_hex(f"{name}{id_type}{id_number}".encode()).upper()
        number = sm3_hex(f"{empi}{self.issuer}".encode()).upper()
        card = Card(
            erhc_card_no=number,
            empi=empi,
            name=name,
            id_type=id_type,
            id_number=id_number,
            phone=phone,
        )
        self.by_document[id_type, id_number] = number
        return self.write(card)

    def write(self, card: Card) -> Card:
        """
        Enter a card as it now is.
        """
        self.cards[card.erhc_card_no] = card
        return card

    def find(self, id_type: str, id_number: str) -> Card | None:
        """
        The card of a document.
        """
        return self.cards.get(self.by_document.get((id_type, id_number), ""))

    def next_number(self) -> int:
        """
        The next number of the platform's own sequence.
        """
        self.sequence += 1
        return self.sequence


def is_id_number(text: str) -> bool:
    """
    Whether a text is a resident identity number with its date and check digit (GB 11643).
    """
    if _ID_NUMBER.fullmatch(text) is None:
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[17]


def seeded_people() -> tuple[Person, ...]:
    """
    The invented people of the demonstration.
    """
    folder = resources.files("integrations.health_card.sandbox")
    return msgspec.json.decode(
        folder.joinpath("people.json").read_bytes(), type=tuple[Person, ...]
    )
