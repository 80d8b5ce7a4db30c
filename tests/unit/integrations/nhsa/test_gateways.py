"""How a message is addressed and signed."""

from datetime import UTC, datetime

from integrations.nhsa.context import SingleUrlGateway, TifGateway
from integrations.nhsa.gateways import address, headers

TIF = TifGateway(url="http://fsi.example/fsi/api", paasid="demo", secret="s3cret")
SINGLE = SingleUrlGateway(url="http://fsi.example/hss-call-service-interface")
NOW = datetime(2026, 11, 20, 2, 0, 3, 999_999, tzinfo=UTC)


class TestAddress:
    def test_tif_ends_in_the_transaction(self):
        """
        Behind the signed gateway each transaction has an address of its own.
        """
        assert "http://fsi.example/fsi/api/2207" == address(TIF, "2207")

    def test_trailing_slash_is_not_doubled(self):
        """
        A base address may end in a slash.
        """
        gateway = TifGateway(url="http://fsi.example/", paasid="demo", secret="s3cret")

        assert "http://fsi.example/1101" == address(gateway, "1101")

    def test_single_url(self):
        """
        The unsigned gateway has one address for all.
        """
        assert SINGLE.url == address(SINGLE, "2207")


class TestHeaders:
    def test_signature(self):
        """
        The signature is the digest of timestamp, secret, nonce and timestamp.

        printf '%s' 1795140003s3cret00112233445566778899aabbccddeeff1795140003 | openssl sha256
        """
        random = bytes.fromhex("00112233445566778899aabbccddeeff")

        assert {
            "x-tif-paasid": "demo",
            "x-tif-timestamp": "1795140003",
            "x-tif-nonce": "00112233445566778899aabbccddeeff",
            "x-tif-signature": "bc53d2100221aa2d41347ca653c9bd15d76aa4595aef9579672fa1bdc992c1e6",
        } == headers(TIF, NOW, random)

    def test_single_url_is_unsigned(self):
        """
        The unsigned gateway adds no header.
        """
        assert {} == headers(SINGLE, NOW, bytes(16))
