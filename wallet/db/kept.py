"""
Statements that are kept: built once, compiled once, and then run by the driver itself.

Through SQLAlchemy such a statement costs several times what the driver takes for it. Here it goes
to the connection of a session's transaction directly, with the same text and the same conversions.
Where somebody listens to statements none goes past them (docs/decisions/0027).

Only for statements that live as long as the program: what was compiled is never forgotten.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, Protocol

import asyncpg
import msgspec
from sqlalchemy import Delete, Dialect, Insert, PoolProxiedConnection, Select, Update
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from wallet.db.errors import UnansweredError
from wallet.db.faults import is_outage

Statement = Select[Any] | Insert | Update | Delete
Values = Mapping[str, Any]
_Converter = Callable[[Any], Any] | None
_BENEATH: Final = "wallet_beneath"
_FAULTS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, sqlite3.Error)
_RULES: Final = (asyncpg.IntegrityConstraintViolationError, sqlite3.IntegrityError)


class _Driver(Protocol):
    """
    A driver's connection in a transaction.
    """

    async def rows(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """
        Run a statement and return its rows.
        """
        ...

    async def count(self, sql: str, arguments: Sequence[Any]) -> int:
        """
        Run a statement and return how many rows it touched.
        """
        ...


class _Asyncpg:
    """
    The driver for PostgreSQL; what SQLAlchemy put before it begins a transaction when it is used.
    """

    def __init__(self, session: AsyncSession, connection: PoolProxiedConnection) -> None:
        self._session = session
        self._connection = connection
        self._driver: Any = connection.driver_connection  # it has no types

    async def rows(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        if not self._has_begun():
            return (await self._beginning(sql, arguments))[0]
        found: Sequence[Any] = await self._driver.fetch(sql, *arguments)
        return found

    async def count(self, sql: str, arguments: Sequence[Any]) -> int:
        if not self._has_begun():
            return (await self._beginning(sql, arguments))[1]
        told: str = await self._driver.execute(sql, *arguments)
        return int(told.rpartition(" ")[2])  # such as ``UPDATE 1``

    def _has_begun(self) -> bool:
        outer: Any = self._connection.dbapi_connection
        return bool(outer.autocommit or self._driver.is_in_transaction())

    async def _beginning(self, sql: str, arguments: Sequence[Any]) -> tuple[Sequence[Any], int]:
        """
        Begin with a statement; return its rows, and how many it touched.

        Cut off meanwhile, the connection is given up: the server may have begun what nobody here
        knows of, and would take all that comes later for a part of it.
        """

        def run(_: Session) -> tuple[Sequence[Any], int]:
            cursor = self._connection.cursor()
            cursor.execute(sql, arguments)
            return cursor.fetchall(), cursor.rowcount

        try:
            return await self._session.run_sync(run)
        except AsyncAdapt_asyncpg_dbapi.Error as fault:
            raise fault.__cause__ or fault from None
        except asyncio.CancelledError:
            self._connection.invalidate()
            raise


class _Aiosqlite:
    """
    The driver for SQLite; whoever has a connection in a session has a transaction.
    """

    def __init__(self, session: AsyncSession, connection: PoolProxiedConnection) -> None:
        del session
        self._driver: Any = connection.driver_connection  # it has no types

    async def rows(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        found: Sequence[Any] = await self._driver.execute_fetchall(sql, arguments)
        return found

    async def count(self, sql: str, arguments: Sequence[Any]) -> int:
        cursor = await self._driver.execute(sql, arguments)
        touched: int = cursor.rowcount
        await cursor.close()
        return touched


_DRIVERS: Final[Mapping[str, Callable[[AsyncSession, PoolProxiedConnection], _Driver]]] = {
    "asyncpg": _Asyncpg,
    "aiosqlite": _Aiosqlite,
}


class _Beneath(NamedTuple):
    """
    The driver's connection under a session's transaction.
    """

    transaction: SessionTransaction | None
    driver: _Driver
    dialect: Dialect


async def rows(session: AsyncSession, statement: Statement, values: Values) -> Sequence[Any]:
    """
    Run a statement and return its rows; each has the columns as attributes.

    Raises:
        DBAPIError: as of SQLAlchemy, such as `IntegrityError`.
        UnansweredError: the server did not answer in time.
    """
    beneath = await _beneath(session)
    if beneath is None:
        return (await session.execute(statement, values)).all()
    text = _text(statement, beneath.dialect)
    try:
        records = await beneath.driver.rows(text.sql, text.arguments(values))
    except _FAULTS as fault:
        raise await _told(session, text, fault) from fault
    return text.rows(records)


async def first(session: AsyncSession, statement: Statement, values: Values) -> Any:  # noqa: ANN401
    """
    Run a statement and return the first of its rows, or None.

    Raises:
        DBAPIError, UnansweredError: see `rows`.
    """
    found = await rows(session, statement, values)
    return found[0] if found else None


async def count(session: AsyncSession, statement: Statement, values: Values) -> int:
    """
    Run a statement without rows of its own and return how many it touched.

    Raises:
        DBAPIError, UnansweredError: see `rows`.
    """
    beneath = await _beneath(session)
    if beneath is None:
        done: Any = await session.execute(statement, values)
        return int(done.rowcount)
    text = _text(statement, beneath.dialect)
    try:
        return await beneath.driver.count(text.sql, text.arguments(values))
    except _FAULTS as fault:
        raise await _told(session, text, fault) from fault


async def _beneath(session: AsyncSession) -> _Beneath | None:
    """
    Return what may be used past SQLAlchemy; not while objects wait to be written before.
    """
    sync = session.sync_session
    if sync.new or sync.dirty or sync.deleted:
        return None
    beneath: _Beneath | None = session.info.get(_BENEATH)
    if beneath is None or beneath.transaction is not sync.get_transaction():
        beneath = await _found_beneath(session)
    return beneath


async def _found_beneath(session: AsyncSession) -> _Beneath | None:
    """
    Find and remember it; None where somebody listens.
    """
    await session.connection()
    connection = session.sync_session.connection()
    if _is_listened_to(connection.engine):
        return None
    dialect = connection.dialect
    beneath = _Beneath(
        session.sync_session.get_transaction(),
        _DRIVERS[dialect.driver](session, connection.connection),
        dialect,
    )
    session.info[_BENEATH] = beneath
    return beneath


def _is_listened_to(engine: Any) -> bool:  # noqa: ANN401 - its events have no types
    return bool(engine.dispatch.before_cursor_execute)


async def _told(session: AsyncSession, text: "_Text", fault: Exception) -> Exception:
    """
    Return what SQLAlchemy would have raised, and give up a connection that is of no use.
    """
    if isinstance(fault, TimeoutError):
        await session.invalidate()
        return UnansweredError()
    if isinstance(fault, _RULES):
        return IntegrityError(text.sql, None, fault)
    gone = isinstance(fault, asyncpg.InterfaceError | OSError) or is_outage(fault)
    if gone:
        await session.invalidate()
    return DBAPIError(text.sql, None, fault, connection_invalidated=gone)


class _Text:
    """
    A statement as the driver takes it.
    """

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            raise TypeError("a parameter of as many values as there happen to be")
        self.sql = str(compiled)
        binds = [compiled.binds[name] for name in compiled.positiontup]
        self._parameters = [
            (bind.key, bind.required, bind.effective_value, _to_database(bind.type, dialect))
            for bind in binds
        ]
        columns = list(statement.exported_columns)
        self._row = msgspec.defstruct("Row", [str(each.key) for each in columns], frozen=True)
        self._converted = [
            (place, converter)
            for place, each in enumerate(columns)
            if (converter := _from_database(each.type, dialect)) is not None
        ]

    def arguments(self, values: Values) -> list[Any]:
        """
        Return the values in the order of their places.
        """
        given = (
            (values[name] if required else constant, to)
            for name, required, constant, to in self._parameters
        )
        return [value if to is None else to(value) for value, to in given]

    def rows(self, records: Sequence[Any]) -> list[Any]:
        """
        Return the driver's rows as ours.
        """
        found = []
        for record in records:
            cells = list(record)
            for place, converter in self._converted:
                cells[place] = converter(cells[place])
            found.append(self._row(*cells))
        return found


_text = cache(_Text)


def _to_database(kind: Any, dialect: Dialect) -> _Converter:  # noqa: ANN401
    converter: _Converter = kind.dialect_impl(dialect).bind_processor(dialect)
    return converter


def _from_database(kind: Any, dialect: Dialect) -> _Converter:  # noqa: ANN401
    converter: _Converter = kind.dialect_impl(dialect).result_processor(dialect, None)
    return converter
