"""Signatures of devices: ECDSA on P-256 and SM2, raw r ‖ s of 64 bytes."""

from typing import Protocol

import gmssl_pyx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from codes.errors import PublicKeyError, SignatureShapeError
from codes.profiles import Suite

DOMAIN = b"fusion-wallet/1/signature"
SIGNATURE_LENGTH = 64
POINT_LENGTH = 65
_HALF = SIGNATURE_LENGTH // 2
_UNCOMPRESSED = 4
_ECDSA = ec.ECDSA(hashes.SHA256())


class PublicKey(Protocol):
    """
    The stored half of a device's key pair.
    """

    @property
    def suite(self) -> Suite:
        """
        The suite the key belongs to.
        """
        ...

    def verify(self, message: bytes, signature: bytes) -> bool:
        """
        Tell whether the 64-byte signature is of this message and key; never raises.
        """
        ...


class P256PublicKey:
    """
    ECDSA with SHA-256 on P-256 (FIPS 186-5).

    Args:
        point: 65 bytes, uncompressed.

    Raises:
        PublicKeyError: the bytes are not a point of the curve.

    """

    suite = Suite.INTERNATIONAL

    __slots__ = ("_key",)

    def __init__(self, point: bytes) -> None:
        _check_point(point)
        try:
            self._key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError:
            raise PublicKeyError from None

    def verify(self, message: bytes, signature: bytes) -> bool:
        """
        Check an ECDSA signature.
        """
        if len(signature) != SIGNATURE_LENGTH:
            return False
        try:
            self._key.verify(der_from_raw(signature), message, _ECDSA)
        except InvalidSignature:
            return False
        return True


class Sm2PublicKey:
    """
    SM2 (GB/T 32918.2) with SM3 and the default signer id 1234567812345678.

    Args:
        point: 65 bytes, uncompressed.

    Raises:
        PublicKeyError: the bytes are not a point of the curve.

    """

    suite = Suite.NATIONAL

    __slots__ = ("_point",)

    def __init__(self, point: bytes) -> None:
        _check_point(point)
        try:
            self._point = gmssl_pyx.normalize_sm2_public_key(point)
        except gmssl_pyx.GmsslInnerError:
            raise PublicKeyError from None

    def verify(self, message: bytes, signature: bytes) -> bool:
        """
        Check an SM2 signature; about 0.6 ms, so keep it off an event loop.
        """
        if len(signature) != SIGNATURE_LENGTH:
            return False
        try:
            return bool(gmssl_pyx.sm2_verify(self._point, message, der_from_raw(signature)))
        except gmssl_pyx.GmsslInnerError:
            return False


def load_public_key(suite: Suite, point: bytes) -> PublicKey:
    """
    Read the public key of a device.

    Args:
        suite: P-256 for the international one, SM2 for the national one.
        point: 65 bytes, 04 ‖ X ‖ Y.

    Raises:
        PublicKeyError: the bytes are not a point of the curve.

    """
    match suite:
        case Suite.INTERNATIONAL:
            return P256PublicKey(point)
        case Suite.NATIONAL:
            return Sm2PublicKey(point)


def signed_message(header: bytes, sealed_pass: bytes, counter: int) -> bytes:
    """
    Return what a device signs: domain ‖ header ‖ pass ‖ full counter (8 B, big endian).
    """
    return DOMAIN + header + sealed_pass + counter.to_bytes(8)


def der_from_raw(signature: bytes) -> bytes:
    """
    Turn r ‖ s into the ASN.1 form that libraries want.

    Raises:
        SignatureShapeError: there are not exactly 64 bytes.

    """
    if len(signature) != SIGNATURE_LENGTH:
        raise SignatureShapeError
    return encode_dss_signature(
        int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    )


def raw_from_der(signature: bytes) -> bytes:
    """
    Turn the ASN.1 form of a signature into the 64 bytes of a code.

    Raises:
        SignatureShapeError: it is not ASN.1, or a number does not fit in 32 bytes.

    """
    try:
        r, s = decode_dss_signature(signature)
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)
    except (ValueError, OverflowError):
        raise SignatureShapeError from None


def _check_point(point: bytes) -> None:
    if len(point) != POINT_LENGTH or point[0] != _UNCOMPRESSED:
        raise PublicKeyError
