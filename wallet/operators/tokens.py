"""
What is given to operators as text: tokens and recovery codes; of each only a hash is kept.
"""

import base64
import hashlib
import re
from typing import Final

from wallet.ids import Ids

ENROLMENT_PREFIX: Final = "fwoe_"
CONFIRMATION_PREFIX: Final = "fwoc_"
SESSION_PREFIX: Final = "fwos_"
RECOVERY_CODES: Final = 10
_SECRET_BYTES: Final = 32
_TOKEN: Final = re.compile(r"\Afwo[ecs]_[A-Za-z0-9_-]{43}\Z")
_RECOVERY_BYTES: Final = 10  # 80 bits: nobody finds one from its hash
_RECOVERY: Final = re.compile(r"\A[a-z2-7]{4}(?:-?[a-z2-7]{4}){3}\Z")
_RECOVERY_MAX: Final = 32


def new_token(ids: Ids, prefix: str) -> str:
    """
    Return a token of 256 random bits.
    """
    secret = ids.secret(_SECRET_BYTES)
    return prefix + base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def token_digest(token: str, prefix: str) -> bytes | None:
    """
    Return what is stored of a token, or None for what cannot be one of that kind.
    """
    if not token.startswith(prefix) or not _TOKEN.match(token):
        return None
    return stored(token)


def stored(token: str) -> bytes:
    """
    Return what is stored of a token that we made: its SHA-256.
    """
    return hashlib.sha256(token.encode()).digest()


def new_recovery_codes(ids: Ids) -> tuple[str, ...]:
    """
    Return ten recovery codes: 80 random bits each, in base32, four groups of four.
    """
    return tuple(_recovery_code(ids.secret(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))


def recovery_digest(code: str) -> bytes | None:
    """
    Return what is stored of a recovery code, or None for what cannot be one.

    Capitals, and dashes left out, are forgiven.
    """
    typed = code.strip()
    if len(typed) > _RECOVERY_MAX or not typed.isascii():
        return None
    typed = typed.lower()
    if not _RECOVERY.match(typed):
        return None
    return stored(typed.replace("-", ""))


def _recovery_code(secret: bytes) -> str:
    text = base64.b32encode(secret).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
