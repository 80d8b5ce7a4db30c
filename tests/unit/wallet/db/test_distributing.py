"""The plan of distribution by resident, as far as it can be tried without Citus."""

import pytest
from click.testing import CliRunner
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, text

from tests.fixtures.partitions import partitioned
from wallet.cli.main import main
from wallet.db import distributing
from wallet.db.engine import create_engine
from wallet.tables import metadata

# what the extension would bring, noting what it is asked for
_STAND_IN = (
    "create table asked (n int generated always as identity, name text, by text, beside text)",
    """create function create_reference_table(t regclass) returns void language sql as
    $$ insert into asked (name) values (t::text) $$""",
    """create function create_distributed_table(t regclass, c text, colocate_with text)
    returns void language sql as
    $$ insert into asked (name, by, beside) values (t::text, c, colocate_with) $$""",
)


def column_of(table):
    """
    Return what a table is distributed by; None if it is on every node or the coordinator.
    """
    if table.info["sharded"]:
        return distributing.BY_RESIDENT
    return distributing.BY_OWN_KEY.get(table.name)


def keys_of(table):
    yield [column.name for column in table.primary_key]
    for each in table.constraints:
        if isinstance(each, UniqueConstraint):
            yield [column.name for column in each.columns]
    for index in table.indexes:
        if index.unique:
            yield [column.name for column in index.columns]


class TestPlan:
    def test_every_unique_key_has_the_column(self):
        """
        An engine can only keep unique what lies on one node.
        """
        loose = [
            (table.name, key)
            for table in metadata.sorted_tables
            if (column := column_of(table)) is not None
            for key in keys_of(table)
            if column not in key
        ]

        assert [] == loose

    def test_foreign_keys_stay_on_a_node(self):
        """
        A reference leads to the same resident's part or to a table that is everywhere.
        """
        astray = []
        for table in metadata.sorted_tables:
            for key in table.constraints:
                if not isinstance(key, ForeignKeyConstraint) or column_of(table) is None:
                    continue
                there = key.referred_table
                together = column_of(table) == column_of(there) == distributing.BY_RESIDENT
                if there.name not in distributing.EVERYWHERE and not together:
                    astray.append((table.name, there.name))
                if together and distributing.BY_RESIDENT not in key.column_keys:
                    astray.append((table.name, key.column_keys))

        assert [] == astray

    def test_names_exist(self):
        """
        Whatever is listed is a table, in one class only.
        """
        listed = [*distributing.EVERYWHERE, *distributing.BY_OWN_KEY]
        resident = {table.name for table in metadata.sorted_tables if table.info["sharded"]}

        assert set(listed) <= set(metadata.tables)
        assert set() == resident & set(listed)
        assert len(listed) == len(set(listed))

    def test_distributes_what_the_partitions_prove(self):
        """
        What the suite's databases partition by resident is what is distributed by resident.
        """
        copy, _ = partitioned(metadata)
        proven = {
            table.name
            for table in copy.tables.values()
            if table.dialect_options["postgresql"]["partition_by"]
        }

        assert proven == {
            table.name for table in metadata.sorted_tables if column_of(table) == "resident_id"
        }


class TestStatements:
    async def test_are_understood(self, empty_postgres_url, anyio_backend):
        """
        An engine with functions of those names runs the statements, parents before children.
        """
        del anyio_backend
        engine = create_engine(empty_postgres_url)
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            for statement in _STAND_IN:
                await connection.execute(text(statement))
            await distributing.distribute(connection, metadata)
            rows = (
                await connection.execute(text("select name, by, beside from asked order by n"))
            ).all()
        await engine.dispose()
        order = [row.name for row in rows]

        assert ("residents", "resident_id", "none") in [tuple(row) for row in rows]
        assert {"residents"} == {
            row.beside for row in rows if row.by == "resident_id" and row.name != "residents"
        }
        assert order.index("settlements") < order.index("tenders") < order.index("refunds")


class TestCommand:
    def test_shows_the_statements(self):
        """
        A dry run prints a statement for each table that leaves the coordinator.
        """
        told = CliRunner().invoke(main, ["distribute", "--dry-run"]).output.splitlines()

        assert list(distributing.statements(metadata)) == [line.rstrip(";") for line in told]

    @pytest.mark.parametrize(
        ("kind", "why"),
        [("sqlite_url", "only PostgreSQL"), ("postgres_url", "extension citus is not installed")],
    )
    def test_says_why_it_cannot(self, kind, why, request, monkeypatch):
        """
        A database that cannot be distributed is left as it is.
        """
        monkeypatch.setenv("FUSION_WALLET_DATABASE_URL", request.getfixturevalue(kind))
        result = CliRunner().invoke(main, ["distribute"])

        assert (1, True) == (result.exit_code, why in result.output)
