"""
From settings to an application: the pieces that need files, keys and plugins.
"""

import secrets
import stat
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
import structlog

from integrations.builtin import builtin
from integrations.loader import IntegrationNotLoadedError, load
from integrations.registry import Registry, open_integrations
from integrations.spi import Environment, Exchange, Manifest, Plugin
from wallet.oidc import configuration
from wallet.oidc.configuration import Providers
from wallet.oidc.errors import ConfigurationError
from wallet.pages.assets import assets
from wallet.settings import Settings
from wallet.vault import keyfile
from wallet.vault.errors import KeyFileError
from wallet.vault.keyfile import KeyFile

_LOG = structlog.get_logger("wallet.integrations")
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


def plugins(allowed: tuple[str, ...]) -> tuple[Plugin, ...]:
    """
    Return the allowed plugins: the shipped ones first, then installed ones by entry point.

    Raises:
        click.ClickException: a name is neither shipped nor installed.
    """
    shipped = {plugin.manifest.id: plugin for plugin in builtin()}
    try:
        elsewhere = load(tuple(name for name in allowed if name not in shipped))
    except IntegrationNotLoadedError as fault:
        raise click.ClickException(f"No such integration: {fault}") from None
    known = shipped | {plugin.manifest.id: plugin for plugin in elsewhere}
    return tuple(known[name] for name in allowed)


def open_registry(settings: Settings) -> Registry:
    """
    Open every allowed integration with its part of the integrations file.

    Raises:
        click.ClickException: see `integration_parts` and `plugins`.
    """
    parts = integration_parts(settings.integration_settings)

    def environment(manifest: Manifest) -> Environment:
        part = parts.get(manifest.id)
        return Environment(
            settings=bytes(part) if part is not None else b"{}",
            now=lambda: datetime.now(UTC),  # noqa: TID251 - handed in as an argument
            token=secrets.token_bytes,
            observe=observe,
        )

    return open_integrations(plugins(settings.allowed_integrations()), environment)


def observe(exchange: Exchange) -> None:
    """
    Log an exchange with a partner; its texts were scrubbed and stay out of the log all the same.
    """
    _LOG.info(
        "partner exchange",
        integration=exchange.integration,
        operation=exchange.operation,
        partner_code=exchange.result,
        ms=exchange.milliseconds,
    )


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
