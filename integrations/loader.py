"""
Integrations that are installed beside the wallet, by entry point and only when named.
"""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from integrations.spi import Manifest, Plugin

GROUP = "fusion_wallet.integrations"


class IntegrationNotLoadedError(Exception):
    """
    An integration that was asked for cannot be had. The text names it and says why.
    """


def installed() -> tuple[str, ...]:
    """
    Names of the installed integrations, without importing any of them.
    """
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


def load(allowed: Iterable[str]) -> tuple[Plugin, ...]:
    """
    Load the named integrations; nothing else is even imported.

    An entry point of the group `fusion_wallet.integrations` is called as the integration's id and
    names a class without arguments that implements `Plugin`.

    Args:
        allowed: names from the deployment's settings.

    Raises:
        IntegrationNotLoadedError: one is not installed, is installed twice, cannot be imported,
            or is not the plugin that its name says.
    """
    points = entry_points(group=GROUP)
    return tuple(_loaded(name, [each for each in points if each.name == name]) for name in allowed)


def _loaded(name: str, points: list[EntryPoint]) -> Plugin:
    if not points:
        raise IntegrationNotLoadedError(f"{name}: not installed")
    if len({point.value for point in points}) > 1:
        raise IntegrationNotLoadedError(f"{name}: installed by more than one package")
    try:
        plugin = points[0].load()()
        manifest = plugin.manifest
        opens = callable(plugin.open)
    except Exception as error:
        # Whatever foreign code raises while it is imported, the operator learns whose it is.
        raise IntegrationNotLoadedError(f"{name}: {type(error).__name__}") from error
    if not isinstance(manifest, Manifest) or not opens:
        raise IntegrationNotLoadedError(f"{name}: not a plugin")
    if manifest.id != name:
        raise IntegrationNotLoadedError(f"{name}: its manifest says {manifest.id!r:.40}")
    return cast("Plugin", plugin)
