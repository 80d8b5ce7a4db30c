"""``/v1/consents`` through the whole application."""

import pytest

from tests.fakes.integrations import FakeIntegration, manifest
from tests.fixtures.region import ZHANG, Region

PAYING = {"context": "payment", "purpose": "settlement"}


@pytest.fixture
def region(database, clock, ids, vault):
    return Region(database, clock, ids, vault, FakeIntegration(manifest("payment")))


@pytest.fixture
async def client(region):
    """
    A client that is signed in as Li Ming.
    """
    async with region.client() as client:
        client.headers.update(await region.signed_in())
        yield client


async def listed(client):
    return (await client.get("/v1/consents")).json()["consents"]


def problem(answer):
    return answer.status_code, answer.json()["code"]


class TestGrant:
    async def test_granted(self, client):
        """
        A consent is 201 and says on which basis and notice it stands.
        """
        answer = await client.post("/v1/consents", json=PAYING)

        assert 201 == answer.status_code
        assert (PAYING | {"basis": "contract", "notice_version": "2026-1"}).items() <= (
            answer.json().items()
        )
        assert "2026-03-02T01:30:00+00:00" == answer.json()["granted_at"]

    async def test_repeated(self, client):
        """
        Granting it again gives the same.
        """
        answers = [(await client.post("/v1/consents", json=PAYING)).json() for _ in range(2)]

        assert answers[0] == answers[1]
        assert [answers[0]] == await listed(client)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            PAYING | {"purpose": "curiosity"},
            PAYING | {"context": "Payment"},
            PAYING | {"party_id": 7},
            PAYING | {"context": "payment\n"},
        ],
        ids=str,
    )
    async def test_form(self, client, body):
        """
        Anything but the documented form is VALIDATION_FAILED.
        """
        assert (400, "VALIDATION_FAILED") == problem(await client.post("/v1/consents", json=body))

    async def test_signed_out(self, client):
        """
        Nobody consents for nobody.
        """
        answer = await client.post(
            "/v1/consents", json=PAYING, headers={"authorization": "Bearer x"}
        )

        assert (401, "TOKEN_INVALID") == problem(answer)


class TestList:
    async def test_ids_tell_nothing(self, client):
        """
        An id is sealed for its resident, as every other one.
        """
        await client.post("/v1/consents", json=PAYING)

        assert [True] == [each["id"].startswith("cns_") for each in await listed(client)]

    async def test_what_linking_means(self, client):
        """
        Linking a context is a consent for each purpose.
        """
        await client.post("/v1/bindings", json={"integration": "fake_payment"})

        assert ["identification", "registration", "settlement", "payment"] == [
            consent["purpose"] for consent in await listed(client)
        ]


class TestWithdraw:
    async def test_withdrawn(self, client):
        """
        A withdrawn consent is gone, and cannot be withdrawn again.
        """
        granted = (await client.post("/v1/consents", json=PAYING)).json()
        first = await client.delete(f"/v1/consents/{granted['id']}")
        second = await client.delete(f"/v1/consents/{granted['id']}")

        assert (204, (404, "NOT_FOUND")) == (first.status_code, problem(second))
        assert [] == await listed(client)

    async def test_somebody_elses(self, region, client):
        """
        Nobody withdraws somebody else's consent.
        """
        granted = (await client.post("/v1/consents", json=PAYING)).json()
        answer = await client.delete(
            f"/v1/consents/{granted['id']}", headers=await region.signed_in(ZHANG)
        )

        assert (404, "NOT_FOUND") == problem(answer)
        assert [granted] == await listed(client)

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("1", (404, "NOT_FOUND")),
            ("cns_" + "0" * 40, (404, "NOT_FOUND")),
            ("9" * 129, (400, "VALIDATION_FAILED")),
            ("x-", (400, "VALIDATION_FAILED")),
        ],
    )
    async def test_made_up(self, client, name, expected):
        """
        A made-up id is nothing.
        """
        assert expected == problem(await client.delete(f"/v1/consents/{name}"))
