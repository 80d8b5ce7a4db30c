"""
What the words of a command may be, where a type of click's own is too wide.
"""

from pathlib import Path
from typing import Final

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from wallet.parties.keys import PrivateKey, UnusableKeyError, private_from_pem
from wallet.parties.words import (
    CASH_DUE_MOST_SECONDS,
    LIMIT_MOST_MINOR,
    PartyKind,
    SettledBy,
    TerminalKind,
    is_party_name,
)

NUMBER: Final = click.IntRange(1, 2**63 - 1)  # what a database can count
FEN: Final = click.IntRange(0, LIMIT_MOST_MINOR)
PARTIES: Final = click.Choice([kind.value for kind in PartyKind])
TERMINALS: Final = click.Choice([kind.value for kind in TerminalKind])
SETTLERS: Final = click.Choice([each.value for each in SettledBy])
CASH_DUE: Final = click.IntRange(1, CASH_DUE_MOST_SECONDS)


def party_name(_context: click.Context, _parameter: click.Parameter, given: str) -> str:
    """
    Return a party's name as it is.

    Raises:
        click.BadParameter: a page could not show it.
    """
    if not is_party_name(given):
        raise click.BadParameter("1 to 100 printable characters")
    return given


def make_key(path: Path) -> None:
    """
    Make the key of a terminal that this shell is to be, unless there is one.

    Raises:
        OSError: it cannot be made there.
    """
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        path.touch(mode=0o600)
        path.write_bytes(pem)


def own_key(path: Path) -> PrivateKey:
    """
    Read the key of a terminal that this shell is.

    Raises:
        click.ClickException: the file holds none.
        OSError: it is not to be had.
    """
    try:
        return private_from_pem(path.read_bytes())
    except UnusableKeyError:
        raise click.ClickException(f"{path}: is no PEM of an Ed25519 or P-256 key") from None
