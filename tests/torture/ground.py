"""What runs stand on: a nursery, a PostgreSQL, fresh databases, a folder that goes away."""

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine

from tests.fixtures import postgres_server
from tests.fixtures.fresh import Databases
from tests.fixtures.nursery.client import Nursery
from tests.fixtures.postgres_server import Server
from wallet.tables import metadata

# commits must be there after a crash of the server; the machine itself does not crash
DURABLE = ("synchronous_commit=on",)
_PREFIX = "fusion-wallet-torture-"
_numbers = count(1)


class Ground:
    """
    Shared by the runs of one kind.

    Attributes:
        server: a PostgreSQL that is not stopped.
        minutes: how long runs may take that are measured by time.
    """

    def __init__(self, folder: Path, nursery: Nursery, server: Server, minutes: float) -> None:
        self.folder, self.nursery, self.server, self.minutes = folder, nursery, server, minutes

    @asynccontextmanager
    async def place(self) -> AsyncIterator["Place"]:
        """
        Give a run a folder and databases of its own.
        """
        folder = self.folder / str(next(_numbers))
        folder.mkdir()
        databases = Databases(folder, self.server, self.template)
        try:
            yield Place(self, folder, databases)
        finally:
            databases.drop()
            shutil.rmtree(folder, ignore_errors=True)

    def template(self) -> Path:
        """
        Return an empty SQLite file with every table.
        """
        path = self.folder / "empty.db"
        if not path.exists():
            engine = create_engine(f"sqlite:///{path}")
            metadata.create_all(engine)
            engine.dispose()
        return path


class Place:
    """
    One run's own.
    """

    def __init__(self, ground: Ground, folder: Path, databases: Databases) -> None:
        self.ground, self.folder, self._databases = ground, folder, databases
        self.nursery = ground.nursery

    def url(self, kind: str) -> str:
        """
        Return the URL of a fresh database, on ``sqlite`` or ``postgres``.
        """
        return self._databases.make(kind)

    def empty(self, kind: str) -> str:
        """
        Return the URL of a database without any table.
        """
        if kind == "sqlite":
            return f"sqlite:///{self.folder}/empty-{next(_numbers)}.db"
        return self._databases.bare()

    def sub(self, name: str) -> Path:
        """
        Return a folder within.
        """
        folder = self.folder / name
        folder.mkdir()
        return folder


@contextmanager
def prepared(minutes: float) -> Iterator[Ground]:
    """
    Prepare it.
    """
    postgres_server.sweep()
    parent = postgres_server.MEMORY if Path(postgres_server.MEMORY).is_dir() else None
    # asked to end, it cleans up as well; started in the background it is told to ignore Ctrl-C
    interrupt = signal.getsignal(signal.SIGINT)
    usable = interrupt if callable(interrupt) else signal.default_int_handler
    signal.signal(signal.SIGTERM, usable)
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
        folder.chmod(0o755)  # PostgreSQL may run as somebody else
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server = Server(postgres_server.new_root(), *DURABLE)
        stack.callback(server.stop)
        server.start()
        nursery = Nursery()
        stack.callback(nursery.close)
        yield Ground(folder, nursery, server, minutes)
