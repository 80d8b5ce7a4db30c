"""
What migrations are written with: the column types, STRICT tables, resident tables.
"""

from typing import Any

from alembic import context, op
from sqlalchemy import Column, Constraint

from wallet.db.types import BigInt, Blob, Flag, Text, UtcInstant

__all__ = (
    "BigInt",
    "Blob",
    "Flag",
    "Text",
    "UtcInstant",
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
