"""One-time passwords: the only door to pyotp."""

import hashlib
from collections.abc import Callable
from typing import Any

import pyotp

from codes.errors import KeyMaterialError
from codes.profiles import Suite
from codes.suites import algorithms_of, mac

DOMAIN = b"fusion-wallet/1/otp"
OTP_LENGTH = 8
_HIGH = DOMAIN + b"/high"
_LOW = DOMAIN + b"/low"
_DIGITS = 10
_VALUE_BITS = 31
_SHORTEST_KEY = 16


class _RawKeyHOTP(pyotp.HOTP):
    """
    HOTP over key bytes; pyotp's own base32 detour costs four times the HMAC itself.
    """

    def __init__(self, key: bytes, digits: int, digest: Callable[..., Any]) -> None:
        self.key = key
        super().__init__("", digits=digits, digest=digest)

    def byte_secret(self) -> bytes:
        return self.key


def hotp(
    key: bytes, counter: int, *, digits: int = _DIGITS, digest: Callable[..., Any] = hashlib.sha256
) -> str:
    """
    Return the HOTP value (RFC 4226 §5.3) of a counter as decimal digits.

    Args:
        key: at least 16 bytes (RFC 4226 R6).
        counter: 64 bits, unsigned.
        digits: 6 to 10; ten digits carry 31 bits, not 33.
        digest: hash constructor in the shape of `hashlib`.

    Raises:
        KeyMaterialError: the key is too short.

    """
    if len(key) < _SHORTEST_KEY:
        raise KeyMaterialError
    return _RawKeyHOTP(key, digits, digest).at(counter)


def pass_key(suite: Suite, seed: bytes, header: bytes, sealed_pass: bytes) -> bytes:
    """
    Derive the key of one pass: HMAC(device seed, domain ‖ header ‖ pass), 32 bytes.
    """
    return mac(suite, seed, DOMAIN + header + sealed_pass)


def one_time_password(suite: Suite, key: bytes, counter: int) -> bytes:
    """
    Return the 8 bytes that prove the counter: two 31-bit HOTP values side by side.

    Args:
        suite: whose hash is used.
        key: of the pass, from `pass_key`.
        counter: the full 64-bit counter.

    """
    digest = algorithms_of(suite).digest
    high = int(hotp(mac(suite, key, _HIGH), counter, digest=digest))
    low = int(hotp(mac(suite, key, _LOW), counter, digest=digest))
    return (high << _VALUE_BITS | low).to_bytes(OTP_LENGTH)
