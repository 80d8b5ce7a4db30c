"""Public keys and signatures as devices send them."""

from base64 import b64encode, urlsafe_b64encode

import gmssl_pyx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from wallet.devices.public_keys import read_public_key, read_signature
from wallet.devices.words import SuiteName

SM2_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


def spki(curve):
    key = ec.generate_private_key(curve).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


class TestReadPublicKey:
    def test_p256(self):
        """
        A key on P-256 belongs to the international suite.
        """
        der = spki(ec.SECP256R1())

        assert (SuiteName.INTERNATIONAL, der[-65:]) == read_public_key(b64encode(der).decode())

    def test_sm2(self):
        """
        A key on the SM2 curve belongs to the national suite.
        """
        point = b"\x04" + gmssl_pyx.sm2_key_generate()[0]

        assert (SuiteName.NATIONAL, point) == read_public_key(
            b64encode(SM2_PREFIX + point).decode()
        )

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "????",
            "AAAA",
            "键",
            b64encode(spki(ec.SECP384R1())).decode(),
            b64encode(spki(ec.SECP256K1())).decode(),
            b64encode(spki(ec.SECP256R1())[:-1] + b"\0").decode(),
            b64encode(spki(ec.SECP256R1()) + b"\0").decode(),
            b64encode(SM2_PREFIX + b"\x04" + bytes(64)).decode(),
            b64encode(spki(ec.SECP256R1())).decode() + "\n",
        ],
    )
    def test_anything_else(self, text):
        """
        Other curves, points off the curve and other texts are no keys.
        """
        assert read_public_key(text) is None


class TestReadSignature:
    def test_raw(self):
        """
        Sixty-four bytes in base64url without padding are a signature.
        """
        raw = bytes(range(192, 256))
        text = urlsafe_b64encode(raw).rstrip(b"=").decode()

        assert raw == read_signature(text)

    @pytest.mark.parametrize("text", ["", "A", "AAAA", "A" * 88, "键" * 86])
    def test_anything_else(self, text):
        """
        Anything else is nothing.
        """
        assert b"" == read_signature(text)
