"""
Why an operator touches something of a resident's: a purpose, and the ticket that asks for it.
"""

import re
from typing import Final

from msgspec import Struct

from wallet.errors import ValidationFailedError

PURPOSE_MAX: Final = 60
_TICKET: Final = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")
_NUMBER: Final = re.compile(r"\d(?:[ .-]?\d){5}")


class Grounds(Struct, frozen=True, kw_only=True):
    """
    A purpose and the ticket that asks for it, both of the documented form.
    """

    purpose: str
    ticket: str

    @property
    def told(self) -> str:
        """
        Both as one text, for the resident's journal.
        """
        return why(self.purpose, self.ticket)


def grounds(purpose: str, ticket: str) -> Grounds:
    """
    Return the grounds of a deed.

    Args:
        purpose: why, 1 to 60 printable characters without a number of six digits or more.
        ticket: 1 to 32 letters, digits, dots, dashes and underscores.

    Raises:
        ValidationFailedError: one of them is missing or not of that form.
    """
    purpose, ticket = purpose.strip(), ticket.strip()
    if not is_purpose(purpose):
        raise ValidationFailedError("Look at: purpose")
    if _NUMBER.search(purpose):
        raise ValidationFailedError("Numbers of people do not belong into a purpose.")
    if not is_ticket(ticket):
        raise ValidationFailedError("Look at: ticket")
    return Grounds(purpose=purpose, ticket=ticket)


def is_purpose(text: str) -> bool:
    """
    Tell whether a text can be a purpose: 1 to 60 printable characters, more than blanks.
    """
    return 1 <= len(text.strip()) <= PURPOSE_MAX and text.isprintable()


def is_ticket(text: str) -> bool:
    """
    Tell whether a text can be a ticket: 1 to 32 letters, digits, dots, dashes and underscores.
    """
    return _TICKET.match(text) is not None


def why(purpose: str, ticket: str) -> str:
    """
    Return both as one text of at most 95 characters, for the resident's journal.
    """
    return f"{purpose} ({ticket})"
