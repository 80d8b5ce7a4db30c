"""
Arbitrary input that is the same on every run.
"""

import hashlib

_NASTY = (
    "",
    " ",
    "\x00",
    "０１２３４５",
    "null",
    "{}",
    "[]",
    '{"agreement_no":1}',
    "A" * 10_000,
    "𝟙𝟚𝟛",
    "'; --",
    "\u202e\u200b",
    "%00&=+",
    "[" * 3_000,
)


class Noise:
    """
    A stream of pseudo-random values; the same seed gives the same stream.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._count = 0

    def octets(self, most: int = 64) -> bytes:
        """
        Up to so many bytes.
        """
        digest = self._digest()
        return (digest * (most // len(digest) + 1))[: int.from_bytes(digest[:2]) % (most + 1)]

    def text(self) -> str:
        """
        A nasty text, or one of arbitrary characters (no surrogates: JSON and databases have none).
        """
        digest = self._digest()
        if digest[0] % 2:
            return _NASTY[digest[1] % len(_NASTY)]
        return self.octets().decode("utf-16-le", "ignore")

    def number(self) -> int:
        """
        A number that fits 63 bits, often at a border, and often negative.
        """
        digest = self._digest()
        if digest[0] % 2:
            return (0, -1, 1, 2**62, -(2**62), 10_000_000_001)[digest[1] % 6]
        return int.from_bytes(digest[2:9], signed=True)

    def _digest(self) -> bytes:
        self._count += 1
        return hashlib.sha256(self._seed + self._count.to_bytes(8)).digest()
