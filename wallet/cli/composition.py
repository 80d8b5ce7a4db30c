"""
From settings to an application: the pieces that need keys and plugins.
"""

import secrets
from datetime import UTC, datetime

import click
import structlog

from integrations.builtin import builtin
from integrations.loader import IntegrationNotLoadedError, load
from integrations.registry import Registry, open_integrations
from integrations.spi import Environment, Exchange, InvalidSettingsError, Manifest, Plugin
from wallet.cli.files import check_files, integration_parts, load_keys, load_providers
from wallet.settings import Settings

__all__ = (
    "check_files",
    "integration_parts",
    "load_keys",
    "load_providers",
    "observe",
    "open_registry",
    "plugins",
)

_LOG = structlog.get_logger("wallet.integrations")


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
        click.ClickException: see `integration_parts` and `plugins`; or one's part does not do.
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

    try:
        return open_integrations(plugins(settings.allowed_integrations()), environment)
    except InvalidSettingsError as fault:
        raise click.ClickException(
            f"{settings.integration_settings}: {fault} (docs/integrations says what belongs "
            "there; FUSION_WALLET_INTEGRATIONS names the integrations that are loaded)"
        ) from None


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
