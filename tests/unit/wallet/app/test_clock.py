"""Codes and money wait until the clock can be trusted."""

import httpx
import pytest

from tests.fixtures.wallets import ORIGIN
from wallet.app import create_app
from wallet.app.http import CLOCKED

SETTLEMENT = "/v1/settlements/set_0"
UNSAFE = [
    "/v1/resolve",
    "/v1/visits",
    "/v1/visits/vis_0/cancel",
    "/v1/visits/vis_0/settlements",
    *(f"{SETTLEMENT}/{act}" for act in ("confirm", "cancel", "tenders", "refunds", "approve")),
]


@pytest.fixture
async def client(wallet):
    """
    A client of the whole application.
    """
    transport = httpx.ASGITransport(app=create_app(wallet.services))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def answer(client, path, method="POST"):
    response = await client.request(method, path, json={} if method == "POST" else None)
    return response.status_code, response.json().get("code")


class TestGuard:
    @pytest.mark.parametrize("path", UNSAFE)
    async def test_refuses_after_a_jump(self, wallet, client, path):
        """
        Everything that uses codes up or moves money is refused for a minute after a jump.
        """
        wallet.clock.advance(-60)
        answers = [await answer(client, path)]
        wallet.advance(60)
        answers.append(await answer(client, path))

        assert ((503, "CLOCK_UNTRUSTED"), True) == (answers[0], answers[1][0] < 500)

    async def test_says_when(self, wallet, client):
        """
        The refusal says when to come again.
        """
        wallet.clock.advance(60)
        await client.post("/v1/resolve", json={})
        wallet.advance(20)
        response = await client.post("/v1/resolve", json={})

        assert "40" == response.headers["retry-after"]

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", SETTLEMENT), ("GET", "/v1/visits/vis_0"), ("POST", "/v1/terminals/enrol")],
    )
    async def test_lets_the_rest_pass(self, wallet, client, method, path):
        """
        Looking, and what is no matter of codes or money, goes on.
        """
        wallet.clock.advance(60)
        status, _code = await answer(client, path, method)

        assert status < 500

    async def test_readiness_names_it(self, wallet, client):
        """
        A balancer that asks is told the same.
        """
        wallet.clock.advance(60)
        response = await client.get("/readyz")

        assert "clock" in response.json()["failing"]


class TestDeclared:
    def test_every_route_declares_it(self, wallet):
        """
        Every route that may be refused so says it in its responses, and no other does.
        """
        app = create_app(wallet.services)
        wrong = [
            (handler.operation_id, path)
            for route in app.routes
            for handler in getattr(route, "route_handlers", ())
            for path in handler.paths
            if _declares(handler) != _clocked(route.path, handler.http_methods)
        ]

        assert [] == wrong


def _clocked(path, methods):
    return path.startswith(CLOCKED) and "POST" in methods


def _declares(handler):
    spec = (handler.responses or {}).get(503)
    return spec is not None and "CLOCK_UNTRUSTED" in spec.description
