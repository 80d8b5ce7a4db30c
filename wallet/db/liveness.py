"""
Whether a connection that lay in the pool is still alive (PostgreSQL).
"""

import math
import time
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

# asking takes three rounds, as much as a short transaction: nobody asks what answered just before
_FRESH_SECONDS: Final = 1.0
_LEFT_AT: Final = "wallet_left_at"


def look_after(engine: AsyncEngine) -> None:
    """
    Ask a connection that nobody used for a while whether it lives, before it is used again.

    One that died since is found out by the statement that fails, and by `wallet.db.faults`.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def left(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_LEFT_AT] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def taken(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - record.info.get(_LEFT_AT, math.inf) < _FRESH_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as fault:
            raise InvalidatePoolError from fault
