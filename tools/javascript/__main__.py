"""
``python -m tools.javascript``: fetch the locked packages, lay what is served into its place.

``python -m tools.javascript lock``: write the lock anew.

Nothing of a package runs: its scripts are ignored, and only listed files are copied.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.javascript.node import npm
from tools.javascript.places import ASKED, FETCHED, MODULES, SERVED

_ASKED_FILES: Final = ("package.json", "package-lock.json", ".npmrc")


def main(asked: Sequence[str]) -> None:
    """
    Do what is asked for; fetch and lay out if nothing is.
    """
    if list(asked) == ["lock"]:
        _npm(ASKED, "install", "--package-lock-only")
        return
    fetch()
    served = json.loads((ASKED / "package.json").read_bytes())["served"]
    lay(served, MODULES, SERVED)


def fetch() -> None:
    """
    Install the locked packages beside the Python ones; npm compares each with its digest.
    """
    FETCHED.mkdir(exist_ok=True)
    for name in _ASKED_FILES:
        shutil.copyfile(ASKED / name, FETCHED / name)
    _npm(FETCHED, "ci")


def lay(served: Mapping[str, str], modules: Path, target: Path) -> None:
    """
    Copy the listed files and their packages' licences; the folder has nothing else afterwards.

    Args:
        served: where a file is in ``node_modules``, by its name below the folder.
        modules: ``node_modules``.
        target: the folder; it changes in one step.
    """
    fresh = target.with_name(f"{target.name}.fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, source in served.items():
        _copy(modules / source, fresh / name)
        package = package_of(source)
        _copy(modules / package / "LICENSE", fresh / "licences" / f"{package}.txt")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def package_of(source: str) -> str:
    """
    Return the package that a path in ``node_modules`` belongs to.
    """
    parts = source.split("/")
    return "/".join(parts[: 2 if source.startswith("@") else 1])


def _npm(folder: Path, *arguments: str) -> None:
    """
    Run npm with the Node that was chosen for it.
    """
    command = npm()
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    subprocess.run(  # noqa: S603 - a lock of ours
        [*command, *arguments, "--ignore-scripts", "--silent"],
        cwd=folder,
        env=os.environ | {"PATH": path},
        check=True,
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    main(sys.argv[1:])
