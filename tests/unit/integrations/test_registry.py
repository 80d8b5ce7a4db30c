"""
The registry of opened integrations.
"""

import msgspec
import pytest

from integrations.registry import Registry, UnfitIntegrationError, open_integrations
from integrations.spi import Environment, InvalidSettingsError, Manifest, Text


def manifest(integration_id="one", **changes):
    plain = {
        "id": integration_id,
        "spi_version": 1,
        "context": "library_card",
        "title": Text("图书证", "Library card"),
        "releases": {},
        "refusals": {},
    }
    return Manifest(**plain | changes)


class Bare:
    """
    An integration with no capability.
    """

    def __init__(self, manifest):
        self.manifest = manifest
        self.closed = 0

    async def validate(self, request): ...

    def scrub(self, transcript): ...

    async def close(self):
        self.closed += 1


class Safe(Bare):
    """
    An integration with each capability that changes nothing.
    """

    async def prove(self, person): ...

    async def link(self, request): ...

    async def unlink(self, subject): ...

    async def obtain(self, request): ...

    async def decode(self, request): ...


class Insurer(Bare):
    """
    An integration that settles.
    """

    def prepare(self, request, continuation, numbers, party): ...

    async def perform(self, prepared, party): ...

    async def query(self, query, party): ...

    async def statement(self, day, party): ...


class Payer(Insurer):
    """
    An integration that charges.
    """

    async def secure(self, request): ...


class PluginOf:
    """
    Opens as it is told.
    """

    def __init__(self, manifest, integration=None, error=None):
        self.manifest = manifest
        self._integration = integration or Bare(manifest)
        self._error = error
        self.environment = None

    def open(self, environment):
        self.environment = environment
        if self._error is not None:
            raise self._error
        return self._integration


def environment(_manifest=None):
    return Environment(settings=b"{}", now=None, token=None, observe=None)


class TestRegistry:
    def test_by_id(self):
        """
        An integration is found by its id, and only by that.
        """
        one = Bare(manifest("one"))

        registry = Registry([one])

        assert one is registry.get("one")
        assert registry.get("two") is None

    def test_by_context(self):
        """
        A context lists its integrations in the order in which they were taken in.
        """
        first, other, second = (
            Bare(manifest("b")),
            Bare(manifest("c", context="payment")),
            Bare(manifest("a")),
        )

        registry = Registry([first, other, second])

        assert (first, second) == registry.of_context("library_card")
        assert ("b", "c", "a") == tuple(each.id for each in registry.manifests())

    def test_by_family(self):
        """
        A family of foreign codes leads to its one decoder.
        """
        decoder = Safe(manifest(foreign_families=("library_qr",)))

        registry = Registry([decoder])

        assert decoder is registry.decoder_of("library_qr")
        assert decoder is registry.owner_of("library_qr")
        assert registry.decoder_of("other") is None
        assert registry.owner_of("other") is None

    def test_capabilities(self):
        """
        Each accessor gives the integration only when it has the capability.
        """
        registry = Registry(
            [Safe(manifest("safe")), Insurer(manifest("insurer")), Payer(manifest("payer"))]
        )

        assert {
            "proofing": ["safe"],
            "linking": ["safe"],
            "credentials": ["safe"],
            "decoding": ["safe"],
            "insurance": ["insurer"],
            "payment": ["payer"],
        } == {
            name: [each for each in ("safe", "insurer", "payer", "none") if accessor(each)]
            for name in (
                "proofing",
                "linking",
                "credentials",
                "decoding",
                "insurance",
                "payment",
            )
            if (accessor := getattr(registry, name))
        }

    async def test_close(self):
        """
        Closing reaches every integration.
        """
        both = [Bare(manifest("a")), Bare(manifest("b"))]

        await Registry(both).close()

        assert [1, 1] == [each.closed for each in both]

    @pytest.mark.parametrize(
        ("integrations", "reason"),
        [
            ([Bare(manifest("a")), Bare(manifest("a"))], "taken"),
            ([Bare(manifest("a", spi_version=2))], "contract 2"),
            ([Bare(manifest("No-Id"))], "usable id"),
            ([Bare(manifest("a", foreign_families=("x",)))], "cannot decode"),
            (
                [
                    Safe(manifest("a", foreign_families=("x",))),
                    Safe(manifest("b", foreign_families=("x",))),
                ],
                "decoder already",
            ),
        ],
    )
    def test_refuses(self, integrations, reason):
        """
        What does not fit is refused with its reason.
        """
        with pytest.raises(UnfitIntegrationError, match=reason):
            Registry(integrations)


class TestOpenIntegrations:
    def test_opens_each_in_its_environment(self):
        """
        Each plugin is opened in the environment that was made for its manifest.
        """
        plugins = [PluginOf(manifest("a")), PluginOf(manifest("b"))]
        asked = []

        def environment_of(declared):
            asked.append(declared.id)
            return msgspec.structs.replace(environment(), settings=declared.id.encode())

        registry = open_integrations(plugins, environment_of)

        assert ["a", "b"] == asked
        assert [b"a", b"b"] == [each.environment.settings for each in plugins]
        assert registry.get("b") is not None

    def test_opens_as_another(self):
        """
        A plugin that opens as another integration is refused.
        """
        plugin = PluginOf(manifest("a"), Bare(manifest("b")))

        with pytest.raises(UnfitIntegrationError, match="opens as b"):
            open_integrations([plugin], environment)

    def test_names_whose_settings_are_wrong(self):
        """
        Unusable settings are reported with the integration's id.
        """
        plugin = PluginOf(manifest("a"), error=InvalidSettingsError("`$.url`"))

        with pytest.raises(InvalidSettingsError, match="a: `"):
            open_integrations([plugin], environment)
