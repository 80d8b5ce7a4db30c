"""``/v1/bindings`` through the whole application."""

import pytest

from integrations.spi import ActionRequired, ChoiceRequired, Refused, UnavailableError
from tests.fakes.integrations import CHOICES, FakeIntegration, manifest
from tests.fixtures.region import ZHANG, Region

LINKABLE = [
    {"integration": "first", "context": "insurance", "zh": "测试", "en": "Test"},
    {"integration": "second", "context": "insurance", "zh": "测试", "en": "Test"},
]


@pytest.fixture
def region(database, clock, ids, vault):
    fakes = [FakeIntegration(manifest("insurance", id=name)) for name in ("first", "second")]
    return Region(database, clock, ids, vault, *fakes)


@pytest.fixture
async def client(region):
    """
    A client that is signed in as Li Ming.
    """
    async with region.client() as client:
        client.headers.update(await region.signed_in())
        yield client


async def linked(client, integration="first"):
    answer = await client.post("/v1/bindings", json={"integration": integration})
    return answer.json()["binding"]


def problem(answer):
    return answer.status_code, answer.json()["code"]


class TestLink:
    async def test_linked(self, client):
        """
        A link is 201 with the binding; subject and resident stay inside.
        """
        answer = await client.post("/v1/bindings", json={"integration": "first"})
        told = answer.json()
        binding = told["binding"]

        assert (201, "linked") == (answer.status_code, told["status"])
        assert binding["id"].startswith("bnd_")
        assert {
            "context": "insurance",
            "integration": "first",
            "label": "标签",
            "is_default": True,
        }.items() <= binding.items()
        assert "subject of" not in answer.text

    async def test_choice(self, region, client):
        """
        What there is to choose from is 202.
        """
        region.registry.get("first").link_result = ChoiceRequired(CHOICES)
        answer = await client.post("/v1/bindings", json={"integration": "first"})

        assert (202, "choice_required", ["310", "390"]) == (
            answer.status_code,
            answer.json()["status"],
            [choice["key"] for choice in answer.json()["choices"]],
        )

    async def test_action(self, region, client):
        """
        A page on which to agree first is 202.
        """
        region.registry.get("first").link_result = ActionRequired(url="https://x.example/sign")
        answer = await client.post("/v1/bindings", json={"integration": "first"})

        assert (202, "action_required", "https://x.example/sign") == (
            answer.status_code,
            answer.json()["status"],
            answer.json()["url"],
        )

    @pytest.mark.parametrize(
        ("result", "expected"),
        [
            (Refused("SUSPENDED"), (409, "LINK_REFUSED")),
            (UnavailableError("down"), (503, "INTEGRATION_UNAVAILABLE")),
        ],
        ids=["refused", "unavailable"],
    )
    async def test_not_linked(self, region, client, result, expected):
        """
        A refusal and a partner that is down are problems of their own.
        """
        region.registry.get("first").link_result = result

        assert expected == problem(
            await client.post("/v1/bindings", json={"integration": "first"})
        )

    async def test_unknown(self, client):
        """
        An integration that is not installed is NOT_FOUND.
        """
        answer = await client.post("/v1/bindings", json={"integration": "nobody"})

        assert (404, "NOT_FOUND") == problem(answer)

    @pytest.mark.parametrize(
        "body", [{}, {"integration": "First"}, {"integration": "first", "choice": "日"}, {"x": 1}]
    )
    async def test_form(self, client, body):
        """
        Anything but the documented form is VALIDATION_FAILED.
        """
        assert (400, "VALIDATION_FAILED") == problem(await client.post("/v1/bindings", json=body))


class TestList:
    async def test_what_is_and_what_can_be(self, client):
        """
        The list tells what is linked and what can be.
        """
        before = (await client.get("/v1/bindings")).json()
        binding = await linked(client)
        after = (await client.get("/v1/bindings")).json()

        assert {"bindings": [], "linkable": LINKABLE} == before
        assert {"bindings": [binding], "linkable": LINKABLE} == after

    async def test_signed_out(self, client):
        """
        Nobody's bindings are shown to nobody.
        """
        answer = await client.get("/v1/bindings", headers={"authorization": "Bearer x"})

        assert (401, "TOKEN_INVALID") == problem(answer)


class TestDefault:
    async def test_moves(self, client):
        """
        The chosen binding becomes the default and the other one stops being it.
        """
        await linked(client)
        second = await linked(client, "second")
        chosen = await client.post(f"/v1/bindings/{second['id']}/default")
        listed = (await client.get("/v1/bindings")).json()["bindings"]

        assert (200, True) == (chosen.status_code, chosen.json()["is_default"])
        assert [False, True] == [binding["is_default"] for binding in listed]

    async def test_somebody_elses(self, region, client):
        """
        Somebody else's binding is NOT_FOUND.
        """
        binding = await linked(client)
        answer = await client.post(
            f"/v1/bindings/{binding['id']}/default", headers=await region.signed_in(ZHANG)
        )

        assert (404, "NOT_FOUND") == problem(answer)


class TestUnlink:
    async def test_ends(self, region, client):
        """
        An unlinked binding is gone here and at the partner.
        """
        binding = await linked(client)
        answer = await client.delete(f"/v1/bindings/{binding['id']}")

        assert 204 == answer.status_code
        assert [] == (await client.get("/v1/bindings")).json()["bindings"]
        assert ["subject of first"] == region.registry.get("first").unlinked

    @pytest.mark.parametrize(
        ("result", "expected"),
        [
            (Refused("SUSPENDED"), (409, "LINK_REFUSED")),
            (UnavailableError("down"), (503, "INTEGRATION_UNAVAILABLE")),
        ],
        ids=["refused", "unavailable"],
    )
    async def test_ends_here_whatever_the_partner_says(self, region, client, result, expected):
        """
        The partner's answer is told, and the binding is gone here all the same.
        """
        binding = await linked(client)
        region.registry.get("first").unlink_result = result
        answer = await client.delete(f"/v1/bindings/{binding['id']}")

        assert expected == problem(answer)
        assert [] == (await client.get("/v1/bindings")).json()["bindings"]

    @pytest.mark.parametrize(
        ("handle", "expected"),
        [("bnd_" + "0" * 52, (404, "NOT_FOUND")), ("b-d", (400, "VALIDATION_FAILED"))],
    )
    async def test_made_up(self, client, handle, expected):
        """
        A made-up handle is nothing.
        """
        assert expected == problem(await client.delete(f"/v1/bindings/{handle}"))
