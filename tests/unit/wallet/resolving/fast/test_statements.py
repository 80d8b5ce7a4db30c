"""The two raw statements: one partition of each table, and the schema that they speak of."""

import json
import re

import asyncpg
import pytest

from tests.fixtures.region import FULL
from wallet.resolving.fast.statements import READ, WRITE

_PARTITION = re.compile(r'"Relation Name": "(\w+_p\d+)"')
_SHARDED = {
    READ: {"devices", "person_keys", "residents", "bindings", "consents"},
    WRITE: {
        "devices",
        "used_counters",
        "presentations",
        "presentation_answers",
        "journal",
        "bindings",
        "consents",
    },
}


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


class TestStatements:
    """Explained by the engine itself, over tables that are partitioned by resident."""

    @pytest.mark.parametrize("statement", [READ, WRITE], ids=["read", "write"])
    async def test_touch_one_partition_of_each_table(self, region, desk, phone, statement):
        """
        Whatever grows with residents is looked at in the resident's own partition only.
        """
        shortcut = region.short._shortcut
        kept = shortcut._pinned = _Kept(shortcut._pinned)
        await region.resolve(desk, phone.show(), scopes=FULL)
        url = region.database.engine.url
        connection = await asyncpg.connect(
            user=url.username, database=url.database, host=url.query["host"]
        )
        try:
            plan = await connection.fetchval(
                f"EXPLAIN (FORMAT JSON) {statement}", *kept.asked[statement]
            )
        finally:
            await connection.close()
        touched = set(_PARTITION.findall(json.dumps(json.loads(plan))))
        tables = {name.rpartition("_p")[0] for name in touched}

        assert len(touched) == len(tables)
        assert tables <= _SHARDED[statement]
        assert {"devices", "bindings", "consents"} <= tables

    @pytest.mark.parametrize("statement", [READ, WRITE], ids=["read", "write"])
    def test_name_the_resident_in_every_condition(self, statement):
        """
        Each table that grows with residents stands under a condition on its resident.
        """
        scanned = re.findall(r"(?:FROM|UPDATE) (\w+)[^()]*?WHERE (\w+)", statement)
        unrouted = [
            table
            for table, column in scanned
            if table in _SHARDED[statement] and column != "resident_id"
        ]

        assert [] == unrouted
        assert scanned
