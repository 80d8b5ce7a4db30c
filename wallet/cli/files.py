"""
The files of a deployment, each looked at before anything starts; imports no more than that takes.
"""

import stat
from pathlib import Path

import click
import msgspec

from wallet.oidc import configuration
from wallet.oidc.configuration import Providers
from wallet.oidc.errors import ConfigurationError
from wallet.pages.assets import assets
from wallet.settings import Settings
from wallet.vault import keyfile
from wallet.vault.errors import KeyFileError
from wallet.vault.keyfile import KeyFile

_OTHERS = 0o077


def check_files() -> None:
    """
    Look whether the files that pages are served with are there.

    Raises:
        click.ClickException: they are not; what to run is in it.
    """
    try:
        assets()
    except FileNotFoundError as fault:
        raise click.ClickException(str(fault)) from None


def load_keys(settings: Settings) -> KeyFile:
    """
    Load the key file.

    Raises:
        click.ClickException: it is missing, unreadable or open to others; says what to do.
    """
    try:
        return keyfile.load(settings.key_file)
    except KeyFileError as fault:
        hint = "make one with `fusion-wallet keys new`" if not settings.key_file.exists() else ""
        raise click.ClickException(f"{settings.key_file}: {fault} {hint}".strip()) from None


def load_providers(settings: Settings) -> Providers:
    """
    Read the file of sign-in providers; there are none when there is no file.

    Raises:
        click.ClickException: it is unreadable, open to others although our keys are in it, or not
            of the documented form; says what to do and names no value.
    """
    content = _private(settings.oidc_settings, "keys towards sign-in providers")
    if content is None:
        return Providers()
    try:
        return configuration.read(content)
    except ConfigurationError as fault:
        raise click.ClickException(f"{settings.oidc_settings}: {fault}") from None


def integration_parts(path: Path) -> dict[str, msgspec.Raw]:
    """
    Read the integrations file: integration id to its settings; nothing when there is no file.

    Raises:
        click.ClickException: it is unreadable, open to others although partners' keys are in it,
            or no JSON object; says what to do and names no value.
    """
    content = _private(path, "partners' keys")
    if content is None:
        return {}
    try:
        return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        raise click.ClickException(f"{path}: is not a JSON object of integrations") from None


def _private(path: Path, secret: str) -> bytes | None:
    """
    Read a file that nobody else may use; None when there is none.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        raise click.ClickException(f"{path}: cannot be read") from None
    if not stat.S_ISREG(mode) or stat.S_IMODE(mode) & _OTHERS:
        raise click.ClickException(
            f"{path}: {secret} may be used by others than its owner; chmod 0400 it"
        )
    return content
