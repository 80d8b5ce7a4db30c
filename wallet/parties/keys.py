"""
Terminals' keys: Ed25519 (RFC 8032) or ECDSA on P-256 with SHA-256, nothing else.
"""

import base64
import binascii
from typing import Annotated, Final, Literal, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from msgspec import Meta, Struct

PublicKey: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey
PrivateKey: TypeAlias = Ed25519PrivateKey | EllipticCurvePrivateKey
Algorithm: TypeAlias = type[ED25519] | type[ECDSA_P256_SHA256]

Coordinate = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{43}\Z", max_length=43)]

SIGNATURE_LENGTH: Final = 64
_ENROLMENT_DOMAIN: Final = b"fusion-wallet terminal enrolment v1"


class OkpJwk(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kty", tag="OKP"
):
    """
    An Ed25519 public key as JWK (RFC 8037 §2).
    """

    crv: Literal["Ed25519"]
    x: Coordinate


class EcJwk(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kty", tag="EC"
):
    """
    A P-256 public key as JWK (RFC 7518 §6.2).
    """

    crv: Literal["P-256"]
    x: Coordinate
    y: Coordinate


class UnusableKeyError(ValueError):
    """
    A key that is neither Ed25519 nor P-256, or malformed.
    """


def from_jwk(jwk: OkpJwk | EcJwk) -> PublicKey:
    """
    Read a JWK.

    Raises:
        UnusableKeyError: its numbers are no key.
    """
    try:
        x = _unpadded(jwk.x)
        match jwk:
            case OkpJwk():
                return Ed25519PublicKey.from_public_bytes(x)
            case EcJwk():
                numbers = EllipticCurvePublicNumbers(
                    int.from_bytes(x), int.from_bytes(_unpadded(jwk.y)), SECP256R1()
                )
                return numbers.public_key()
    except (ValueError, binascii.Error) as fault:
        raise UnusableKeyError from fault


def from_pem(text: str) -> PublicKey:
    """
    Read a PEM with SubjectPublicKeyInfo.

    Raises:
        UnusableKeyError: it is no PEM, or a key of another kind.
    """
    try:
        return _usable(load_pem_public_key(text.encode()))
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise UnusableKeyError from fault


def from_der(der: bytes) -> PublicKey:
    """
    Read what `to_der` wrote.
    """
    return _usable(load_der_public_key(der))


def to_der(key: PublicKey) -> bytes:
    """
    Return the DER of SubjectPublicKeyInfo.
    """
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def to_jwk(key: PublicKey) -> OkpJwk | EcJwk:
    """
    Return a key as JWK.
    """
    if isinstance(key, Ed25519PublicKey):
        raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return OkpJwk(crv="Ed25519", x=_encoded(raw))
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return EcJwk(crv="P-256", x=_encoded(point[1:33]), y=_encoded(point[33:]))


def private_from_pem(pem: bytes, password: bytes | None = None) -> PrivateKey:
    """
    Read a terminal's own key.

    Raises:
        UnusableKeyError: it is no PEM of a private key, or of another kind.
    """
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise UnusableKeyError from fault
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return key
    raise UnusableKeyError


def algorithm_of(key: PublicKey | PrivateKey) -> Algorithm:
    """
    Return the RFC 9421 algorithm that goes with a key (§3.3.4, §3.3.6).
    """
    if isinstance(key, Ed25519PublicKey | Ed25519PrivateKey):
        return ED25519
    return ECDSA_P256_SHA256


def sign(key: PrivateKey, message: bytes) -> bytes:
    """
    Return 64 bytes: an Ed25519 signature, or r and s of ECDSA.
    """
    signature: bytes = algorithm_of(key)(private_key=key).sign(message)
    return signature


def verify(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """
    Tell whether a 64-byte signature is right.
    """
    if len(signature) != SIGNATURE_LENGTH:
        return False
    try:
        algorithm_of(key)(public_key=key).verify(signature=signature, message=message)
    except (InvalidSignature, HTTPMessageSignaturesException, ValueError):
        return False
    return True


def enrolment_message(token: str, der: bytes) -> bytes:
    """
    Return what a terminal signs to prove its key when it enrols.

    The three parts, each after its length in two bytes: ``fusion-wallet terminal enrolment v1``,
    the enrolment token as text, the DER of the public key.
    """
    parts = (_ENROLMENT_DOMAIN, token.encode(), der)
    return b"".join(len(part).to_bytes(2) + part for part in parts)


def _usable(key: object) -> PublicKey:
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    raise UnusableKeyError


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
