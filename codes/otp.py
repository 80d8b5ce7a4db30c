"""One-time passwords: the only door to pyotp."""

import base64
import hashlib
import hmac
import re
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
TOTP_SECONDS = 30
TOTP_SECRET_LENGTH = 20
_TOTP_DIGITS = 6
_TOTP = re.compile(r"\A[0-9]{6}\Z")


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


def totp(secret: bytes, step: int) -> str:
    """
    Return the six digits (RFC 6238, SHA-1) of a step.

    SHA-1 and six digits because many authenticator apps know nothing else, whatever the URI says.

    Args:
        secret: 20 bytes.
        step: of 30 s since the Unix epoch.

    Raises:
        KeyMaterialError: the secret is too short.

    """
    return hotp(secret, step, digits=_TOTP_DIGITS, digest=hashlib.sha1)


def totp_step(secret: bytes, code: str, *, now_seconds: int, after: int) -> int | None:
    """
    Return the step whose code this is, of the present one and its two neighbours, or None.

    Total: any text has an answer. Whether the step is still to be had is for who spends it.

    Args:
        secret: 20 bytes.
        code: as it was typed; digits are ASCII or it is none.
        now_seconds: Unix seconds.
        after: the last step that was spent; it and older ones are not accepted.

    Raises:
        KeyMaterialError: the secret is too short.

    """
    if not _TOTP.match(code):
        return None
    present = now_seconds // TOTP_SECONDS
    found = None
    for step in (present + 1, present, present - 1):
        right = step >= 0 and hmac.compare_digest(totp(secret, max(step, 0)), code)
        found = step if right and step > after else found
    return found


def totp_uri(secret: bytes, *, name: str, issuer: str) -> str:
    """
    Return the ``otpauth://`` URI from which an authenticator app learns a secret.

    Args:
        secret: 20 bytes.
        name: of the account.
        issuer: of the deployment, so that accounts of two are told apart.

    """
    text = base64.b32encode(secret).decode()
    return pyotp.TOTP(text, name=name, issuer=issuer).provisioning_uri()
