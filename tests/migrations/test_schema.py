"""One set of migrations, and the tables it makes are the tables of the code."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from wallet.db import migrate
from wallet.db.engine import create_engine
from wallet.tables import metadata

_PARTITION = re.compile(r"\w+_p\d+")


@pytest.fixture(params=["sqlite", "postgres", "partitioned postgres"])
async def migrated(request, tmp_path, anyio_backend):  # noqa: ARG001 - one loop for all
    """
    An engine on a database that was migrated from nothing.
    """
    partitions = 0
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/fresh.db"
    else:
        url = request.getfixturevalue("empty_postgres_url")
        partitions = 3 if request.param.startswith("partitioned") else 0
    engine = create_engine(url)
    await migrate.upgrade(engine, partitions=partitions)
    yield engine
    await engine.dispose()


def _checks(connection: Connection) -> dict[str, set[str]]:
    inspector = inspect(connection)
    return {
        name: {str(check["name"]) for check in inspector.get_check_constraints(name)}
        for name in metadata.tables
    }


class TestUpgrade:
    async def test_reaches_the_head(self, migrated):
        """
        A migrated database stands at the newest revision.
        """
        assert migrate.head() == await migrate.current(migrated)

    async def test_repeats(self, migrated):
        """
        Migrating again changes nothing.
        """
        await migrate.upgrade(migrated)

        assert migrate.head() == await migrate.current(migrated)

    async def test_makes_what_the_code_knows(self, migrated):
        """
        Columns, keys and indexes are those of the tables.
        """

        def differences(connection: Connection) -> list[object]:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found = compare_metadata(context, metadata)
            return [each for each in found if not _is_partition(each)]

        async with migrated.connect() as connection:
            assert [] == await connection.run_sync(differences)

    async def test_makes_every_check(self, migrated):
        """
        Every CHECK of the tables stands in the database.
        """
        expected = {
            name: {
                str(c.name) for c in table.constraints if c.__class__.__name__ == "CheckConstraint"
            }
            for name, table in metadata.tables.items()
        }
        async with migrated.connect() as connection:
            assert expected == await connection.run_sync(_checks)

    async def test_strict(self, migrated):
        """
        Every table is STRICT on SQLite.
        """
        if migrated.dialect.name != "sqlite":
            return
        async with migrated.connect() as connection:
            rows = await connection.execute(
                text("select name from pragma_table_list where strict = 0 and type = 'table'")
            )
            loose = {row[0] for row in rows if not row[0].startswith(("sqlite_", "alembic_"))}

        assert set() == loose


def _is_partition(difference: object) -> bool:
    """
    Tell whether a difference is only that a partition is a table too.
    """
    match difference:
        case ("remove_table", table):
            name = table.name
        case ("remove_index", index):
            name = index.table.name
        case ("remove_fk", key):
            name = key.elements[0].target_fullname.split(".")[0]
        case _:
            return False
    return bool(_PARTITION.fullmatch(name))
