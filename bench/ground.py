"""
What most measurements stand on: a folder of fast storage and a PostgreSQL of the run's own.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import machine
from bench.postgres import Server, fast_folder


class Ground:
    """
    A folder, a database server, and what the machine did before.
    """

    def __init__(self, folder: Path, server: Server, load: float) -> None:
        self.folder = folder
        self.server = server
        self._load = load

    def described(self) -> dict[str, str]:
        """
        Return on what the run ran.
        """
        version = self.server.execute("show server_version").strip()
        return machine.described(
            storage=str(self.folder.parent), load=self._load, PostgreSQL=version
        )

    def database(self, name: str, template: str = "template1") -> str:
        """
        Make a database and return its URL.
        """
        self.server.execute(f"create database {name} template {template}")
        return self.server.url(name)

    def sqlite(self, name: str) -> str:
        """
        Return the URL of a SQLite file that is not there yet.
        """
        return f"sqlite:///{self.folder / name}.db"


@contextmanager
def ground() -> Iterator[Ground]:
    """
    Set both up; the end of the block takes them down.
    """
    load = machine.load()
    folder = fast_folder()
    folder.chmod(0o755)
    server = Server(folder / "postgres")
    server.root.mkdir()
    try:
        server.start()
        yield Ground(folder, server, load)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
