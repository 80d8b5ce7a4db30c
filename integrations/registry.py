"""
The opened integrations: by id, by context, by family of foreign codes, by capability.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from integrations.spi import (
    SPI_VERSION,
    Credentials,
    Decoding,
    Environment,
    Insurance,
    Integration,
    InvalidSettingsError,
    Linking,
    Manifest,
    Payment,
    Plugin,
    Proofing,
)

_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")


class UnfitIntegrationError(Exception):
    """
    An integration cannot be taken in. The text names it and says why.
    """


class Registry:
    """
    Holds opened integrations; does not change after it was made.
    """

    def __init__(self, integrations: Iterable[Integration]) -> None:
        """
        Take in the integrations.

        Raises:
            UnfitIntegrationError: an id is malformed or given twice, the contract's version is
                another one, or a family of foreign codes cannot be decoded or has two decoders.
        """
        self._by_id: dict[str, Integration] = {}
        self._by_family: dict[str, Decoding] = {}
        for integration in integrations:
            self._take_in(integration)

    def __iter__(self) -> Iterator[Integration]:
        """
        Go through all integrations in the order in which they were taken in.
        """
        return iter(self._by_id.values())

    def get(self, integration_id: str) -> Integration | None:
        """
        The integration of this id.
        """
        return self._by_id.get(integration_id)

    def manifests(self) -> tuple[Manifest, ...]:
        """
        What the integrations declare.
        """
        return tuple(integration.manifest for integration in self)

    def of_context(self, context: str) -> tuple[Integration, ...]:
        """
        The integrations of a context, such as ``payment``.
        """
        return tuple(each for each in self if each.manifest.context == context)

    def decoder_of(self, family: str) -> Decoding | None:
        """
        Who decodes this family of foreign codes.
        """
        return self._by_family.get(family)

    def owner_of(self, family: str) -> Integration | None:
        """
        The integration whose manifest names this family of foreign codes.
        """
        return next((each for each in self if family in each.manifest.foreign_families), None)

    def proofing(self, integration_id: str) -> Proofing | None:
        """
        The integration of this id if it proves persons.
        """
        integration: object = self.get(integration_id)
        return integration if isinstance(integration, Proofing) else None

    def linking(self, integration_id: str) -> Linking | None:
        """
        The integration of this id if residents are bound to it.
        """
        integration: object = self.get(integration_id)
        return integration if isinstance(integration, Linking) else None

    def credentials(self, integration_id: str) -> Credentials | None:
        """
        The integration of this id if it obtains credentials for a visit.
        """
        integration: object = self.get(integration_id)
        return integration if isinstance(integration, Credentials) else None

    def decoding(self, integration_id: str) -> Decoding | None:
        """
        The integration of this id if it decodes foreign codes.
        """
        integration: object = self.get(integration_id)
        return integration if isinstance(integration, Decoding) else None

    def insurance(self, integration_id: str) -> Insurance | None:
        """
        The integration of this id if it settles bills with an insurer.
        """
        integration: object = self.get(integration_id)
        # `Payment` has every method of `Insurance` by name, and `secure` besides.
        if self.payment(integration_id) is not None:
            return None
        return integration if isinstance(integration, Insurance) else None

    def payment(self, integration_id: str) -> Payment | None:
        """
        The integration of this id if it charges.
        """
        integration: object = self.get(integration_id)
        return integration if isinstance(integration, Payment) else None

    async def close(self) -> None:
        """
        Let every integration give up its connections.
        """
        for integration in self:
            await integration.close()

    def _take_in(self, integration: Integration) -> None:
        manifest = integration.manifest
        _check(manifest)
        if manifest.id in self._by_id:
            raise UnfitIntegrationError(f"{manifest.id}: the id is taken")
        for family in manifest.foreign_families:
            if not isinstance(integration, Decoding):
                raise UnfitIntegrationError(f"{manifest.id}: cannot decode {family}")
            if family in self._by_family:
                raise UnfitIntegrationError(f"{manifest.id}: {family} has a decoder already")
            self._by_family[family] = integration
        self._by_id[manifest.id] = integration


def open_integrations(
    plugins: Iterable[Plugin], environment_of: Callable[[Manifest], Environment]
) -> Registry:
    """
    Open each plugin in the environment made for it.

    Args:
        plugins: built in or loaded.
        environment_of: gives the environment of the integration with this manifest.

    Raises:
        UnfitIntegrationError: a plugin does not fit the contract, or opens as something else.
        InvalidSettingsError: the settings of one are not usable; the text begins with its id.
    """
    opened = []
    for plugin in plugins:
        manifest = plugin.manifest
        _check(manifest)
        try:
            integration = plugin.open(environment_of(manifest))
        except InvalidSettingsError as error:
            raise InvalidSettingsError(f"{manifest.id}: {error}") from None
        if integration.manifest.id != manifest.id:
            raise UnfitIntegrationError(f"{manifest.id}: opens as {integration.manifest.id}")
        opened.append(integration)
    return Registry(opened)


def _check(manifest: Manifest) -> None:
    if _ID.fullmatch(manifest.id) is None:
        raise UnfitIntegrationError(f"{manifest.id!r:.40}: not a usable id")
    if manifest.spi_version != SPI_VERSION:
        raise UnfitIntegrationError(
            f"{manifest.id}: written against contract {manifest.spi_version}, not {SPI_VERSION}"
        )
