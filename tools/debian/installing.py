"""
Packages of Debian's: installed, or only fetched and unpacked, or a plain word why not.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path


class NotInstalledError(RuntimeError):
    """
    It could not be done from here; why is in it.
    """


def install(packages: Sequence[str]) -> None:
    """
    Install packages.

    Raises:
        NotInstalledError: no apt-get, no rights, or it failed.
    """
    command = [*_as_root(), _apt()]
    _run([*command, "update", "-qq"])
    _run([*command, "install", "-qq", "-y", "--no-install-recommends", *packages])


def unpack(package: str, folder: Path) -> None:
    """
    Fetch a package and unpack it into a folder; nothing of the system changes, nothing starts.

    Raises:
        NotInstalledError: no apt-get, or it failed.
    """
    apt, dpkg = _apt(), shutil.which("dpkg-deb")
    if dpkg is None:
        raise NotInstalledError("there is no dpkg-deb")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _run([apt, "download", "-qq", package], folder)
    except NotInstalledError:  # what is to be had may not be known yet
        _run([*_as_root(), apt, "update", "-qq"])
        _run([apt, "download", "-qq", package], folder)
    for archive in folder.glob(f"{package}_*.deb"):
        _run([dpkg, "-x", str(archive), str(folder)])


def _apt() -> str:
    apt = shutil.which("apt-get")
    if apt is None:
        raise NotInstalledError("there is no apt-get")
    return apt


def _as_root() -> list[str]:
    """
    Return what makes a command root's.
    """
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None or not _works([sudo, "-n", "true"]):
        raise NotInstalledError("neither root nor sudo without a password")
    return [sudo, "-n"]


def _works(command: Sequence[str]) -> bool:
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed words
    return done.returncode == 0


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - fixed words
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode:
        raise NotInstalledError(done.stderr.strip() or done.stdout.strip())
