"""
Faults of a command's surroundings become a line; imports nothing before there is one.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def plainly() -> Iterator[None]:
    """
    Tell in a line of a fault in the block that is none of the program.

    Raises:
        click.ClickException: a setting, a file or the database is of no use; says why.
    """
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Exception as fault:
        told = importlib.import_module("wallet.cli.faults").told(fault)
        if told is None:
            raise
        raise click.ClickException(told) from None
