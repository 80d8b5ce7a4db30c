"""
The engine: the only file that knows which database it talks to.
"""

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, ExceptionContext, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from wallet.db import sqlite
from wallet.db.connecting import Connecting
from wallet.db.errors import DatabaseUrlError, UnansweredError
from wallet.db.faults import is_outage
from wallet.db.liveness import look_after

_READ_ONLY = "wallet_read_only"
_POOL_SECONDS = 0.8
# a process that stands still in the middle of a transaction must not hold its locks for ever, nor
# a request wait for a server that hangs; milliseconds for the server, seconds for the driver
_PATIENCE = {
    "lock_timeout": "5000",
    "statement_timeout": "20000",
    "idle_in_transaction_session_timeout": "15000",
    "application_name": "fusion-wallet",
}
_ANSWER_SECONDS = 25


def create_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """
    Return an engine for ``sqlite:///path`` or ``postgresql://…``.

    Args:
        url: as an operator writes it; the driver is chosen here. Of several PostgreSQL hosts the
            one that takes writes is used (`wallet.db.connecting`).
        pool_size: connections per process; asking for one more waits a second, then fails.

    Raises:
        DatabaseUrlError: it cannot be read, names no file, or has a parameter that nobody knows.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError("it cannot be read") from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed.set(drivername=sqlite.DRIVER), pool_size)
    return _postgresql(parsed.set(drivername="postgresql+asyncpg"), pool_size)


def patient(engine: AsyncEngine) -> AsyncEngine:
    """
    Return an engine of its own, to the same database, whose statements may take their time.

    For migrations: the driver's own limit cannot be lifted for a connection that is open.
    """
    if engine.dialect.name == "postgresql":
        return _postgresql(engine.url, 1, patient=True)
    return _sqlite(engine.url, 1)


def _postgresql(url: URL, pool_size: int, *, patient: bool = False) -> AsyncEngine:
    seconds = None if patient else _ANSWER_SECONDS
    connecting = partial(Connecting(url, _PATIENCE), command_timeout=seconds)
    engine = _pooled(url, pool_size, async_creator=connecting)

    look_after(engine)

    @event.listens_for(engine.sync_engine, "handle_error")
    def judge(context: ExceptionContext) -> BaseException | None:
        # a connection to a server that stops, says nothing or is no primary any more is of no use
        fault = context.original_exception
        silent = isinstance(fault, TimeoutError)
        if silent or is_outage(fault):
            context.is_disconnect = True
        return UnansweredError() if silent else None

    return engine


def _pooled(url: URL, pool_size: int, **more: Any) -> AsyncEngine:  # noqa: ANN401
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        hide_parameters=True,  # in the texts of faults
        **more,
    )


def reading(engine: AsyncEngine) -> AsyncEngine:
    """
    Return the engine, over the same connections, for sessions that only read.

    On SQLite they take no write lock. On PostgreSQL each statement is a transaction of its own:
    one around all of them would show no other rows (READ COMMITTED), and take two more rounds.
    """
    options: dict[str, Any] = {_READ_ONLY: True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "AUTOCOMMIT"
    return engine.execution_options(**options)


def file_of(engine: AsyncEngine) -> str | None:
    """
    Return the path of an engine's SQLite file; None for any other database, or another spelling.
    """
    path = engine.url.database or ""
    return None if engine.dialect.name != "sqlite" or path.startswith("file:") else path


def _sqlite(url: URL, pool_size: int) -> AsyncEngine:
    if not url.database:
        raise DatabaseUrlError("it names no file")
    folder = Path(url.database.removeprefix("file:")).parent
    given, options = url.get_dialect()().create_connect_args(url)

    async def opened() -> aiosqlite.Connection:
        # SQLite itself does not say that it is the folder
        if not folder.is_dir():
            raise sqlite3.OperationalError(f"unable to open database file, no folder {folder}")
        return await sqlite.opened(*given, **options)

    engine = _pooled(url, pool_size, async_creator=opened)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # a deferred BEGIN lets two readers become writers and lose one update silently
        kind = "DEFERRED" if connection.get_execution_options().get(_READ_ONLY) else "IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine
