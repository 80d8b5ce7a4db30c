"""
A deployment of the wallet for measuring: settings, keys, integrations and services.
"""

import secrets
from collections.abc import Mapping, Sequence

from bench.paying import plugins
from integrations.registry import Registry, open_integrations
from integrations.spi import Environment, Exchange, Manifest, Plugin
from wallet.app import Services, compose
from wallet.clock import SystemClock
from wallet.settings import PREFIX, Settings
from wallet.vault import keyfile

WITHOUT_DATABASE = "FUSION_WALLET_BENCH_WITHOUT_DATABASE"


def variables(settings: Mapping[str, object]) -> dict[str, str]:
    """
    Return settings as the environment of a process.
    """
    return {PREFIX + name.upper(): str(value) for name, value in settings.items()}


def registry(opened: Sequence[Plugin] | None = None) -> Registry:
    """
    Open integrations; those that only answer unless others are given.
    """
    clock = SystemClock()

    def environment(manifest: Manifest) -> Environment:
        del manifest
        return Environment(
            settings=b"{}", now=clock.now, token=secrets.token_bytes, observe=_ignore
        )

    return open_integrations(plugins() if opened is None else opened, environment)


def services_of(settings: Settings, opened: Sequence[Plugin] | None = None) -> Services:
    """
    Compose the wallet.
    """
    return compose(
        settings,
        clock=SystemClock(),
        keys=keyfile.load(settings.key_file),
        registry=registry(opened),
    )


def _ignore(exchange: Exchange) -> None:
    del exchange
