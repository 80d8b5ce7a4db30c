"""
What is fetched for one purpose, once for each lock, into the environment's own folder.

Exact versions and digests stand in the lock; nothing of a package runs when it is fetched.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from filelock import FileLock

from tools.javascript.node import npm

_PLACE: Final = Path(sys.prefix) / "fetched"


def fetched(name: str, sources: Sequence[Path], fetch: Callable[[Path], None]) -> Path:
    """
    Return the folder with some files and what they ask for.

    Args:
        name: of the folder, before a digest of the files.
        sources: the lock, and whatever is to lie beside what it brings.
        fetch: is handed the folder, with copies of the sources in it, the first time.
    """
    digest = hashlib.sha256(b"".join(place.read_bytes() for place in sources)).hexdigest()[:16]
    folder = _PLACE / f"{name}-{digest}"
    _PLACE.mkdir(exist_ok=True)
    with FileLock(_PLACE / f"{name}.lock"):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for place in sources:
                shutil.copyfile(place, folder / place.name)
            fetch(folder)
            (folder / "ready").touch()
    return folder


def npm_ci(folder: Path) -> None:
    """
    Fetch what the lock of a folder says.

    Raises:
        subprocess.CalledProcessError: it cannot be had, or is not what the lock says.
    """
    command = npm()
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    subprocess.run(  # noqa: S603 - a lock of ours
        [*command, "ci", "--ignore-scripts", "--omit=dev", "--silent"],
        cwd=folder,
        env=os.environ | {"PATH": path},
        check=True,
    )
