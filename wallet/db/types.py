"""
Column types that mean the same on SQLite (STRICT tables) and PostgreSQL.

SQLite's STRICT tables know INTEGER, TEXT and BLOB only, so every column of the wallet uses one of
these and nothing else.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary
from sqlalchemy import Text as SqlText
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

BigInt = BigInteger().with_variant(Integer(), "sqlite")
Text = SqlText()
Blob = LargeBinary()


def microseconds(instant: datetime) -> int:
    """
    Return an instant as SQLite keeps it: microseconds since the epoch.
    """
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(kept: int) -> datetime:
    """
    Return the aware UTC instant that SQLite keeps so.
    """
    return _EPOCH + kept * _MICROSECOND


class Flag(TypeDecorator[bool]):
    """
    A boolean, kept as 0 or 1 on both databases.
    """

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: FBT001
        """
        Write 0 or 1.
        """
        del dialect
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        """
        Read a boolean.
        """
        del dialect
        return None if value is None else bool(value)


class UtcInstant(TypeDecorator[datetime]):
    """
    An aware UTC instant: ``timestamptz`` on PostgreSQL, microseconds since the epoch on SQLite.
    """

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """
        Choose the column's type.
        """
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Integer())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401
        """
        Write the instant; a naive one is a fault of ours.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "naive instant"
            raise ValueError(msg)
        if dialect.name == "postgresql":
            return value.astimezone(UTC)
        return microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """
        Read an aware UTC instant.
        """
        if value is None:
            return None
        if dialect.name == "postgresql":
            aware: datetime = value.astimezone(UTC)
            return aware
        return instant_of(int(value))
