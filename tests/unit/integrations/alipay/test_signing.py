"""
RSA2 against a vector that the openssl command made.
"""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from integrations.alipay import signing

VECTOR = json.loads(
    (Path(__file__).parents[3] / "vectors" / "alipay" / "signing.json").read_text()
)
PEM = VECTOR["alipay_public_key_pem"]


def pem_of(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_pem_of(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


class TestSignedMember:
    def test_cut_exactly(self):
        """
        The member is cut out of the body as it stands, escapes, braces in texts and all.
        """
        answer = VECTOR["answer"]

        member, signature = signing.signed_member(answer["body"].encode(), answer["method"])

        assert answer["member"].encode() == member
        assert signing.verifies(member, signature, PEM)

    def test_error_response(self):
        """
        What never reached a method comes under another name, unsigned.
        """
        answer = VECTOR["unsigned_error"]

        cut = signing.signed_member(answer["body"].encode(), answer["method"])

        assert (answer["member"].encode(), "") == cut

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"\xff",
            b"[]",
            b"{}",
            b"<html>",
            b'{"alipay_trade_query_response":{}}',
            b'{"alipay_trade_pay_response":{},"sign":5}',
            b'{"alipay_trade_pay_response":' + b"[" * 100_000,
        ],
    )
    def test_of_another_shape(self, body):
        """
        What is no answer of the method has no member.
        """
        assert signing.signed_member(body, "alipay.trade.pay") is None


class TestVerifies:
    def test_every_changed_byte(self):
        """
        Not a byte of the member can be changed.
        """
        answer = VECTOR["answer"]
        member, signature = signing.signed_member(answer["body"].encode(), answer["method"])

        for place in range(len(member)):
            changed = bytearray(member)
            changed[place] ^= 1
            assert not signing.verifies(bytes(changed), signature, PEM)

    @pytest.mark.parametrize("signature", ["", "x", "AAAA", "＝", "AAAA" * 86])
    def test_malformed(self, signature):
        """
        A malformed signature does not verify.
        """
        assert not signing.verifies(b"{}", signature, PEM)

    def test_notification(self):
        """
        A notification is signed without its sign type and its empty values.
        """
        form = VECTOR["notification"]

        assert signing.verifies(signing.notification_text(form), form["sign"], PEM)


class TestRequestText:
    def test_sorted(self):
        """
        All non-empty parameters but the signature stand sorted, not encoded.
        """
        request = VECTOR["request"]

        assert request["text"].encode() == signing.request_text(request["parameters"])


class TestKeys:
    def test_sign_and_verify(self):
        """
        What our key signs, its public key verifies.
        """
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

        signature = signing.sign("付".encode(), pem_of(key))

        assert signing.verifies("付".encode(), signature, public_pem_of(key))

    def test_unusable(self):
        """
        Only RSA of 2048 bits is a key of ours, and of 2048 or more one of theirs.
        """
        longer = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - refused
        other = ec.generate_private_key(ec.SECP256R1())
        for key in (pem_of(short), pem_of(longer), pem_of(other), "nonsense" * 10, PEM):
            with pytest.raises(signing.UnusableKeyError):
                signing.private_key(key)
        for key in (public_pem_of(short), public_pem_of(other), "nonsense" * 10):
            with pytest.raises(signing.UnusableKeyError):
                signing.public_key(key)
