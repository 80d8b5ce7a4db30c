"""
A deployment of the wallet for measuring: settings, keys, integrations and services.
"""

import secrets
from collections.abc import Mapping

from bench.paying import plugins
from integrations.registry import Registry, open_integrations
from integrations.spi import Environment, Exchange, Manifest
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


def registry() -> Registry:
    """
    Open the integrations of this package.
    """
    clock = SystemClock()

    def environment(manifest: Manifest) -> Environment:
        del manifest
        return Environment(
            settings=b"{}", now=clock.now, token=secrets.token_bytes, observe=_ignore
        )

    return open_integrations(plugins(), environment)


def services_of(settings: Settings) -> Services:
    """
    Compose the wallet.
    """
    return compose(
        settings, clock=SystemClock(), keys=keyfile.load(settings.key_file), registry=registry()
    )


def _ignore(exchange: Exchange) -> None:
    del exchange
