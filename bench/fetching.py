"""
What resolve is measured beside, fetched by exact version and digest when it is asked for.

It lies in the environment's folder under the digest of its lock; nothing of a package runs when
it is fetched.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.processes import TREE
from tools.javascript.node import npm

BESIDE: Final = TREE / "bench" / "beside"
_ASKED: Final = TREE / "tests" / "oidc"
_NPM_FILES: Final = ("package.json", "package-lock.json", ".npmrc")
_LOCK: Final = TREE / "requirements" / "peers.txt"


def provider() -> Path:
    """
    Return a folder with oidc-provider and our script over it; the lock is the tests' own.
    """
    sources = [*(_ASKED / name for name in _NPM_FILES), BESIDE / "introspection.mjs"]
    return _fetched("oidc-provider", sources, _npm_ci)


def django() -> Path:
    """
    Return the Python of an environment with django-oauth-toolkit.
    """
    return _fetched("django-oauth-toolkit", [_LOCK], _pip_install) / "bin" / "python"


def _fetched(name: str, sources: list[Path], fetch: Callable[[Path], None]) -> Path:
    digest = hashlib.sha256(b"".join(place.read_bytes() for place in sources)).hexdigest()[:16]
    folder = Path(sys.prefix) / "peers" / f"{name}-{digest}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for place in sources:
            shutil.copyfile(place, folder / place.name)
        fetch(folder)
        (folder / "ready").touch()
    return folder


def _npm_ci(folder: Path) -> None:
    command = npm()
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    subprocess.run(  # noqa: S603 - a lock of ours
        [*command, "ci", "--ignore-scripts", "--omit=dev", "--silent"],
        cwd=folder,
        env=os.environ | {"PATH": path},
        check=True,
    )


def _pip_install(folder: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    python = folder / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--allow-existing", folder], check=True)  # noqa: S603 - ours
    how = ("--quiet", "--require-hashes", "--only-binary", ":all:")
    subprocess.run(  # noqa: S603 - a lock of ours
        [uv, "pip", "install", *how, "--python", python, "-r", _LOCK], check=True
    )
