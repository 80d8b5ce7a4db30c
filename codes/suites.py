"""The two suites behind one interface: hash, MAC, key derivation, pass box."""

import hashlib
import hmac as standard_hmac
from collections.abc import Callable
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from codes.profiles import Suite
from codes.sealing import AesSivBox, PassBox, Sm4SivBox


class Sm3:
    """
    SM3 (GB/T 32905) in the shape of `hashlib`, whose own OpenSSL need not have it.

    Args:
        data: what to hash first.
        state: a hash to go on from.

    """

    name = "sm3"
    digest_size = 32
    block_size = 64

    __slots__ = ("_hash",)

    def __init__(self, data: bytes = b"", *, state: hashes.Hash | None = None) -> None:
        self._hash = hashes.Hash(hashes.SM3()) if state is None else state.copy()
        self._hash.update(data)

    def update(self, data: bytes) -> None:
        """
        Hash more.
        """
        self._hash.update(data)

    def copy(self) -> "Sm3":
        """
        Return an independent copy of the state.
        """
        return Sm3(state=self._hash)

    def digest(self) -> bytes:
        """
        Return the 32 bytes; more may be hashed afterwards.
        """
        return self._hash.copy().finalize()

    def hexdigest(self) -> str:
        """
        Return the digest as hexadecimal text.
        """
        return self.digest().hex()


class Algorithms(msgspec.Struct, frozen=True):
    """
    What one suite is made of.

    Attributes:
        mac: (key, message) to 32 bytes.
        digest: hash constructor in the shape of `hashlib`, for the one-time password.
        hash_algorithm: the same hash for key derivation.
        box: makes a pass box from a key of `box_key_length` bytes.
        box_key_length: 64 or 48.

    """

    mac: Callable[[bytes, bytes], bytes]
    digest: Callable[..., Any]
    hash_algorithm: hashes.HashAlgorithm
    box: Callable[[bytes], PassBox]
    box_key_length: int


def _hmac_sha256(key: bytes, message: bytes) -> bytes:
    return standard_hmac.digest(key, message, "sha256")


def _hmac_sm3(key: bytes, message: bytes) -> bytes:
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(message)
    return mac.finalize()


_ALGORITHMS = {
    Suite.INTERNATIONAL: Algorithms(_hmac_sha256, hashlib.sha256, hashes.SHA256(), AesSivBox, 64),
    Suite.NATIONAL: Algorithms(_hmac_sm3, Sm3, hashes.SM3(), Sm4SivBox, 48),
}


def algorithms_of(suite: Suite) -> Algorithms:
    """
    Return what the suite is made of.
    """
    return _ALGORITHMS[suite]


def extract(suite: Suite, secret: bytes, salt: bytes = b"") -> bytes:
    """
    Make a uniform key of a secret: HKDF-Extract (RFC 5869 §2.2) with the suite's hash.
    """
    return HKDF.extract(algorithms_of(suite).hash_algorithm, salt or None, secret)


def expand(suite: Suite, uniform_key: bytes, info: bytes, length: int) -> bytes:
    """
    Derive `length` bytes for the use that `info` names: HKDF-Expand (RFC 5869 §2.3).
    """
    algorithm = algorithms_of(suite).hash_algorithm
    return HKDFExpand(algorithm, length, info).derive(uniform_key)
