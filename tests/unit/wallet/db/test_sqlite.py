"""What is left of a SQLite connection whose caller was cancelled."""

import asyncio
import gc
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from wallet.db import sqlite
from wallet.db.engine import create_engine
from wallet.db.session import Database

MOMENTS = 150
TURNS = 40
FILES_OF_ONE = 3  # the database, its log, and the index of that


@pytest.fixture
def path(tmp_path):
    """
    A database that was never opened by the wallet: it has no log yet.
    """
    path = tmp_path / "wallet.db"
    with sqlite3.connect(path) as database:
        database.execute("create table things (name text)")
    database.close()
    return path


@pytest.fixture
def no_collector():
    """
    Nothing is found by the collector meanwhile.
    """
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def open_files(path):
    links = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    return sum(str(link).startswith(str(path)) for link in links)


async def some_work(database):
    async with database.transaction() as session:
        await session.execute(text("select name from things"))
        await session.execute(text("insert into things values ('one')"))


@pytest.mark.usefixtures("anyio_backend", "no_collector")
class TestCancelled:
    async def test_leaves_nothing_open(self, path):
        """
        Whenever a caller is cancelled, the files of its connection are closed and nothing is held.
        """
        database = Database(create_engine(f"sqlite:///{path}", pool_size=1))
        for moment in range(MOMENTS):
            work = asyncio.create_task(some_work(database))
            await asyncio.sleep(moment / MOMENTS * 0.01)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

        assert open_files(path) <= FILES_OF_ONE
        with sqlite3.connect(path, timeout=0) as other:
            other.execute("begin immediate")
        other.close()
        await database.close()
        assert 0 == open_files(path)

    async def test_again_and_again(self, path):
        """
        Nothing stays open either of one that is cancelled until it goes, as that of a stream is.
        """
        database = Database(create_engine(f"sqlite:///{path}", pool_size=1))
        tasks = asyncio.all_tasks()
        for turns in range(TURNS):
            work = asyncio.create_task(some_work(database))
            for _ in range(turns):
                await asyncio.sleep(0)
            while not work.done():
                work.cancel()
                await asyncio.sleep(0)
        await database.close()

        assert 0 == open_files(path)
        assert tasks == asyncio.all_tasks()

    async def test_amid_the_opening(self, path):
        """
        One whose caller goes while it is opened is closed before the caller is gone.
        """
        opening = asyncio.create_task(sqlite.opened(path))
        await asyncio.sleep(0)
        opening.cancel()

        with pytest.raises(asyncio.CancelledError):
            await opening
        assert 0 == open_files(path)


@pytest.mark.usefixtures("anyio_backend")
class TestOpened:
    async def test_no_database(self, tmp_path):
        """
        A file of something else is told at once, and closed.
        """
        path = tmp_path / "other.db"
        path.write_bytes(b"not a database " * 100)

        with pytest.raises(sqlite3.DatabaseError):
            await sqlite.opened(path)
        assert 0 == open_files(path)
