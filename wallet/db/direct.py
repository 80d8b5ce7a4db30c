"""
Raw connections of SQLite: one that writes and one that reads, each in a thread of its own.

For the few statements that run so often that building them, and handing each of them to a thread,
costs more than running them. What belongs together is handed over together.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

import structlog

from wallet.db.errors import NotServedError, RivalryError

_LOG = structlog.get_logger("wallet.db")
# a lot of scans writes hundreds of pages, the same ones again and again: 32 MB of them may gather
# before they are moved into the file, which takes two flushes
_WRITING: Final = ("wal_autocheckpoint=8000",)
# eight statements, each for as many sizes as lots ordinarily have; larger ones are prepared anew
_PREPARED: Final = 256
_READING: Final = ("query_only=ON",)

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]


class Direct:
    """
    Runs work on a database file.

    Args:
        path: of the file.
        pragmas: that every connection to it has.
    """

    def __init__(self, path: str, pragmas: tuple[str, ...]) -> None:
        self._writer = _Lane(path, (*pragmas, *_WRITING))
        self._reader = _Lane(path, (*pragmas, *_READING))

    async def read(self, work: Work[Result]) -> Result:
        """
        Do some reading; each statement sees what was committed when it began.

        Raises:
            NotServedError: it failed.
        """
        return await self._reader.done(work)

    async def write(self, work: Work[Result]) -> Result:
        """
        Do some work in one transaction, which is on the disk when this returns.

        Raises:
            RivalryError: a rule of a table was against it, and nothing was written.
            NotServedError: it failed, or nobody knows.
        """
        return await self._writer.done(lambda connection: _written(connection, work))

    async def close(self) -> None:
        """
        Close both connections; work under way still ends.
        """
        await self._reader.close()
        await self._writer.close()


class _Lane:
    """
    One connection in one thread.
    """

    def __init__(self, path: str, pragmas: tuple[str, ...]) -> None:
        self._path = path
        self._pragmas = pragmas
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="wallet-sqlite")
        self._connection: sqlite3.Connection | None = None

    async def done(self, work: Work[Result]) -> Result:
        loop = asyncio.get_running_loop()
        try:
            run = loop.run_in_executor(self._thread, self._do, work)
        except RuntimeError as fault:  # it was closed
            raise NotServedError from fault
        return await run

    async def close(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(RuntimeError):
            ended = loop.run_in_executor(self._thread, self._end)
            self._thread.shutdown(wait=False)  # what comes after that would open another one
            await ended

    def _do(self, work: Work[Result]) -> Result:
        try:
            return work(self._open())
        except RivalryError:
            raise
        except sqlite3.Error as fault:
            _LOG.warning("a direct statement failed", kind=type(fault).__name__)
            self._end()
            raise NotServedError from fault
        except BaseException:
            self._end()
            raise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            opened = sqlite3.connect(self._path, isolation_level=None, cached_statements=_PREPARED)
            self._connection = opened
            for pragma in self._pragmas:
                opened.execute(f"PRAGMA {pragma}")
        return self._connection

    def _end(self) -> None:
        """
        Close the connection, which rolls back what it was in the middle of.
        """
        ended, self._connection = self._connection, None
        if ended is not None:
            with suppress(sqlite3.Error):
                ended.close()


def _written(connection: sqlite3.Connection, work: Work[Result]) -> Result:
    # a deferred BEGIN lets two readers become writers and lose one update silently
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
    except sqlite3.IntegrityError as fault:
        connection.execute("ROLLBACK")
        raise RivalryError from fault
    connection.execute("COMMIT")
    return result
