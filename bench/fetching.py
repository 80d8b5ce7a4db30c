"""
What resolve is measured beside, fetched by exact version and digest when it is asked for.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

from bench.processes import TREE
from tools.fetching import fetched, npm_ci

BESIDE: Final = TREE / "bench" / "beside"
_ASKED: Final = TREE / "tests" / "oidc"
_NPM_FILES: Final = ("package.json", "package-lock.json", ".npmrc")
_LOCK: Final = TREE / "requirements" / "peers.txt"


def provider() -> Path:
    """
    Return a folder with oidc-provider and our script over it; the lock is the tests' own.
    """
    sources = [*(_ASKED / name for name in _NPM_FILES), BESIDE / "introspection.mjs"]
    return fetched("introspection", sources, npm_ci)


def django() -> Path:
    """
    Return the Python of an environment with django-oauth-toolkit.
    """
    return fetched("django-oauth-toolkit", [_LOCK], _pip_install) / "bin" / "python"


def _pip_install(folder: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    python = folder / "bin" / "python"
    subprocess.run([uv, "venv", "--quiet", "--allow-existing", folder], check=True)  # noqa: S603 - ours
    how = ("--quiet", "--require-hashes", "--only-binary", ":all:")
    subprocess.run(  # noqa: S603 - a lock of ours
        [uv, "pip", "install", *how, "--python", python, "-r", _LOCK], check=True
    )
