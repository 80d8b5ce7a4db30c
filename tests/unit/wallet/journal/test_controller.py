"""``GET /v1/presentations``."""

import pytest

from tests.fakes.clock import START
from tests.fakes.ids import CountingIds
from tests.fixtures.applications import serving
from wallet.db.session import Database
from wallet.http.callers import ResidentCaller
from wallet.journal.controller import JournalController
from wallet.journal.service import Entry, JournalService
from wallet.vault import Vault

CALLER = ResidentCaller(resident_id=42, session_id=1)


@pytest.fixture
async def journal(database: Database, ids: CountingIds, vault: Vault) -> JournalService:
    service = JournalService(database=database, ids=ids, vault=vault)
    async with database.transaction() as session:
        for number in range(3):
            await service.write(
                session,
                Entry(
                    resident_id=42,
                    kind="disclosed",
                    party_id=7,
                    terminal_id=8,
                    party_name=f"医院{number}",
                    contexts=("payment",),
                    at=START,
                ),
            )
    return service


class TestListPresentations:
    async def test_pages(self, journal: JournalService) -> None:
        """
        The journal comes in pages whose cursor leads on to the end.
        """
        async with serving(JournalController, resident=CALLER, journal=journal) as client:
            first = (await client.get("/v1/presentations", params={"limit": 2})).json()
            rest = await client.get("/v1/presentations", params={"cursor": first["next_cursor"]})

        assert ["医院2", "医院1"] == [entry["party_name"] for entry in first["entries"]]
        assert (["医院0"], None) == (
            [entry["party_name"] for entry in rest.json()["entries"]],
            rest.json()["next_cursor"],
        )

    async def test_shows_instants_in_utc(self, journal: JournalService) -> None:
        """
        An instant is RFC 3339 in UTC on both databases.
        """
        async with serving(JournalController, resident=CALLER, journal=journal) as client:
            answer = await client.get("/v1/presentations")

        assert "2026-03-02T01:30:00Z" == answer.json()["entries"][0]["at"]

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=jrn_" + "0" * 52]
    )
    async def test_refuses_bad_parameters(self, journal: JournalService, query: str) -> None:
        """
        A limit out of range and a cursor that is none are refused without an echo.
        """
        async with serving(JournalController, resident=CALLER, journal=journal) as client:
            answer = await client.get(f"/v1/presentations?{query}")

        assert (400, "VALIDATION_FAILED") == (answer.status_code, answer.json()["code"])
