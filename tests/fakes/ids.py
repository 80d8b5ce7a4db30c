"""Ids and secrets that count, so that a test knows them and two of them never meet."""

import hashlib

from tests.fakes.clock import StandingClock
from wallet.clock import Clock
from wallet.ids import Ids


class CountingIds(Ids):
    """
    Local ids 1, 2, 3, …; resident ids 1000001, 1000002, …; secrets derived from a counter.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock or StandingClock(), self._derived)
        self._locals = 0
        self._residents = 1_000_000
        self._secrets = 0

    def local(self) -> int:
        """
        Return the next local id.
        """
        self._locals += 1
        return self._locals

    def resident(self) -> int:
        """
        Return the next resident id.
        """
        self._residents += 1
        return self._residents

    def _derived(self, size: int) -> bytes:
        self._secrets += 1
        return hashlib.shake_256(self._secrets.to_bytes(8)).digest(size)
