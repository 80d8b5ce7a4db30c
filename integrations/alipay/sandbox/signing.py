"""
RSA2 as Alipay does it: SHA256withRSA (PKCS#1 v1.5), base64, over a text of sorted pairs.
"""

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

REQUEST_UNSIGNED = frozenset({"sign"})
NOTIFICATION_UNSIGNED = frozenset({"sign", "sign_type"})


def text_to_sign(parameters: Mapping[str, str], unsigned: frozenset[str]) -> bytes:
    """
    The pairs `name=value` in order of name, joined by `&`, in UTF-8.

    Empty values and the names in `unsigned` take no part; values are not URL-encoded.
    """
    pairs = (
        f"{name}={parameters[name]}"
        for name in sorted(parameters)
        if parameters[name] and name not in unsigned
    )
    return "&".join(pairs).encode()


class Signer:
    """
    Signs with one RSA private key.
    """

    def __init__(self, private_key_pem: str) -> None:
        key = serialization.load_pem_private_key(private_key_pem.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            msg = "not an RSA private key"
            raise TypeError(msg)
        self._key = key

    def sign(self, text: bytes) -> str:
        """
        The signature over `text`, in base64.
        """
        return base64.b64encode(self._key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


class Verifier:
    """
    Verifies against one RSA public key.
    """

    def __init__(self, public_key_pem: str) -> None:
        key = serialization.load_pem_public_key(public_key_pem.encode())
        if not isinstance(key, rsa.RSAPublicKey):
            msg = "not an RSA public key"
            raise TypeError(msg)
        self._key = key

    def accepts(self, text: bytes, signature: str) -> bool:
        """
        Whether `signature` (base64) is this key's over `text`; anything malformed is not.
        """
        try:
            raw = base64.b64decode(signature, validate=True)
            self._key.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def spoiled(signature: str) -> str:
    """
    A signature of the same shape that does not verify.
    """
    raw = bytearray(base64.b64decode(signature))
    raw[-1] ^= 1
    return base64.b64encode(bytes(raw)).decode()
