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
REST = [(SETTLEMENT, "GET"), ("/v1/visits/vis_0", "GET"), ("/v1/terminals/enrol", "POST")]
SERVER_ERROR = 500


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
    async def test_refuses_after_a_jump(self, wallet, client):
        """
        Everything that uses codes up or moves money is refused for a minute after a jump.
        """
        wallet.clock.advance(-60)
        refused = {path: await answer(client, path) for path in UNSAFE}
        wallet.advance(60)
        later = {path: (await answer(client, path))[0] for path in UNSAFE}

        assert dict.fromkeys(UNSAFE, (503, "CLOCK_UNTRUSTED")) == refused
        assert {} == {path: status for path, status in later.items() if status >= SERVER_ERROR}

    async def test_says_when(self, wallet, client):
        """
        The refusal says when to come again.
        """
        wallet.clock.advance(60)
        await client.post("/v1/resolve", json={})
        wallet.advance(20)
        response = await client.post("/v1/resolve", json={})

        assert "40" == response.headers["retry-after"]

    async def test_lets_the_rest_pass(self, wallet, client):
        """
        Looking, and what is no matter of codes or money, goes on.
        """
        wallet.clock.advance(60)
        statuses = {rest: (await answer(client, *rest))[0] for rest in REST}

        assert {} == {rest: status for rest, status in statuses.items() if status >= SERVER_ERROR}

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
