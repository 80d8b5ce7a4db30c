"""The raw statements on SQLite: how its planner reaches a resident's rows."""

import re
import sqlite3

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from wallet.resolving.fast.sqlite_texts import READ, STANDING, over
from wallet.tables import metadata

_COLUMNS = {READ: 8, STANDING: 9}
_RESIDENTS = 10_000
# what is given may be passed over: ``a`` and its constant rows, and the parts when put together
_WHOLE = re.compile(r"BLOOM|AUTOMATIC|^SCAN (?!a$|CONSTANT|\d+ CONSTANT|\(subquery)")
# rows of a table, and how many of them have the same first, first two, … columns of an index
_COUNTED = [
    ("devices", "sqlite_autoindex_devices_1", f"{_RESIDENTS} 1 1"),
    ("person_keys", "sqlite_autoindex_person_keys_1", f"{2 * _RESIDENTS} 2 1"),
    ("residents", None, f"{_RESIDENTS}"),
    ("bindings", "uq_bindings_live", f"{3 * _RESIDENTS} 3 1"),
    ("bindings", "uq_bindings_default", f"{3 * _RESIDENTS} 3 1"),
    ("bindings", "sqlite_autoindex_bindings_1", f"{3 * _RESIDENTS} 3 1"),
    ("consents", "uq_consents_standing", f"{12 * _RESIDENTS} 12 4 1 1"),
    ("consents", "sqlite_autoindex_consents_1", f"{12 * _RESIDENTS} 12 1"),
]


@pytest.fixture
def connection():
    """
    Return a connection to empty tables, which the planner takes for those of a town.
    """
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    raw = engine.raw_connection()
    opened = raw.driver_connection
    assert isinstance(opened, sqlite3.Connection)
    opened.execute("ANALYZE")
    opened.executemany("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", _COUNTED)
    opened.execute("ANALYZE sqlite_schema")  # reads what was counted
    yield opened
    raw.close()
    engine.dispose()


class TestWhereTablesWereAnalyzed:
    """A town of ten thousand, its tables counted by the engine."""

    @pytest.mark.parametrize("scans", [1, 16, 64])
    @pytest.mark.parametrize("statement", [READ, STANDING], ids=["read", "standing"])
    def test_no_table_is_read_whole(self, connection, statement, scans):
        """
        Each resident's rows are looked up; none is passed over on the way to them.
        """
        columns = _COLUMNS[statement]
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN {over(statement, scans, columns)}", [1] * scans * columns
        ).fetchall()
        steps = [step for *_, step in plan]

        assert [] == [each for each in steps if _WHOLE.search(each)]
        assert any(each.startswith("SEARCH") for each in steps)
