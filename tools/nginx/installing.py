"""
Debian's nginx: there, unpacked now, or a fault. It is never installed, so no service starts.
"""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from filelock import FileLock

from tools.debian.installing import NotInstalledError, unpack

PACKAGE: Final = "nginx"
_FOLDER: Final = Path(tempfile.gettempdir()) / f"fusion-wallet-nginx-{os.geteuid()}"
_PATIENCE_SECONDS: Final = 300


class NoNginxError(RuntimeError):
    """
    There is none, and it could not be fetched.
    """


@cache
def nginx() -> str:
    """
    Return where nginx is; one process fetches it, others wait.

    Raises:
        NoNginxError: it cannot be fetched from here; what to install is in it.
    """
    there = _found()
    if there is None:
        with FileLock(f"{_FOLDER}.lock", timeout=_PATIENCE_SECONDS):
            there = _found() or _fetched()
    return there


def _found() -> str | None:
    unpacked = _FOLDER / "usr" / "sbin"
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:{unpacked}")


def _fetched() -> str:
    try:
        unpack(PACKAGE, _FOLDER)
    except NotInstalledError as fault:
        raise NoNginxError(_plain(str(fault))) from None
    there = _found()
    if there is None:
        raise NoNginxError(_plain("its package holds no program"))
    return there


def _plain(why: str) -> str:
    return f"the proxy's configuration is tested with {PACKAGE}; install it ({why})"
