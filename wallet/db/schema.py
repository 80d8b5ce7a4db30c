"""
What migrations are written with: the column types, STRICT tables, resident tables.
"""

from typing import Any

from alembic import context, op
from sqlalchemy import Column, Constraint, text

from wallet.db.types import BigInt, Blob, Flag, Text, UtcInstant

__all__ = (
    "BigInt",
    "Blob",
    "Flag",
    "Text",
    "UtcInstant",
    "add_index",
    "contract",
    "create_resident_table",
    "create_table",
)

PARTITIONS = "partitions"


def create_table(name: str, *parts: Column[Any] | Constraint) -> None:
    """
    Create a reference table, STRICT on SQLite.
    """
    op.create_table(name, *parts, sqlite_strict=True)


def create_resident_table(name: str, *parts: Column[Any] | Constraint) -> None:
    """
    Create a table that grows with residents.

    On PostgreSQL it is hash-partitioned by ``resident_id`` when the setting
    ``FUSION_WALLET_DATABASE_PARTITIONS`` says so; the partitions are ``<name>_p<n>``.
    """
    partitions = int(context.config.attributes.get(PARTITIONS, 0))
    if not partitions or op.get_bind().dialect.name != "postgresql":
        create_table(name, *parts)
        return
    op.create_table(name, *parts, postgresql_partition_by="HASH (resident_id)")
    for number in range(partitions):
        op.execute(
            f"CREATE TABLE {name}_p{number} PARTITION OF {name} "
            f"FOR VALUES WITH (MODULUS {partitions}, REMAINDER {number})"
        )


def contract(floor: str) -> None:
    """
    Note that only programs that know a revision may run from now on: a contract step's first act.
    """
    op.get_bind().execute(text("UPDATE schema_floor SET floor = :floor"), {"floor": floor})


def add_index(name: str, table: str, columns: list[str], where: str = "") -> None:
    """
    Add an index to a table that is in use; on PostgreSQL nobody who writes waits for it.

    Args:
        name: of the index.
        table: a reference table or a resident one, in partitions or not.
        columns: in their order.
        where: the condition of a partial index.
    """
    condition = text(where) if where else None
    if op.get_bind().dialect.name != "postgresql":
        op.create_index(name, table, columns, sqlite_where=condition)
        return
    what = f"({', '.join(columns)}){f' WHERE {where}' if where else ''}"
    partitions = _partitions(table)
    with op.get_context().autocommit_block():
        if not partitions:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # of one that was broken off
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {table} {what}")
            return
        op.execute(f"DROP INDEX IF EXISTS {name}")
        op.execute(f"CREATE INDEX {name} ON ONLY {table} {what}")
        for number, partition in enumerate(partitions):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}_p{number}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name}_p{number} ON {partition} {what}")
            op.execute(f"ALTER INDEX {name} ATTACH PARTITION {name}_p{number}")


def _partitions(table: str) -> list[str]:
    found = op.get_bind().execute(
        text(
            "SELECT inhrelid::regclass::text FROM pg_inherits "
            "WHERE inhparent = CAST(:parent AS regclass) ORDER BY 1"
        ),
        {"parent": table},
    )
    return [row[0] for row in found]
