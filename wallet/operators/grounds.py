"""
Why an operator touches something of a resident's: a purpose, and the ticket that asks for it.
"""

import re
from typing import Final

PURPOSE_MAX: Final = 60
_TICKET: Final = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")


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
