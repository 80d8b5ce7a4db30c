"""
Chromium, a font with Chinese characters and a second decoder: there, installed now, or a fault.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from ctypes.util import find_library
from functools import cache
from pathlib import Path
from typing import Final

from filelock import FileLock

PACKAGES: Final = ("chromium", "fonts-wqy-zenhei", "libzbar0")
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_LOCK: Final = Path(tempfile.gettempdir()) / f"fusion-wallet-browser-{os.geteuid()}.lock"
_PATIENCE_SECONDS: Final = 600


class NoBrowserError(RuntimeError):
    """
    There is none, and it could not be installed.
    """


@cache
def chromium() -> str:
    """
    Return where Chromium is; one process installs what is missing, others wait for it.

    Raises:
        NoBrowserError: it cannot be installed from here; what to install is in it.
    """
    if missing():
        with FileLock(_LOCK, timeout=_PATIENCE_SECONDS):
            if missing():
                _install()
    lacking = missing()
    found = _executable()
    if lacking or found is None:
        raise NoBrowserError(_plain(f"still missing after the installation: {lacking}"))
    return found


def missing() -> tuple[str, ...]:
    """
    Return the packages whose work nothing on this machine does.
    """
    there = (_executable() is not None, _writes_chinese(), find_library("zbar") is not None)
    return tuple(name for name, is_there in zip(PACKAGES, there, strict=True) if not is_there)


def _executable() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def _writes_chinese() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    listed = subprocess.run([lister, ":lang=zh"], capture_output=True, check=False)  # noqa: S603 - fixed
    return bool(listed.stdout.strip())


def _install() -> None:
    apt = shutil.which("apt-get")
    if apt is None:
        raise NoBrowserError(_plain("there is no apt-get"))
    command = [*_as_root(), apt]
    _run([*command, "update", "-qq"])
    _run([*command, "install", "-qq", "-y", "--no-install-recommends", *PACKAGES])


def _as_root() -> list[str]:
    """
    Return what makes a command root's.
    """
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None or not _works([sudo, "-n", "true"]):
        raise NoBrowserError(_plain("neither root nor sudo without a password"))
    return [sudo, "-n"]


def _works(command: Sequence[str]) -> bool:
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed words
    return done.returncode == 0


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(  # noqa: S603 - fixed words
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode:
        raise NoBrowserError(_plain(done.stderr.strip() or done.stdout.strip()))


def _plain(why: str) -> str:
    return f"pages are tested in a browser; install {' '.join(PACKAGES)} ({why})"
