"""
Why an operator touches something of a resident's: the resident reads it.
"""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])

_PURPOSE_MAX: Final = 60
_TICKET: Final = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z")


def _purpose(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not 1 <= len(text.strip()) <= _PURPOSE_MAX or not text.isprintable():
        raise click.BadParameter(f"1 to {_PURPOSE_MAX} printable characters")
    return text.strip()


def _ticket(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not _TICKET.match(text):
        raise click.BadParameter("1 to 32 letters, digits, dots, dashes")
    return text


def grounds(command: C) -> C:
    """
    Make a command ask for purpose and ticket.
    """
    purpose = click.option(
        "--purpose", required=True, callback=_purpose, help="Why; the resident reads it."
    )
    ticket = click.option(
        "--ticket", required=True, callback=_ticket, help="Number of the ticket that asks for it."
    )
    return purpose(ticket(command))


def why(purpose: str, ticket: str) -> str:
    """
    Return both as one text of at most 95 characters, for the journal.
    """
    return f"{purpose} ({ticket})"
