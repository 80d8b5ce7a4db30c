"""Terminals' keys."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.hospitals import private_key
from wallet.parties.keys import (
    EcJwk,
    OkpJwk,
    UnusableKeyError,
    enrolment_message,
    from_der,
    from_jwk,
    from_pem,
    private_from_pem,
    sign,
    to_der,
    to_jwk,
    verify,
)

KINDS = ("ed25519", "p256")


def pem_of(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem_of(key):
    raw = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return raw.decode()


class TestReading:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_form_is_the_same_key(self, kind):
        """
        JWK, PEM and DER of one key are one key.
        """
        key = private_key(kind)
        der = to_der(key.public_key())
        read = (from_jwk(to_jwk(key.public_key())), from_pem(public_pem_of(key)), from_der(der))

        assert [der] * 3 == [to_der(public) for public in read]

    def test_published_jwk(self):
        """
        The Ed25519 key of RFC 8037 appendix A.2 is read as printed there.
        """
        text = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        raw = base64.urlsafe_b64decode(text + "=")

        assert raw == to_der(from_jwk(OkpJwk(crv="Ed25519", x=text)))[-32:]

    @pytest.mark.parametrize(
        "jwk",
        [
            EcJwk(crv="P-256", x="A" * 43, y="A" * 43),
            EcJwk(crv="P-256", x="_" * 43, y="_" * 43),
            OkpJwk(crv="Ed25519", x="A" * 20),
        ],
    )
    def test_no_point(self, jwk):
        """
        Numbers that are no point of the curve are no key.
        """
        with pytest.raises(UnusableKeyError):
            from_jwk(jwk)

    @pytest.mark.parametrize(
        "key",
        [
            rsa.generate_private_key(65537, 2048),
            ec.generate_private_key(ec.SECP384R1()),
            ec.generate_private_key(ec.SECP256K1()),
        ],
        ids=["rsa", "p384", "k1"],
    )
    def test_other_kinds(self, key):
        """
        Keys of other kinds are refused, public or private.
        """
        with pytest.raises(UnusableKeyError):
            from_pem(public_pem_of(key))
        with pytest.raises(UnusableKeyError):
            private_from_pem(pem_of(key))

    @pytest.mark.parametrize("text", ["", "x", "-----BEGIN PUBLIC KEY-----\nAA\n-----END"])
    def test_no_pem(self, text):
        """
        What is no PEM is refused.
        """
        with pytest.raises(UnusableKeyError):
            from_pem(text)
        with pytest.raises(UnusableKeyError):
            private_from_pem(text.encode())

    @pytest.mark.parametrize("kind", KINDS)
    def test_private_key_is_read_back(self, kind):
        """
        A terminal reads its own key back.
        """
        key = private_key(kind)

        assert pem_of(key) == pem_of(private_from_pem(pem_of(key)))


class TestVerify:
    @pytest.mark.parametrize("kind", KINDS)
    def test_right_and_wrong(self, kind):
        """
        A signature is 64 bytes and good for its message and key alone.
        """
        key, other = private_key(kind), private_key(kind)
        signature = sign(key, b"m")

        assert 64 == len(signature)
        assert verify(key.public_key(), signature, b"m")
        assert not verify(key.public_key(), signature, b"n")
        assert not verify(other.public_key(), signature, b"m")

    @given(signature=st.binary(max_size=80), kind=st.sampled_from(KINDS))
    def test_is_total(self, signature, kind):
        """
        Any bytes are answered, never with a fault.
        """
        assert not verify(private_key(kind).public_key(), signature, b"m")


class TestEnrolmentMessage:
    def test_boundaries_are_unambiguous(self):
        """
        Moving bytes between token and key changes the message.
        """
        assert enrolment_message("ab", b"c") != enrolment_message("a", b"bc")
