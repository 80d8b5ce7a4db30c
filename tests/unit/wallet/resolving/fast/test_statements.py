"""The raw statements on PostgreSQL: which partitions they touch, and the schema they speak of."""

import json
import re

import pytest

from tests.fixtures.region import FULL
from wallet.resolving.fast.many import READ_MANY, WRITE_MANY
from wallet.resolving.fast.statements import READ, WRITE

_PARTITION = re.compile(r"(\w+)_p\d+")
_READ = {"devices", "person_keys", "residents", "bindings", "consents"}
_WRITTEN = {
    "devices",
    "used_counters",
    "presentations",
    "presentation_answers",
    "journal",
    "bindings",
    "consents",
}
_SHARDED = {READ: _READ, READ_MANY: _READ, WRITE: _WRITTEN, WRITE_MANY: _WRITTEN}


class _Kept:
    """
    Pinned connections that remember what they were asked.
    """

    def __init__(self, pinned):
        self._pinned = pinned
        self.asked = {}

    async def fetch(self, statement, *arguments):
        self.asked[statement] = arguments
        return await self._pinned.fetch(statement, *arguments)


@pytest.fixture
async def explained(region, desk, phone):
    """
    Explains a statement that a scan sends, under the settings of pinned connections.
    """
    store = region.short._shortcut._store
    kept = store._pinned = _Kept(store._pinned)
    await region.resolve(desk, phone.show(), scopes=FULL)
    connection = await region.database.pinned()._connecting()
    for way in ("hashjoin", "mergejoin", "seqscan"):  # none of large tables, which these are not
        await connection.execute(f"SET enable_{way} = off")

    async def explained(statement, options):
        plan = await connection.fetchval(
            f"EXPLAIN ({options}, FORMAT JSON) {statement}", *kept.asked[statement]
        )
        return json.loads(plan)[0]["Plan"]

    undone = connection.transaction()  # what is explained while it runs is run
    await undone.start()
    # tables that were found empty are planned in another way than those nobody has looked at
    await connection.execute(
        "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relkind = 'r'"
    )
    yield explained
    await undone.rollback()
    await connection.close()


def touched(node):
    """
    Return the partitions that a plan looks at; where it was run, those that it did look at.
    """
    found = set()
    if node.get("Actual Loops", 1) and _PARTITION.fullmatch(node.get("Relation Name", "")):
        found.add(node["Relation Name"])
    return found.union(*(touched(each) for each in node.get("Plans", ())))


def table_of(partition):
    """
    Return the table that a partition belongs to.
    """
    return _PARTITION.fullmatch(partition)[1]


class TestOfOneScan:
    """Explained by the engine itself, over tables that are partitioned by resident."""

    @pytest.mark.parametrize("way", ["postgres"])
    @pytest.mark.parametrize("statement", [READ, WRITE], ids=["read", "write"])
    async def test_touches_one_partition_of_each_table(self, explained, statement):
        """
        Whatever grows with residents is planned for the resident's own partition only.
        """
        partitions = touched(await explained(statement, "COSTS"))
        tables = {table_of(each) for each in partitions}

        assert len(partitions) == len(tables)
        assert tables <= _SHARDED[statement]
        assert {"devices", "bindings", "consents"} <= tables


class TestOfManyScans:
    """Explained while they run: which partitions it will be, the plan cannot know."""

    @pytest.mark.parametrize("way", ["postgres in company"])
    @pytest.mark.parametrize("statement", [READ_MANY, WRITE_MANY], ids=["read", "write"])
    async def test_touches_one_partition_for_each_scan(self, explained, statement):
        """
        Of the four partitions of each table two scans look at two at most.
        """
        plan = await explained(statement, "ANALYZE")
        partitions = [table_of(each) for each in touched(plan)]

        assert {table for table in partitions if partitions.count(table) > 2} == set()
        assert {"devices", "bindings", "consents"} <= set(partitions) <= _SHARDED[statement]


@pytest.mark.parametrize("statement", _SHARDED, ids=["read", "read many", "write", "write many"])
def test_every_condition_names_the_resident(statement):
    """
    Each table that grows with residents stands under a condition on its resident.
    """
    scanned = re.findall(r"(?:FROM|UPDATE) (\w+)[^()]*?WHERE (?:\w\.)?(\w+)", statement)
    scanned += re.findall(r"JOIN (\w+) \w ON \w\.(\w+)", statement)
    unrouted = [
        table
        for table, column in scanned
        if table in _SHARDED[statement] and column != "resident_id"
    ]

    assert [] == unrouted
    assert scanned
