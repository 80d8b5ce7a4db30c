"""Deterministic authenticated encryption of a pass, 24 bytes to 40, in both suites."""

import hmac as constant_time
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

PASS_DOMAIN = b"fusion-wallet/1/pass"
_SYNTHETIC_IV_LENGTH = 16
_SM3_KEY_LENGTH = 32


class PassBox(Protocol):
    """
    Seals and opens passes under one key; the header is associated data.
    """

    def seal(self, header: bytes, plain: bytes) -> bytes:
        """
        Return a 16-byte synthetic initial value followed by 24 bytes of ciphertext.
        """
        ...

    def open(self, header: bytes, sealed: bytes) -> bytes | None:
        """
        Return the 24 bytes, or None if key, header or pass are not what was sealed.
        """
        ...


class AesSivBox:
    """
    AES-256-SIV (RFC 5297) with one associated string, the header.

    Args:
        key: 64 bytes.

    """

    __slots__ = ("_siv",)

    def __init__(self, key: bytes) -> None:
        self._siv = AESSIV(key)

    def seal(self, header: bytes, plain: bytes) -> bytes:
        """
        Seal a pass.
        """
        return self._siv.encrypt(plain, [header])

    def open(self, header: bytes, sealed: bytes) -> bytes | None:
        """
        Open a pass.
        """
        try:
            return self._siv.decrypt(sealed, [header])
        except InvalidTag:
            return None


class Sm4SivBox:
    """
    The SIV construction of Rogaway and Shrimpton with HMAC-SM3 and SM4-CTR.

    SM4-GCM needs a nonce and a tag, 28 bytes where 16 are free. Here one synthetic initial value
    of 16 bytes is both, and a repeated salt reveals nothing but equality. GB/T 32905 (SM3),
    GB/T 32907 (SM4), GB/T 15852.2 (HMAC), GB/T 17964 (CTR).

    Args:
        key: 48 bytes, 32 for HMAC-SM3 and 16 for SM4.

    """

    __slots__ = ("_cipher", "_mac")

    def __init__(self, key: bytes) -> None:
        self._mac = hmac.HMAC(key[:_SM3_KEY_LENGTH], hashes.SM3())
        self._mac.update(PASS_DOMAIN)
        self._cipher = algorithms.SM4(key[_SM3_KEY_LENGTH:])

    def seal(self, header: bytes, plain: bytes) -> bytes:
        """
        Seal a pass.
        """
        initial = self._synthetic_iv(header, plain)
        return initial + self._keystream(initial, plain)

    def open(self, header: bytes, sealed: bytes) -> bytes | None:
        """
        Open a pass.
        """
        initial = sealed[:_SYNTHETIC_IV_LENGTH]
        plain = self._keystream(initial, sealed[_SYNTHETIC_IV_LENGTH:])
        if constant_time.compare_digest(initial, self._synthetic_iv(header, plain)):
            return plain
        return None

    def _synthetic_iv(self, header: bytes, plain: bytes) -> bytes:
        mac = self._mac.copy()
        mac.update(header + plain)
        return mac.finalize()[:_SYNTHETIC_IV_LENGTH]

    def _keystream(self, initial: bytes, data: bytes) -> bytes:
        encryptor = Cipher(self._cipher, modes.CTR(initial)).encryptor()
        return encryptor.update(data)
