"""
What every table of the wallet has in common.
"""

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, MetaData, UniqueConstraint
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from wallet.db.types import BigInt, Blob, Flag, Text, UtcInstant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Table(SQLModel):
    """
    Base of every table. Validates nothing: rows are made from values that were parsed at the edge.
    """

    metadata: ClassVar[MetaData] = metadata


def table(*constraints: CheckConstraint | UniqueConstraint | ForeignKeyConstraint) -> Any:  # noqa: ANN401
    """
    Return `__table_args__` of a reference table: STRICT on SQLite.
    """
    return (*constraints, {"sqlite_strict": True, "info": {"sharded": False}})


def resident_table(
    *constraints: CheckConstraint | UniqueConstraint | ForeignKeyConstraint,
) -> Any:  # noqa: ANN401
    """
    Return `__table_args__` of a table that grows with residents.

    Its primary key and every unique constraint begin with ``resident_id``, the key it is
    distributed or partitioned by; `tests/architecture` holds that.
    """
    return (*constraints, {"sqlite_strict": True, "info": {"sharded": True}})


def column(
    kind: type[TypeEngine[Any]] | TypeEngine[Any], *, key: bool = False, null: bool = False
) -> Any:  # noqa: ANN401
    """
    Return a field of that column type, a part of the primary key if `key`.
    """
    return Field(
        sa_column=Column(kind, primary_key=key, nullable=null, autoincrement=False),
        default=None if null else ...,
    )


def big(*, key: bool = False, null: bool = False) -> Any:  # noqa: ANN401
    """
    Return a 64-bit integer column.
    """
    return column(BigInt, key=key, null=null)


def text(*, key: bool = False, null: bool = False) -> Any:  # noqa: ANN401
    """
    Return a text column.
    """
    return column(Text, key=key, null=null)


def blob(*, key: bool = False, null: bool = False) -> Any:  # noqa: ANN401
    """
    Return a bytes column; what is personal lies encrypted in one of these.
    """
    return column(Blob, key=key, null=null)


def flag() -> Any:  # noqa: ANN401
    """
    Return a boolean column.
    """
    return column(Flag)


def instant(*, key: bool = False, null: bool = False) -> Any:  # noqa: ANN401
    """
    Return a column of aware UTC instants.
    """
    return column(UtcInstant, key=key, null=null)
