"""
Document numbers: form, check digit, what they tell. Pure.

GB 11643-1999 for ID cards and residence permits (divisions 810000, 820000, 830000): 6 digits of
division, 8 of birth date, 3 of sequence (odd is male), ISO 7064 MOD 11-2 check character.
Divisions are not looked up: abolished ones live on in the numbers of the living.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from integrations.spi import PersonKey

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_EIGHTEEN = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_FIFTEEN = re.compile(r"[1-9][0-9]{14}", re.ASCII)
_PERMIT_DIVISIONS = ("810000", "820000", "830000")
_EARLIEST_BIRTH_YEAR = 1800

_OTHER_FORMS: Mapping[PersonKey, re.Pattern[str]] = {
    # H or M and 8 digits for Hong Kong and Macao (10 with the old renewal count), 8 for Taiwan
    PersonKey.TRAVEL_PERMIT: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?|[0-9]{8}", re.ASCII),
    PersonKey.PASSPORT: re.compile(r"[0-9A-Z]{5,17}", re.ASCII),
    # 15 characters since 2004; 18 digits that begin with 9 since 2023
    PersonKey.FOREIGN_RESIDENT_CARD: re.compile(r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]", re.ASCII),
    # one letter and nine digits, printed as a bar code since the seventh edition of 2023
    PersonKey.BIRTH_CERTIFICATE: re.compile(r"[A-Z][0-9]{9}", re.ASCII),
}


class Reason(StrEnum):
    """
    Why a number is refused.
    """

    FORM = "form"
    CHECK_DIGIT = "check_digit"
    BIRTH_DATE = "birth_date"
    TYPE = "type"


class Document(Struct, frozen=True):
    """
    A number that can exist, normalised.

    Attributes:
        type: an ID-card number of a permit division is a residence permit.
        number: upper case, without blanks; 15 digits are made 18.
        birth_date: None where the number does not tell.
        sex: ``M``, ``F`` or ``U``.
    """

    type: PersonKey
    number: str
    birth_date: date | None = None
    sex: str = "U"

    def __repr__(self) -> str:
        """
        Name the type of document only.
        """
        return f"Document({self.type.value!r}, …)"


class Implausible(Struct, frozen=True):
    """
    A number that cannot exist.
    """

    reason: Reason


def read_document(kind: PersonKey, text: str, today: date) -> Document | Implausible:
    """
    Normalise and check a document number.

    Args:
        kind: what it is said to be.
        text: as typed or read; blanks do not matter and letters may be lower case.
        today: nobody is born after it.
    """
    number = text.replace(" ", "").upper()
    if kind in (PersonKey.ID_CARD, PersonKey.RESIDENCE_PERMIT):
        return _gb11643(kind, number, today)
    if _OTHER_FORMS[kind].fullmatch(number) is None:
        return Implausible(Reason.FORM)
    return Document(kind, number)


def check_character(digits: str) -> str:
    """
    Return the ISO 7064 MOD 11-2 check character of the first 17 digits.
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def index_value(document: Document) -> tuple[str, str]:
    """
    Return domain and value of a document's blind index.

    ID cards and residence permits share a domain: their numbers cannot coincide, and a desk may
    take one for the other.
    """
    if document.type in (PersonKey.ID_CARD, PersonKey.RESIDENCE_PERMIT):
        return "document/gb11643", document.number
    return f"document/{document.type.value}", document.number


def _gb11643(kind: PersonKey, number: str, today: date) -> Document | Implausible:
    if _FIFTEEN.fullmatch(number) is not None and kind is PersonKey.ID_CARD:
        # the first generation knew only people born in the twentieth century
        payload = number[:6] + "19" + number[6:]
        number = payload + check_character(payload)
    if _EIGHTEEN.fullmatch(number) is None:
        return Implausible(Reason.FORM)
    permit = number.startswith(_PERMIT_DIVISIONS)
    if kind is PersonKey.RESIDENCE_PERMIT and not permit:
        return Implausible(Reason.TYPE)
    if number[-1] != check_character(number[:17]):
        return Implausible(Reason.CHECK_DIGIT)
    born = _birth_date(number[6:14])
    if born is None or born > today:
        return Implausible(Reason.BIRTH_DATE)
    sex = "M" if int(number[16]) % 2 else "F"
    return Document(PersonKey.RESIDENCE_PERMIT if permit else PersonKey.ID_CARD, number, born, sex)


def _birth_date(digits: str) -> date | None:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if born.year >= _EARLIEST_BIRTH_YEAR else None
