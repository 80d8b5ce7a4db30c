"""RSA2: texts, and signatures against OpenSSL's and against plain integers."""

import base64

import pytest

from integrations.alipay.sandbox.signing import (
    NOTIFICATION_UNSIGNED,
    REQUEST_UNSIGNED,
    Signer,
    Verifier,
    spoiled,
    text_to_sign,
)
from tests.unit.integrations.alipay.sandbox.merchant import rsa_accepts, rsa_sign

# Made with OpenSSL 3.0.19: `openssl genrsa 2048`, `openssl dgst -sha256 -sign`.
OPENSSL_PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5M058+UV1X/rCzbc0avs
XrgVehX6hg463o1BHgeUz3v5+uubD3KpILM1RwSJpGdvS7ZH1a0DxnTGMV5xbbrm
i3FiHlmQa9KJ33IG4qwXMll/PwrSBKL4XgEKaB7rJCNDRoSiQqKIwXlOWgMaETvz
5y/xOlr4AheqATzSF9Uyy7cc1MnT0+3mJy6F/fv7g9EQ3ZsPZhmQ6oma4d/WD6bx
+vjRGJ7j7zvcC6Y0zpQh1e7H2D2jdqwjmjy/EEuezvySucCDszYtZ4UnTAiT4M0M
kvPq+Zek2OdedBL9mSR3e5I2NpJn5t5Z8TJ3DokgyktMX03PfUwZDy3RXd3JWEy4
RQIDAQAB
-----END PUBLIC KEY-----
"""
OPENSSL_SIGNATURE = (
    "savo++yyfnjWbBR6ATMFEgIWSCABNYn0pS/gOjYmkQ+LdlrTEUof01D/Ni+D5ndHTg7vrSYakvhZynVeipDY/kIP"
    "AXUz+XcJzwGsI82fcV8Eai5+LkFL/lulKtoLSR38uFe8cOh7U1gAuw2xmn0DEjJfYfXEKTm2T2D6RXLGG/LVOL+w"
    "8SauS8deqR2qmUg80SSS5FOd2VbQGiXwSI9SKdTyWAV9dWzNU2EGrdL05PKLX851jjQb1NUyJX6QZ+g0a+0vbQYf"
    "OCx6BNm/yRmaDLdWSImVeTzsFX7s1fUSnqAAGOid+92RGC465woREHerUK6aRwv6C/lorituSl5wpA=="
)
PARAMETERS = {
    "version": "1.0",
    "subject": "门诊缴费",
    "sign_type": "RSA2",
    "sign": "not part of it",
    "notify_url": "",
    "timestamp": "2026-11-23 10:00:00",
    "method": "alipay.trade.query",
    "charset": "utf-8",
    "biz_content": '{"out_trade_no":"T1"}',
    "app_id": "2021000000000001",
}
REQUEST_TEXT = (
    'app_id=2021000000000001&biz_content={"out_trade_no":"T1"}&charset=utf-8'
    "&method=alipay.trade.query&sign_type=RSA2&subject=门诊缴费"
    "&timestamp=2026-11-23 10:00:00&version=1.0"
)


class TestTextToSign:
    def test_of_a_request_leaves_out_only_the_signature(self):
        """
        A request's text holds the sorted, non-empty, undecorated pairs without `sign`.
        """
        assert REQUEST_TEXT.encode() == text_to_sign(PARAMETERS, REQUEST_UNSIGNED)

    def test_of_a_notification_leaves_out_the_sign_type_too(self):
        """
        A notification's text also lacks `sign_type`.
        """
        expected = REQUEST_TEXT.replace("&sign_type=RSA2", "").encode()

        assert expected == text_to_sign(PARAMETERS, NOTIFICATION_UNSIGNED)


class TestVerifier:
    def test_accepts_what_openssl_signed(self):
        """
        OpenSSL's signature over the request's text is accepted.
        """
        assert Verifier(OPENSSL_PUBLIC_KEY).accepts(REQUEST_TEXT.encode(), OPENSSL_SIGNATURE)

    @pytest.mark.parametrize(
        "signature",
        ["", "x", "é", OPENSSL_SIGNATURE[:-4], "A" + OPENSSL_SIGNATURE[1:], OPENSSL_SIGNATURE * 2],
    )
    def test_refuses_anything_else(self, signature):
        """
        A signature that is cut, changed, repeated or no base64 is refused without a fault.
        """
        assert not Verifier(OPENSSL_PUBLIC_KEY).accepts(REQUEST_TEXT.encode(), signature)

    def test_refuses_another_text(self):
        """
        A signature does not carry over to a text that differs by one letter.
        """
        text = REQUEST_TEXT.replace("T1", "T2").encode()

        assert not Verifier(OPENSSL_PUBLIC_KEY).accepts(text, OPENSSL_SIGNATURE)

    def test_wants_an_rsa_public_key(self):
        """
        A key of another kind is refused when the sandbox starts.
        """
        ed25519 = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + bytes(32)).decode()
        pem = f"-----BEGIN PUBLIC KEY-----\n{ed25519}\n-----END PUBLIC KEY-----\n"
        with pytest.raises(TypeError):
            Verifier(pem)


class TestSigner:
    def test_signs_as_rfc_8017_says(self, settings):
        """
        The signature equals the one computed with plain integers from RFC 8017.
        """
        app = settings.apps[0]
        signature = Signer(app.alipay_private_key).sign(b"text")

        assert rsa_sign(app.alipay_private_key, b"text") == signature
        assert rsa_accepts(app.alipay_public_key, b"text", signature)

    def test_wants_an_rsa_private_key(self):
        """
        A private key of another kind is refused when the sandbox starts.
        """
        ed25519 = base64.b64encode(
            bytes.fromhex("302e020100300506032b657004220420") + bytes(32)
        ).decode()
        pem = f"-----BEGIN PRIVATE KEY-----\n{ed25519}\n-----END PRIVATE KEY-----\n"
        with pytest.raises(TypeError):
            Signer(pem)


class TestSpoiled:
    def test_keeps_the_shape_and_fails(self):
        """
        A spoiled signature is as long as a right one and does not verify.
        """
        signature = spoiled(OPENSSL_SIGNATURE)

        assert len(OPENSSL_SIGNATURE) == len(signature)
        assert not Verifier(OPENSSL_PUBLIC_KEY).accepts(REQUEST_TEXT.encode(), signature)
