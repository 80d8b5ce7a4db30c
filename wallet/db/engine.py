"""
The engine: the only file that knows which database it talks to.
"""

from typing import Any

from sqlalchemy import URL, Connection, ExceptionContext, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from wallet.db.connecting import Connecting
from wallet.db.outages import is_outage

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL may lose an acknowledged commit on power failure
    "foreign_keys=ON",
    "busy_timeout=5000",
)
READ_ONLY = "wallet_read_only"


def create_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """
    Return an engine for ``sqlite:///path`` or ``postgresql://…``.

    Args:
        url: as an operator writes it; the driver is chosen here. Of several PostgreSQL hosts the
            one that takes writes is used (`wallet.db.connecting`).
        pool_size: connections per process; asking for one more waits a second, then fails.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed.set(drivername="sqlite+aiosqlite"), pool_size)
    return _postgresql(parsed.set(drivername="postgresql+asyncpg"), pool_size)


def _postgresql(url: URL, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        async_creator=Connecting(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=1.0,
        pool_pre_ping=True,
    )

    @event.listens_for(engine.sync_engine, "handle_error")
    def judge(context: ExceptionContext) -> None:
        # a connection to a server that stops, or that is no primary any more, is of no use
        if is_outage(context.original_exception):
            context.is_disconnect = True

    return engine


def _sqlite(url: URL, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=5.0)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.isolation_level = None
        for pragma in _SQLITE_PRAGMAS:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # a deferred BEGIN lets two readers become writers and lose one update silently
        kind = "DEFERRED" if connection.get_execution_options().get(READ_ONLY) else "IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine
