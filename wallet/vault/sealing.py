"""
Ids that are given out: AES-256-SIV (RFC 5297) over resident id and local id.

They route without a look-up, differ per audience, and cannot be guessed or changed. Sealing is
deterministic: one thing has one id for one audience.
"""

import re
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PYTHON_32 = "0123456789abcdefghijklmnopqrstuv"
_FROM_CROCKFORD = str.maketrans(_ALPHABET, _PYTHON_32)
_LAYOUT = struct.Struct(">QQ")
_SEALED_LENGTH = 16 + _LAYOUT.size
_LETTERS = -(-_SEALED_LENGTH * 8 // 5)
_PADDING = _LETTERS * 5 - _SEALED_LENGTH * 8
# two letters at a time
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(5 * (_LETTERS - 2), -1, -10)
_BODY = re.compile(r"[0-9a-hjkmnp-tv-z]{52}", re.ASCII)

TEXT_PATTERN = r"\A[a-z]{2,8}_[0-9a-hjkmnp-tv-z]{52}\Z"
TEXT_MAX_LENGTH = 61


class IdSealer:
    """
    Seals and opens ids.

    Args:
        key: 64 bytes.
    """

    __slots__ = ("_siv",)

    def __init__(self, key: bytes) -> None:
        self._siv = AESSIV(key)

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "IdSealer(…)"

    def seal(self, kind: str, audience: str, resident_id: int, local_id: int) -> str:
        """
        Return ``kind_…``: 52 letters and digits of lower-case Crockford base32.

        Args:
            kind: text prefix, two to eight lower-case letters.
            audience: who is given the id, such as ``party:7``.
            resident_id: 64 bits, unsigned.
            local_id: 64 bits, unsigned.
        """
        plain = _LAYOUT.pack(resident_id, local_id)
        number = int.from_bytes(self._siv.encrypt(plain, _bound(kind, audience))) << _PADDING
        return f"{kind}_" + "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])

    def open(self, kind: str, audience: str, text: str) -> tuple[int, int] | None:
        """
        Return resident id and local id, or None if the text is no id of this kind and audience.

        Total: any string has an answer. One id has one spelling only.
        """
        prefix, _, body = text.partition("_")
        if prefix != kind or _BODY.fullmatch(body) is None:
            return None
        number = int(body.translate(_FROM_CROCKFORD), 32)
        if number & ((1 << _PADDING) - 1):
            return None
        sealed = (number >> _PADDING).to_bytes(_SEALED_LENGTH)
        try:
            plain = self._siv.decrypt(sealed, _bound(kind, audience))
        except InvalidTag:
            return None
        resident_id, local_id = _LAYOUT.unpack(plain)
        return resident_id, local_id


def _bound(kind: str, audience: str) -> list[bytes]:
    return [kind.encode(), audience.encode()]
