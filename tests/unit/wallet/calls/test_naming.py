"""Calls that are found by the ids that partners know them by, however many are asked for."""

import wallet.tables  # noqa: F401 - every table
from wallet.calls import repository


def call(clock, call_id, reference):
    """
    A call of party 1, as it is kept.
    """
    texts = ("subject_kind", "operation", "reference", "state", "outcome", "code", "partner_code")
    numbers = ("resident_id", "call_id", "subject_id", "party_id", "attempts", "queries")
    said = dict.fromkeys(texts, "") | {"integration_id": "nhsa", "payload": b""}
    said |= {"subject_kind": "settlement", "operation": "pre_settle", "state": "closed"}
    counted = dict.fromkeys(numbers, 1) | {"call_id": call_id, "prepared_at": clock.now()}
    later = ("sent_at", "doubtful_at", "exhausted_at", "closed_at", "turn_at")
    return said | counted | dict.fromkeys(later) | {"reference": reference}


class TestNamed:
    async def test_more_than_one_statement_takes(self, database, clock):
        """
        Of more ids than one statement takes, those of every portion are found, and no others.
        """
        asked = [f"ref-{number}" for number in range(2 * repository._NAMES_MOST + 1)]
        ours = (asked[0], asked[repository._NAMES_MOST], asked[-1])
        async with database.transaction() as session:
            for call_id, reference in enumerate((*ours, "another")):
                await repository.add(session, call(clock, call_id, reference))
        async with database.reading() as session:
            found = await repository.named(session, 1, "nhsa", asked)

        assert sorted(ours) == sorted(row.reference for row in found)
