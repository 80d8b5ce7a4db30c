"""
How Alembic meets the wallet: it is given a connection and never opens one itself.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeEngine

from wallet.db.tables import metadata
from wallet.db.types import Flag, UtcInstant


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:  # noqa: ANN401
    """
    Write our column types by the names that `wallet.db.schema` exports.
    """
    if kind == "type" and isinstance(item, TypeEngine):
        if isinstance(item, Flag):
            return "Flag"
        if isinstance(item, UtcInstant):
            return "UtcInstant"
        return {"BigInteger": "BigInt", "Text": "Text", "LargeBinary": "Blob"}.get(
            type(item).__name__, False
        )
    return False


def run(connection: Connection) -> None:
    """
    Run what was asked for on the connection that was given.
    """
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
        transactional_ddl=True,
        # what waits for a lock must hold none of an earlier step; SQLite has one lock anyway
        transaction_per_migration=connection.dialect.name == "postgresql",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
