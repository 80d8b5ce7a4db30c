"""Opening the plugin, and what it declares."""

import pytest

from integrations.nhsa.manifest import MANIFEST
from integrations.nhsa.plugin import NhsaPlugin
from integrations.spi import (
    Credentials,
    Decoding,
    Environment,
    Insurance,
    Integration,
    InvalidSettingsError,
    Linking,
    LinkRequest,
    Payment,
    Proofing,
    Purpose,
    Refused,
)
from tests.contract.nhsa.builders import START, ZHANG, Clock, environment, profile_at


def opened(**settings):
    return NhsaPlugin().open(environment(Clock(), lambda _exchange: None, **settings))


class TestOpen:
    def test_capabilities(self):
        """
        It has everything an insurer offers and nothing a payment provider does.
        """
        integration = opened()
        has = (Integration, Proofing, Linking, Credentials, Decoding, Insurance)

        assert [True] * 6 == [isinstance(integration, capability) for capability in has]
        assert not isinstance(integration, Payment)
        assert integration.manifest is NhsaPlugin().manifest is MANIFEST

    @pytest.mark.parametrize(
        ("settings", "where"),
        [
            (b"", "not JSON"),
            (b"{", "not JSON"),
            (b'{"linking":"\xff"}', "linking"),
            (b"[]", "settings"),
            (b'{"surprise":"canary"}', "settings"),
            (b'{"linking":{"admvs":"canary"}}', r"`\$\.linking\.admvs`"),
            (b'{"infcodes":{"canary":"SUSPENDED"}}', "infcodes"),
            (b'{"infcodes":{"7":"CANARY"}}', r"infcodes\.7: unknown refusal code"),
        ],
    )
    def test_bad_settings(self, settings, where):
        """
        Bad settings are refused by the field's name, never by its value.
        """
        environment = Environment(
            settings=settings, now=Clock(), token=bytes, observe=lambda _exchange: None
        )

        with pytest.raises(InvalidSettingsError, match=rf"\Anhsa: .*{where}") as caught:
            NhsaPlugin().open(environment)
        assert "canary" not in str(caught.value).lower() or "unknown refusal" in str(caught.value)

    async def test_without_a_linking_institution(self):
        """
        Where nobody may ask for the grant, residents are neither linked nor proved.
        """
        refused = Refused("CREDENTIAL_REQUIRED", ("nhsa_ec", "id_card", "social_security_card"))
        request = LinkRequest(person=ZHANG, reference="link1", now=START)

        assert refused == await opened().link(request)
        assert refused == await opened().prove(ZHANG)

    async def test_linking_institution_without_the_grant(self):
        """
        An institution without the grant cannot link.
        """
        integration = opened(linking=profile_at("http://127.0.0.1:1", regional_grant=False))
        request = LinkRequest(person=ZHANG, reference="link1", now=START)

        assert "CREDENTIAL_REQUIRED" == (await integration.link(request)).code


class TestManifest:
    def test_releases_grow_with_the_purpose(self):
        """
        Settling shows the balance, registering the person type, identifying neither.
        """
        releases = MANIFEST.releases

        assert "balance_minor" in releases[Purpose.SETTLEMENT]
        assert "balance_minor" not in releases[Purpose.REGISTRATION]
        assert ("insutype_name", "local") == releases[Purpose.IDENTIFICATION]
        assert Purpose.PAYMENT not in releases
