"""What the nodes run, as somebody who is not root can run it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fixtures import postgres_server

ROOT = Path(__file__).parents[2]
PATRONI = ROOT / ".venv" / "ha"
DEBIAN = ROOT / ".venv" / "debian"
ETCD = DEBIAN / "usr" / "bin" / "etcd"
_UNNEEDED = shutil.ignore_patterns(
    "site-packages", "test", "tests", "idlelib", "tkinter", "ensurepip", "config-*", "__pycache__"
)


class Software:
    """
    Programs for nodes, copied into a run's folder where their account cannot reach the originals.

    Args:
        root: the run's folder.
    """

    def __init__(self, root: Path) -> None:
        self.account = postgres_server._account()
        self._folder = root / "programs"
        self._folder.mkdir()
        self.postgres = postgres_server.Server(root)._software()
        self.etcd = self._copied(ETCD)
        self.scripts = Path(shutil.copytree(ROOT / "deploy" / "backup", self._folder / "backup"))
        self._patroni = self._folder / "patroni"
        shutil.copytree(PATRONI, self._patroni)
        self._python, self._environment = self._interpreter()

    def patroni(self) -> tuple[list[str], dict[str, str]]:
        """
        Return the command of Patroni, and its environment.
        """
        found = {"PYTHONPATH": str(self._patroni), "PATH": os.defpath, "PYTHONUNBUFFERED": "1"}
        return [self._python, "-m", "patroni"], found | self._environment

    def patronictl(self) -> tuple[list[str], dict[str, str]]:
        """
        Return the command by which operators speak to Patroni, and its environment.
        """
        _, environment = self.patroni()
        return [self._python, "-c", "from patroni.ctl import ctl; ctl()"], environment

    def _copied(self, program: Path) -> Path:
        return Path(shutil.copy2(program, self._folder / program.name))

    def _interpreter(self) -> tuple[str, dict[str, str]]:
        """
        Return a Python of this version that the account can start, and what it needs to be told.
        """
        base = Path(sys.base_prefix)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        if self._starts(str(base / "bin" / version), {}):
            return str(base / "bin" / version), {}
        home = self._folder / "python"
        shutil.copytree(base / "lib" / version, home / "lib" / version, ignore=_UNNEEDED)
        (home / "bin").mkdir()
        for library in (base / "lib").glob("libpython*.so*"):
            shutil.copy2(library, home / "lib")
        copy = shutil.copy2(base / "bin" / version, home / "bin")
        told = {"PYTHONHOME": str(home), "LD_LIBRARY_PATH": str(home / "lib")}
        if not self._starts(str(copy), told):
            raise RuntimeError("no Python that an ordinary account can start")
        return str(copy), told

    def _starts(self, program: str, environment: dict[str, str]) -> bool:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter
                [program, "-c", "import ssl, ctypes"],
                env={"PATH": os.defpath, **environment},
                cwd="/",
                check=False,
                capture_output=True,
                **self.account,
            )
        except OSError:
            return False
        return done.returncode == 0


def chown(path: Path, account: dict[str, Any]) -> None:
    """
    Give something to the account of the nodes.
    """
    if account:
        os.chown(path, account["user"], account["group"])
