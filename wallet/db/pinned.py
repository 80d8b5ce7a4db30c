"""
Pinned connections: a few beside the engine's, with their statements prepared once (PostgreSQL).

For the few statements that run so often that building them in Python costs more than running
them. Each statement is a transaction of its own; what needs more than one belongs on a session.
"""

import asyncio
from contextlib import suppress
from typing import Any, Final

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from wallet.db.connecting import Connecting, NoPrimaryError
from wallet.db.errors import NotServedError, RivalryError
from wallet.errors import OverloadedError

_LOG = structlog.get_logger("wallet.db")
_CONNECTIONS: Final = 8
_WAITING_MOST: Final = 256
_STATEMENT_SECONDS: Final = 10.0
_SETTINGS: Final = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "lock_timeout": "1000",
    "application_name": "fusion-wallet pinned",
}
# what two requests may do to each other; anything else that goes wrong is worth a line in the log
_RIVALRY: Final = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
)


class Pinned:
    """
    Runs single statements.

    Args:
        engine: whose database; its URL and options are used.
        size: connections, opened when they are first needed.
    """

    def __init__(self, engine: AsyncEngine, *, size: int = _CONNECTIONS) -> None:
        self._connecting = Connecting(engine.url, _SETTINGS)
        self._turns = _Turns(size)
        self._idle: list[_Connection] = []
        self._closed = False

    async def fetch(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """
        Run one statement in a transaction of its own and return its rows.

        Raises:
            RivalryError: another request was in the way, and nothing was written.
            NotServedError: it was not run, failed, or its outcome is unknown.
            OverloadedError: too many are waiting.
        """
        async with self._turns:
            connection = await self._taken()
            try:
                rows = await connection.fetch(statement, arguments)
            except _RIVALRY as fault:
                raise RivalryError from fault
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as fault:
                _LOG.warning("a pinned statement failed", kind=type(fault).__name__)
                connection.end()
                raise NotServedError from fault
            except BaseException:
                connection.end()  # somebody gave up in the middle of it
                raise
            finally:
                self._given_back(connection)
        return rows

    async def close(self) -> None:
        """
        Close every connection; a statement under way still ends.
        """
        self._closed = True
        while self._idle:
            await self._idle.pop().close()

    async def _taken(self) -> "_Connection":
        while self._idle:
            connection = self._idle.pop()
            if connection.alive:
                return connection
        if self._closed:
            raise NotServedError
        try:
            opened = await self._connecting(command_timeout=_STATEMENT_SECONDS)
        except (NoPrimaryError, asyncpg.PostgresError) as fault:
            raise NotServedError from fault
        return _Connection(opened)

    def _given_back(self, connection: "_Connection") -> None:
        if self._closed:
            connection.end()
        elif connection.alive:
            self._idle.append(connection)


class _Connection:
    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - the driver has no types
        self._connection = connection
        self._prepared: dict[str, Any] = {}

    @property
    def alive(self) -> bool:
        return not self._connection.is_closed()

    async def fetch(self, statement: str, arguments: tuple[object, ...]) -> list[asyncpg.Record]:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = await self._connection.prepare(statement)
            self._prepared[statement] = prepared
        rows: list[asyncpg.Record] = await prepared.fetch(*arguments)
        return rows

    def end(self) -> None:
        self._connection.terminate()

    async def close(self) -> None:
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await self._connection.close()


class _Turns:
    """
    Lets so many in at a time, and turns away whoever would wait behind too many.
    """

    def __init__(self, size: int) -> None:
        self._turns = asyncio.Semaphore(size)
        self._waiting = 0

    async def __aenter__(self) -> None:
        if self._turns.locked():
            if self._waiting >= _WAITING_MOST:
                raise OverloadedError(retry_after_seconds=1)
            self._waiting += 1
            try:
                await self._turns.acquire()
            finally:
                self._waiting -= 1
        else:
            await self._turns.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._turns.release()
