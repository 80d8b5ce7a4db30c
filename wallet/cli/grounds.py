"""
Why an operator touches something of a resident's: the resident reads it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from wallet.operators.grounds import PURPOSE_MAX, is_purpose, is_ticket, why

__all__ = ("grounds", "why")

C = TypeVar("C", bound=Callable[..., Any])


def _purpose(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not is_purpose(text):
        raise click.BadParameter(f"1 to {PURPOSE_MAX} printable characters")
    return text.strip()


def _ticket(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not is_ticket(text):
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
