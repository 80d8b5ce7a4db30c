"""
A sign-in under way. It lies in the browser that began it, sealed, for ten minutes.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from wallet.ids import Ids
from wallet.vault import Place, Vault
from wallet.vault.errors import DecryptionError

LIFE: Final = timedelta(minutes=10)
SKEW: Final = timedelta(seconds=30)  # another machine's clock may be behind the one that began
_LONGEST: Final = 4096
_SECRET_BYTES: Final = 32


class Pending(Struct, frozen=True, kw_only=True):
    """
    What the provider's answer has to fit.

    Attributes:
        state: comes back in the address.
        nonce: comes back in the token.
        verifier: proves that the code is redeemed by whoever began (RFC 7636).
        back: where to go afterwards, a path of ours.
        again: the person has to sign in there anew.
        begun_at: seconds.
    """

    state: str
    nonce: str
    verifier: str
    back: str
    again: bool
    begun_at: int

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "Pending(…)"

    @property
    def challenge(self) -> str:
        """
        What the provider is told of the verifier (S256).
        """
        return _text(sha256(self.verifier.encode()).digest())

    @property
    def digest(self) -> bytes:
        """
        Under which it is remembered once it was finished.
        """
        return sha256(self.state.encode()).digest()

    def is_answered_by(self, state: str, now_seconds: int) -> bool:
        """
        Tell whether an answer is to this sign-in, and in time.
        """
        age = now_seconds - self.begun_at
        in_time = -SKEW.total_seconds() < age < LIFE.total_seconds()
        return hmac.compare_digest(self.state.encode(), state.encode()) and in_time


def begun(ids: Ids, *, back: str, again: bool, now_seconds: int) -> Pending:
    """
    Return a new one.
    """
    state, nonce, verifier = (_text(ids.secret(_SECRET_BYTES)) for _ in range(3))
    return Pending(
        state=state, nonce=nonce, verifier=verifier, back=back, again=again, begun_at=now_seconds
    )


def seal(vault: Vault, audience: str, pending: Pending) -> str:
    """
    Return what the browser keeps; it tells the browser nothing.
    """
    return _text(vault.encrypt_deployment(_place(audience), msgspec.json.encode(pending)))


def unseal(vault: Vault, audience: str, text: str) -> Pending | None:
    """
    Return what was sealed for that audience, or None for anything else.
    """
    if not text or len(text) > _LONGEST or not text.isascii():
        return None
    try:
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        plain = vault.decrypt_deployment(_place(audience), sealed)
        return msgspec.json.decode(plain, type=Pending)
    except (ValueError, DecryptionError, msgspec.DecodeError):
        return None


def _place(audience: str) -> Place:
    return Place("browsers", "pending_sign_in", audience)


def _text(secret: bytes) -> str:
    return urlsafe_b64encode(secret).rstrip(b"=").decode()
