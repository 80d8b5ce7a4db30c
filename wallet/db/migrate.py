"""
Bring a database to the newest schema, and tell where it stands.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

from wallet.db.schema import PARTITIONS
from wallet.failpoints import hit

_PLACE = Path(__file__).parent / "migrations"
FAILPOINT = "migrate.statement"
_LOCK = 0x66757369  # any number, the same for everybody


def configuration(connection: Connection | None = None, partitions: int = 0) -> Config:
    """
    Return Alembic's configuration; there is no ini file.
    """
    config = Config()
    config.set_main_option("script_location", str(_PLACE))
    config.set_main_option("path_separator", "os")
    config.attributes[PARTITIONS] = partitions
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def head() -> str:
    """
    Return the newest revision this code knows.
    """
    revision = ScriptDirectory.from_config(configuration()).get_current_head()
    return revision or ""


async def current(engine: AsyncEngine) -> str:
    """
    Return the revision the database stands at, or an empty text.
    """
    async with engine.connect() as connection:
        return await connection.run_sync(_current)


async def upgrade(engine: AsyncEngine, *, partitions: int = 0) -> None:
    """
    Bring the database to the newest revision; safe when several do it at once.

    Args:
        engine: the database.
        partitions: hash partitions per resident table, when the tables are made (PostgreSQL).
    """

    def run(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            # another one that migrates may take its time, and so may this one
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        event.listen(connection, "before_cursor_execute", _pass)
        command.upgrade(configuration(connection, partitions), "head")

    async with engine.begin() as connection:
        await connection.run_sync(run)


def _pass(*_: object) -> None:
    hit(FAILPOINT)


def _current(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""
