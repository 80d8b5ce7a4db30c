"""
Authenticated encryption of column values.

Ciphertext: format (1 B), key version (2 B, big endian), nonce (12 B), then ciphertext and tag
(16 B). Associated data: ``table|column|row|key version``, so that a value moved to another row,
column or key does not open.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from wallet.vault.errors import DecryptionError
from wallet.vault.keyfile import SuiteName

KEY_LENGTH = 32
NONCE_LENGTH = 12
TAG_LENGTH = 16
_HEADER_LENGTH = 3
_SM4_KEY_LENGTH = 16


class Keep(StrEnum):
    """
    For how long a person's values are kept: each has a key of its own that can be destroyed.
    """

    WALLET = "wallet"
    EVIDENCE = "evidence"


class Place(Struct, frozen=True):
    """
    Where a ciphertext lies.

    Attributes:
        table: table name.
        column: column name.
        row: the row's key as text.
    """

    table: str
    column: str
    row: str


class _Cipher(Protocol):
    """
    Authenticated encryption under one key.
    """

    def seal(self, nonce: bytes, plaintext: bytes, bound: bytes) -> bytes: ...

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes: ...


class _AesGcm:
    """
    AES-256-GCM (NIST SP 800-38D).
    """

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, nonce: bytes, plaintext: bytes, bound: bytes) -> bytes:
        return self._aead.encrypt(nonce, plaintext, bound)

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        return self._aead.decrypt(nonce, sealed, bound)


class _Sm4Gcm:
    """
    SM4 (GB/T 32907) in GCM (GB/T 36624) under the first half of the key.
    """

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key[:_SM4_KEY_LENGTH])

    def seal(self, nonce: bytes, plaintext: bytes, bound: bytes) -> bytes:
        cipher = Cipher(self._key, modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(bound)
        return cipher.update(plaintext) + cipher.finalize() + cipher.tag

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        tag = sealed[-TAG_LENGTH:]
        cipher = Cipher(self._key, modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(bound)
        return cipher.update(sealed[:-TAG_LENGTH]) + cipher.finalize()


_FORMATS = {SuiteName.INTERNATIONAL: 1, SuiteName.NATIONAL: 2}
_CIPHERS: dict[int, Callable[[bytes], _Cipher]] = {1: _AesGcm, 2: _Sm4Gcm}


class EnvelopeKey(Struct, frozen=True):
    """
    A key with what its ciphertexts say of it.
    """

    suite: SuiteName
    version: int
    secret: bytes

    def __repr__(self) -> str:
        """
        Version only.
        """
        return f"EnvelopeKey(version={self.version}, …)"


class ReadyKey:
    """
    A key for many values: what its cipher prepares takes longer than one value, and is kept.
    """

    __slots__ = ("_ciphers", "_key")

    def __init__(self, key: EnvelopeKey) -> None:
        self._key = key
        self._ciphers: dict[int, _Cipher] = {}

    def __repr__(self) -> str:
        """
        Version only.
        """
        return f"ReadyKey(version={self._key.version}, …)"

    def seal(self, nonce: bytes, place: Place, plaintext: bytes) -> bytes:
        """
        Encrypt a value for its place; the nonce is 12 random bytes, never used twice.
        """
        key, kind = self._key, _FORMATS[self._key.suite]
        sealed = self._cipher(kind).seal(nonce, plaintext, _bound(place, key.version))
        return kind.to_bytes(1) + key.version.to_bytes(2) + nonce + sealed

    def unseal(self, place: Place, ciphertext: bytes) -> bytes:
        """
        Decrypt a value of that place.

        Raises:
            DecryptionError: key, place or ciphertext are not those of the encryption.
        """
        version = version_of(ciphertext)
        nonce = ciphertext[_HEADER_LENGTH : _HEADER_LENGTH + NONCE_LENGTH]
        sealed = ciphertext[_HEADER_LENGTH + NONCE_LENGTH :]
        try:
            return self._cipher(ciphertext[0]).open(nonce, sealed, _bound(place, version))
        except InvalidTag:
            raise DecryptionError from None

    def _cipher(self, kind: int) -> _Cipher:
        cipher = self._ciphers.get(kind)
        if cipher is None:
            cipher = self._ciphers[kind] = _CIPHERS[kind](self._key.secret)
        return cipher


def derived(secret: bytes, use: str) -> bytes:
    """
    Derive the 32-byte key of one use: HKDF-SHA256 (RFC 5869).
    """
    info = b"fusion-wallet/1/" + use.encode()
    return HKDF(hashes.SHA256(), KEY_LENGTH, None, info).derive(secret)


def seal(key: EnvelopeKey, nonce: bytes, place: Place, plaintext: bytes) -> bytes:
    """
    Encrypt a single value for its place; the nonce is 12 random bytes, never used twice.
    """
    return ReadyKey(key).seal(nonce, place, plaintext)


def version_of(ciphertext: bytes) -> int:
    """
    Return the version of the key that a ciphertext needs.

    Raises:
        DecryptionError: it is no ciphertext of ours.
    """
    shortest = _HEADER_LENGTH + NONCE_LENGTH + TAG_LENGTH
    if len(ciphertext) < shortest or ciphertext[0] not in _CIPHERS:
        raise DecryptionError
    return int.from_bytes(ciphertext[1:_HEADER_LENGTH])


def unseal(secret: bytes, place: Place, ciphertext: bytes) -> bytes:
    """
    Decrypt a single value of that place; the ciphertext says of which suite and version it is.

    Raises:
        DecryptionError: key, place or ciphertext are not those of the encryption.
    """
    return ReadyKey(EnvelopeKey(SuiteName.INTERNATIONAL, 0, secret)).unseal(place, ciphertext)


def _bound(place: Place, version: int) -> bytes:
    return f"{place.table}|{place.column}|{place.row}|{version}".encode()
