"""
RSA2: SHA256withRSA (PKCS#1 v1.5) in base64 over sorted pairs, or over an answer's raw text.
"""

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_MIN_KEY_BITS = 2048


class UnusableKeyError(Exception):
    """
    A key's text is not an RSA key of at least 2048 bits. The text is not repeated.
    """


@lru_cache(maxsize=256)
def private_key(pem: str) -> rsa.RSAPrivateKey:
    """
    Our private key from its PEM text.

    Raises:
        UnusableKeyError: it is none.
    """
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKeyError from None
    # a longer one's signature is longer than the gateway's `sign` may be
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != _MIN_KEY_BITS:
        raise UnusableKeyError
    return key


@lru_cache(maxsize=256)
def public_key(pem: str) -> rsa.RSAPublicKey:
    """
    Alipay's public key from its PEM text.

    Raises:
        UnusableKeyError: it is none.
    """
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableKeyError from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _MIN_KEY_BITS:
        raise UnusableKeyError
    return key


def request_text(parameters: Mapping[str, str]) -> bytes:
    """
    What a request's signature covers: sorted ``k=v`` joined by ``&``, empty values left out.
    """
    return _pairs(parameters, without={"sign"})


def notification_text(parameters: Mapping[str, str]) -> bytes:
    """
    What a notification's signature covers: as a request's, but without ``sign_type`` too.
    """
    return _pairs(parameters, without={"sign", "sign_type"})


def sign(text: bytes, pem: str) -> str:
    """
    Sign with our private key; base64.

    Raises:
        UnusableKeyError: the PEM text is no RSA private key.
    """
    raw = private_key(pem).sign(text, padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(raw).decode()


def verifies(text: bytes, signature: str, pem: str) -> bool:
    """
    Tell whether Alipay signed exactly this text; whatever is malformed does not verify.

    Raises:
        UnusableKeyError: the PEM text is no RSA public key.
    """
    key = public_key(pem)
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def signed_member(body: bytes, method: str) -> tuple[bytes, str] | None:
    """
    Cut the answer's member and its signature out of a raw body, without re-encoding anything.

    The member is ``<method with _ for .>_response`` or, for what never reached the method,
    ``error_response``. Alipay signs the member's JSON text as it stands in the body.

    Returns:
        The member's text and the signature (empty when unsigned), or None for another shape.
    """
    try:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        signature = msgspec.json.decode(members.get("sign", msgspec.Raw(b'""')), type=str)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    for name in (method.replace(".", "_") + "_response", "error_response"):
        if name in members:
            return bytes(members[name]), signature
    return None


def _pairs(parameters: Mapping[str, str], *, without: set[str]) -> bytes:
    kept = sorted(name for name in parameters if parameters[name] and name not in without)
    return "&".join(f"{name}={parameters[name]}" for name in kept).encode()
