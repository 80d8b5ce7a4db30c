"""
Access tokens: sealed, so that a terminal learns nothing from them, and checked without a look-up.

``fwt_`` and base64url of: version (1 B), nonce (12 B), AES-256-GCM ciphertext and tag of the
content as MessagePack. The key is derived from the deployment's token key.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

PREFIX: Final = "fwt_"
LIFE_SECONDS: Final = 300
KEY_USE: Final = "access"
_VERSION: Final = b"\x01"
_NONCE_LENGTH: Final = 12
_BOUND: Final = b"fusion-wallet access token v1"
_TEXT = re.compile(r"\Afwt_[A-Za-z0-9_-]{40,1024}\Z")


class AccessToken(Struct, frozen=True, kw_only=True, array_like=True):
    """
    What a token says.

    Attributes:
        party_id: the relying party.
        terminal_id: the terminal it was given to.
        scopes: what it allows.
        sign_resolve: whether the party wants its resolves signed.
        expires_at_seconds: Unix seconds; not valid from then on.
    """

    party_id: int
    terminal_id: int
    scopes: tuple[str, ...]
    sign_resolve: bool
    expires_at_seconds: int


class TokenSealer:
    """
    Seals and opens access tokens.

    Args:
        key: 32 bytes.
        random: that many random bytes, for nonces.
    """

    def __init__(self, key: bytes, random: Callable[[int], bytes]) -> None:
        self._aead = AESGCM(key)
        self._random = random

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "TokenSealer(…)"

    def seal(self, token: AccessToken) -> str:
        """
        Return a token's text.
        """
        nonce = self._random(_NONCE_LENGTH)
        sealed = self._aead.encrypt(nonce, msgspec.msgpack.encode(token), _BOUND)
        return PREFIX + base64.urlsafe_b64encode(_VERSION + nonce + sealed).rstrip(b"=").decode()

    def open(self, text: str, now_seconds: int) -> AccessToken | None:
        """
        Return what a token says, or None for one that is not ours, was changed or has expired.

        Total: any string has an answer.
        """
        raw = _raw(text)
        if raw is None or raw[:1] != _VERSION:
            return None
        nonce, sealed = raw[1 : 1 + _NONCE_LENGTH], raw[1 + _NONCE_LENGTH :]
        try:
            plain = self._aead.decrypt(nonce, sealed, _BOUND)
        except InvalidTag:
            return None
        token = msgspec.msgpack.decode(plain, type=AccessToken)
        return token if now_seconds < token.expires_at_seconds else None


def _raw(text: str) -> bytes | None:
    if not _TEXT.match(text):
        return None
    body = text.removeprefix(PREFIX)
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    # one token has one spelling: the bits that padding leaves over are zero
    same = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == body
    return raw if same else None
