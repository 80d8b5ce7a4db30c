"""
Distribution of the schema by resident over several PostgreSQL, with Citus.

Each table is in one class. What grows with residents is distributed by ``resident_id`` and lies
together; what statements on one resident read beside it is on every node; what is found by a hash
or key of its own is distributed by that; the rest, small and of nobody, stays on the coordinator.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

BY_RESIDENT: Final = "resident_id"
FIRST: Final = "residents"
EVERYWHERE: Final = ("parties", "terminals", "party_profiles")
BY_OWN_KEY: Final[Mapping[str, str]] = {
    "barcodes": "digest",
    "idempotency": "key",
    "identifier_index": "blind_index",
}


class NotDistributableError(Exception):
    """
    The database cannot be distributed; why, for the operator.
    """


def statements(metadata: MetaData) -> Sequence[str]:
    """
    Return what distributes empty tables, in an order in which foreign keys always fit.
    """
    known = {table.name: table for table in metadata.sorted_tables}
    resident = [name for name, table in known.items() if table.info["sharded"]]
    others = [name for name in resident if name != FIRST]
    return (
        *(f"SELECT create_reference_table('{name}')" for name in EVERYWHERE),
        _distributed(FIRST, BY_RESIDENT, "none"),
        *(_distributed(name, BY_RESIDENT, FIRST) for name in others),
        *(_distributed(name, column, "none") for name, column in BY_OWN_KEY.items()),
    )


async def check(connection: AsyncConnection) -> None:
    """
    Look whether this database can be distributed, and is empty.

    Raises:
        NotDistributableError: it cannot, or has residents already.
    """
    if connection.dialect.name != "postgresql":
        raise NotDistributableError("only PostgreSQL can be distributed")
    found = await connection.execute(
        text("SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'")
    )
    if not found.scalar_one():
        raise NotDistributableError("the extension citus is not installed on this server")
    partitioned = await connection.execute(
        text("SELECT relkind::text = 'p' FROM pg_class WHERE oid = to_regclass('residents')")
    )
    if partitioned.scalar_one_or_none() is not False:
        raise NotDistributableError(
            "migrate first, with FUSION_WALLET_DATABASE_PARTITIONS=0: tables are made, then moved"
        )
    some = await connection.execute(text("SELECT EXISTS (SELECT 1 FROM residents)"))
    if some.scalar_one():
        raise NotDistributableError("there are residents already; distribute empty tables")


async def distribute(connection: AsyncConnection, metadata: MetaData) -> None:
    """
    Distribute the tables, in the caller's transaction.
    """
    for statement in statements(metadata):
        await connection.execute(text(statement))


def _distributed(table: str, column: str, beside: str) -> str:
    return f"SELECT create_distributed_table('{table}', '{column}', colocate_with => '{beside}')"
