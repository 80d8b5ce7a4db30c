"""
Statements that are kept: built once, compiled once, and then run by the driver itself.

Through SQLAlchemy such a statement costs several times what the driver takes for it. The first one
of a transaction goes through it all the same, because that begins the transaction; those that
follow go to the same connection directly, with the same text and the same conversions. Where
somebody listens to statements none goes past them (docs/decisions/0027).

Only for statements that live as long as the program: what was compiled is never forgotten.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, Protocol

import asyncpg
import msgspec
from sqlalchemy import Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import SessionTransaction

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
    A driver's connection.
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
    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - the driver has no types
        self._connection = connection

    async def rows(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        found: Sequence[Any] = await self._connection.fetch(sql, *arguments)
        return found

    async def count(self, sql: str, arguments: Sequence[Any]) -> int:
        told: str = await self._connection.execute(sql, *arguments)
        return int(told.rpartition(" ")[2])  # such as ``UPDATE 1``


class _Aiosqlite:
    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - as above
        self._connection = connection

    async def rows(self, sql: str, arguments: Sequence[Any]) -> Sequence[Any]:
        found: Sequence[Any] = await self._connection.execute_fetchall(sql, arguments)
        return found

    async def count(self, sql: str, arguments: Sequence[Any]) -> int:
        cursor = await self._connection.execute(sql, arguments)
        touched: int = cursor.rowcount
        await cursor.close()
        return touched


_DRIVERS: Final[Mapping[str, Callable[[Any], _Driver]]] = {
    "asyncpg": _Asyncpg,
    "aiosqlite": _Aiosqlite,
}


class _Beneath(NamedTuple):
    """
    The driver's connection under a transaction that has begun.
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
    beneath = _beneath(session)
    if beneath is None:
        found = (await session.execute(statement, values)).all()
        _remember(session)
        return found
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
    beneath = _beneath(session)
    if beneath is None:
        done: Any = await session.execute(statement, values)
        _remember(session)
        return int(done.rowcount)
    text = _text(statement, beneath.dialect)
    try:
        return await beneath.driver.count(text.sql, text.arguments(values))
    except _FAULTS as fault:
        raise await _told(session, text, fault) from fault


def _beneath(session: AsyncSession) -> _Beneath | None:
    """
    Return what may be used past SQLAlchemy; not while objects wait to be written before.
    """
    beneath: _Beneath | None = session.info.get(_BENEATH)
    sync = session.sync_session
    if beneath is None or beneath.transaction is not sync.get_transaction():
        return None
    return None if sync.new or sync.dirty or sync.deleted else beneath


def _remember(session: AsyncSession) -> None:
    """
    Take note of the connection on which a statement has just run.
    """
    connection = session.sync_session.connection()
    if _is_listened_to(connection.engine):
        return
    dialect = connection.dialect
    session.info[_BENEATH] = _Beneath(
        session.sync_session.get_transaction(),
        _DRIVERS[dialect.driver](connection.connection.driver_connection),
        dialect,
    )


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
