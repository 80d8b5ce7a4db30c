"""
Connections to a SQLite file, each made in one go.

SQLAlchemy makes one in steps: opened, functions added, then what listeners ask for. One whose
caller was cancelled between two of them is nobody's: it stays open, and keeps the locks of its
last step, until the collector finds it.
"""

import asyncio
import sqlite3
from contextlib import suppress
from typing import Any, Final
from weakref import WeakSet

import aiosqlite
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util.concurrency import in_greenlet

DRIVER: Final = "sqlite+wallet"
PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose an acknowledged commit on power failure
    "foreign_keys=ON",
    "busy_timeout=5000",
)


class Dialect(SQLiteDialect_aiosqlite):
    """
    SQLAlchemy's own, without the functions that it adds to each connection.
    """

    supports_statement_cache = True

    def on_connect(self) -> None:  # type: ignore[override]
        """
        Do nothing more to a new connection.
        """

    def do_terminate(self, dbapi_connection: Any) -> None:  # noqa: ANN401 - as SQLAlchemy has it
        """
        Close a connection that is in doubt, as any other.

        SQLAlchemy's own ends its thread when cancelled meanwhile, with a task that waits for it.
        """
        if in_greenlet():
            dbapi_connection.close()
        else:
            super().do_terminate(dbapi_connection)


registry.register(DRIVER.replace("+", "."), __name__, Dialect.__name__)


async def opened(*given: Any, **options: Any) -> aiosqlite.Connection:  # noqa: ANN401
    """
    Open a connection that is set up; it begins no transaction by itself.

    One whose caller is cancelled meanwhile is closed before the caller goes. No thread is left
    that would answer to a loop which may be closed by then.

    Args:
        given: as for `sqlite3.connect`.
        options: likewise.

    Raises:
        sqlite3.Error: the file cannot be opened, or is no database.
    """
    made = aiosqlite.connect(*given, factory=_Connection, isolation_level=None, **options)
    thread = made._thread  # noqa: SLF001 - no other way to it
    thread.daemon = True  # as SQLAlchemy has it
    opening = asyncio.ensure_future(made)
    try:
        return await asyncio.shield(opening)
    except sqlite3.Error:
        thread.join()  # it was told to end
        raise
    except asyncio.CancelledError:
        closing = asyncio.ensure_future(_closed(opening))
        while not closing.done():  # who cancels may do so again and again, until it is obeyed
            with suppress(asyncio.CancelledError):
                await asyncio.wait({closing})
        thread.join()
        raise


async def _closed(opening: asyncio.Future[aiosqlite.Connection]) -> None:
    with suppress(sqlite3.Error):
        await (await opening).close()


class _Connection(sqlite3.Connection):
    """
    One that is set up when it is there, and gone when it is closed.

    SQLite keeps a closed connection, its files and its locks for as long as a cursor is left; the
    cursor of a caller that was cancelled may be left until the collector finds it.
    """

    def __init__(self, *given: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **options)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()
        try:
            for pragma in PRAGMAS:
                self.execute(f"PRAGMA {pragma}")
        except BaseException:
            self.close()
            raise

    def cursor(self, *given: Any) -> sqlite3.Cursor:  # type: ignore[override] # noqa: ANN401
        made: sqlite3.Cursor = super().cursor(*given)
        self._cursors.add(made)
        return made

    def close(self) -> None:
        for each in tuple(self._cursors):
            each.close()
        super().close()
