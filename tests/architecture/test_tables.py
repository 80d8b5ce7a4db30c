"""What every table has to be."""

import pytest
from sqlalchemy import Index, Table, UniqueConstraint

from wallet.tables import metadata

_TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)
_RESIDENT = [table for table in _TABLES if table.info["sharded"]]
_REFERENCE = {
    "barcodes": "found by hash",
    "clock_marks": "the deployment's",
    "enrolment_tokens": "a party's",
    "figures": "what is counted of the deployment and its integrations, of nobody",
    "guess_budgets": "a terminal's, a party's and everybody's",
    "identifier_index": "found by blind index",
    "idempotency": "found by party, route and key",
    "instances": "a deployment's processes",
    "lanes": "a party's, towards one integration",
    "operator_enrolments": "an operator's",
    "operator_events": "what operators did, read in the order of time",
    "operator_links": "an operator's",
    "operator_lockouts": "an account's or a network's, found by keyed hash",
    "operator_recovery_codes": "an operator's",
    "operator_sessions": "an operator's",
    "operators": "reference",
    "parties": "reference",
    "party_profiles": "reference",
    "process_breakers": "a process's, of one integration",
    "processes": "a deployment's",
    "restorations": "a deployment's",
    "schema_floor": "the deployment's",
    "sequences": "a party's",
    "signature_nonces": "a terminal's",
    "spent_sign_ins": "found by hash",
    "takings": "a terminal's",
    "terminals": "reference",
    "token_ids": "a terminal's",
    "turns": "an integration's",
}


def _name(table: Table) -> str:
    return table.name


class TestSharding:
    @pytest.mark.parametrize("table", _RESIDENT, ids=_name)
    def test_keys_begin_with_the_resident(self, table):
        """
        The primary key and every unique key of a resident table begin with resident_id.
        """
        keys = [list(table.primary_key.columns)]
        keys += [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
        keys += [list(i.columns) for i in table.indexes if isinstance(i, Index) and i.unique]

        assert {"resident_id"} == {key[0].name for key in keys}

    def test_the_others_are_listed(self):
        """
        A table that does not grow with residents is named here with its reason.
        """
        others = {table.name for table in _TABLES if not table.info["sharded"]}

        assert others <= set(_REFERENCE)


class TestStrictness:
    @pytest.mark.parametrize("table", _TABLES, ids=_name)
    def test_strict(self, table):
        """
        Every table is STRICT on SQLite.
        """
        assert table.dialect_options["sqlite"]["strict"] is True
