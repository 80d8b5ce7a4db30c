"""
Keys that change while a process runs: it looks at the key file again and again (decision 0025).
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import structlog

from wallet.vault import keyfile
from wallet.vault.errors import KeyFileError
from wallet.vault.service import Vault

EVERY_SECONDS: Final = 5.0

_log = structlog.get_logger("wallet.vault")
_Seen = tuple[int, int, int]


class KeyWatch:
    """
    Gives a vault the code keys and data keys of a file whenever they changed.

    A file that cannot be used changes nothing: the vault goes on with the keys it has.

    Args:
        path: the key file.
        vault: has what it said when the process began.

    Attributes:
        fault: why the file cannot be used now; empty while it can.
    """

    def __init__(self, path: Path, vault: Vault) -> None:
        self._path = path
        self._vault = vault
        self._seen: _Seen | None = None
        self.fault = ""

    def look(self) -> None:
        """
        Look once.
        """
        try:
            seen = self._signature()
            if seen == self._seen:
                return
            changed = self._vault.renew(keyfile.load(self._path))
        except KeyFileError as fault:
            if not self.fault:
                _log.error("keys not renewed", reason=str(fault))
            self.fault, self._seen = str(fault), None
            return
        self.fault, self._seen = "", seen
        if changed:
            _log.warning("keys renewed")

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """
        Look every few seconds until cancelled.
        """
        while True:
            self.look()
            await sleep(EVERY_SECONDS)

    def _signature(self) -> _Seen:
        try:
            found = self._path.stat()
        except OSError:
            raise KeyFileError("the key file cannot be read") from None
        return found.st_ino, found.st_mtime_ns, found.st_mode
