"""
Packages of this machine's Debian: fetched by its own apt, which checks their signatures.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from filelock import FileLock

PLACE: Final = Path(__file__).parents[2] / ".venv" / "debian"
_PATIENCE_SECONDS: Final = 300


class NoPackageError(RuntimeError):
    """
    It could not be fetched.
    """


def unpacked(name: str) -> Path:
    """
    Return where the files of a package lie, as they would under ``/``; fetch it the first time.

    Raises:
        NoPackageError: there is no apt, or it has no such package.
    """
    PLACE.mkdir(parents=True, exist_ok=True)
    done = PLACE / f".{name}"
    with FileLock(PLACE / ".lock", timeout=_PATIENCE_SECONDS):
        if not done.exists():
            with tempfile.TemporaryDirectory() as folder:
                _run([_program("dpkg"), "-x", str(_fetched(name, Path(folder))), str(PLACE)])
            done.touch()
    return PLACE


def _fetched(name: str, folder: Path) -> Path:
    fetch = [_program("apt-get"), "-qq", "download", name]
    try:
        _run(fetch, folder)
    except NoPackageError:
        # a machine whose lists are old or were never fetched; without root it stays so
        _run([_program("apt-get"), "-qq", "update"])
        _run(fetch, folder)
    return next(folder.glob("*.deb"))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NoPackageError(f"there is no {name}")
    return found


def _run(command: list[str], folder: Path | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - fixed words and names of our own
        command, capture_output=True, text=True, check=False, cwd=folder
    )
    if done.returncode:
        raise NoPackageError(done.stderr.strip() or done.stdout.strip())
