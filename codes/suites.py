"""The two suites behind one interface: hash, MAC, key derivation, pass box."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from codes.profiles import Suite
from codes.sealing import AesSivBox, PassBox, Sm4SivBox

# A copy costs half of what a new one does.
_EMPTY_SM3 = hashes.Hash(hashes.SM3())


class Sm3:
    """
    SM3 (GB/T 32905) in the shape of `hashlib`, whose own OpenSSL need not have it.

    Args:
        data: what to hash first.
        state: the hash to go on from, left as it is.

    """

    name = "sm3"
    digest_size = 32
    block_size = 64

    __slots__ = ("_hash",)

    def __init__(self, data: bytes = b"", *, state: hashes.Hash = _EMPTY_SM3) -> None:
        self._hash = state.copy()
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
        hash_algorithm: for HMAC and key derivation.
        digest: constructor of the same hash in the shape of `hashlib`, for the one-time password.
        box: makes a pass box from a key of `box_key_length` bytes.
        box_key_length: 64 or 48.

    """

    hash_algorithm: hashes.HashAlgorithm
    digest: Callable[..., Any]
    box: Callable[[bytes], PassBox]
    box_key_length: int


_ALGORITHMS = {
    Suite.INTERNATIONAL: Algorithms(hashes.SHA256(), hashlib.sha256, AesSivBox, 64),
    Suite.NATIONAL: Algorithms(hashes.SM3(), Sm3, Sm4SivBox, 48),
}


def algorithms_of(suite: Suite) -> Algorithms:
    """
    Return what the suite is made of.
    """
    return _ALGORITHMS[suite]


def mac(suite: Suite, key: bytes, message: bytes) -> bytes:
    """
    Return the 32 bytes of HMAC (RFC 2104) with the suite's hash.
    """
    state = hmac.HMAC(key, algorithms_of(suite).hash_algorithm)
    state.update(message)
    return state.finalize()


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
