"""What happens to every request: id, headers, access log, counters."""

import io
import json

import pytest
import structlog
from prometheus_client import generate_latest

from tests.fakes.clock import StandingClock
from wallet.http.edge import HEADERS, Edge
from wallet.http.metrics import Metrics
from wallet.logs import configure


@pytest.fixture
def log():
    """
    The lines that were logged.
    """
    stream = io.BytesIO()
    configure(stream, StandingClock())
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()


class TestRequestId:
    @pytest.mark.parametrize("sent", ["0123-abcdefghij_XYZ", "f" * 64])
    async def test_well_formed_is_echoed(self, client, sent):
        """
        A client's own id comes back, also where there is no route.
        """
        response = await client.get("/nowhere", headers={"x-request-id": sent})

        assert sent == response.headers["x-request-id"]
        assert sent == response.json()["request_id"]

    @pytest.mark.parametrize(
        "sent",
        [
            "",
            "short",
            "f" * 65,
            "11010519491231002X",
            "with space in the id",
            "<script>alert</script>",
        ],
    )
    async def test_anything_else_is_replaced(self, client, sent):
        """
        What could be a person's number, or no id at all, is replaced by an id of ours.
        """
        response = await client.get("/livez", headers={"x-request-id": sent})

        assert "g" * 31 + "h" == response.headers["x-request-id"]

    async def test_two_ids(self, client):
        """
        Two ids are as good as none.
        """
        twice = [("x-request-id", "a" * 16), ("x-request-id", "b" * 16)]
        response = await client.get("/livez", headers=twice)

        assert response.headers["x-request-id"] not in {"a" * 16, "b" * 16}


class TestHeaders:
    @pytest.mark.parametrize("path", ["/livez", "/nowhere", "/v1/bills/broken"])
    async def test_stand_on_every_answer(self, client, path):
        """
        Found, not found or failed: every answer carries the safe headers.
        """
        response = await client.get(path)

        missing = {name for name, value in HEADERS.items() if response.headers.get(name) != value}
        assert set() == missing
        assert response.headers["strict-transport-security"].startswith("max-age=")

    async def test_a_route_may_know_better(self, client):
        """
        A policy that a route set itself is left alone.
        """
        response = await client.get("/openapi")

        assert "script-src 'self'" in response.headers["content-security-policy"]


class TestAccessLog:
    async def test_one_line_with_the_template(self, client, log):
        """
        The log tells the route's template, never the path or the query.
        """
        await client.get("/v1/bills/11010519491231002X?phone=13800138000")

        (line,) = log()
        assert {
            "event": "request",
            "level": "info",
            "method": "GET",
            "ms": 0.0,
            "request_id": "g" * 31 + "h",
            "route": "/v1/bills/{number}",
            "status": 200,
            "timestamp": "2026-03-02T01:30:00.000+00:00",
        } == line

    async def test_no_route(self, client, log):
        """
        A path that leads nowhere is not logged either.
        """
        await client.get("/11010519491231002X")

        assert [("(none)", 404)] == [(line["route"], line["status"]) for line in log()]

    async def test_fault_is_logged_without_its_text(self, client, log):
        """
        A fault is logged by type and place; the client gets the request id to ask with.
        """
        response = await client.get("/v1/bills/broken")

        fault, access = log()
        assert (500, "INTERNAL") == (response.status_code, response.json()["code"])
        assert ["RuntimeError", response.json()["request_id"]] == [
            fault["exception"][0]["type"],
            fault["request_id"],
        ]
        assert ("error", 500) == (access["level"], access["status"])
        assert "1101" not in json.dumps([fault, access, response.json()])

    async def test_counted(self, client, shop):
        """
        Requests are counted by method, template and status.
        """
        await client.get("/v1/bills/1")
        await client.get("/v1/bills/2")

        text = generate_latest(shop.metrics.registry).decode()
        labels = 'method="GET",route="/v1/bills/{number}",status="200"'
        assert f"fusion_wallet_requests_total{{{labels}}} 2.0" in text


class TestProblems:
    async def test_method_not_allowed_names_the_others(self, client):
        """
        A wrong method is told which ones there are.
        """
        response = await client.delete("/v1/bills")

        assert (405, "METHOD_NOT_ALLOWED") == (response.status_code, response.json()["code"])
        assert "POST" in response.headers["allow"]

    async def test_options_names_them_all(self, client):
        """
        Who asks for the methods of a path is told all of them, whichever handler they are in.
        """
        response = await client.options("/v1/bills")

        assert "GET, OPTIONS, POST" == response.headers["allow"]


class TestEdge:
    async def test_other_protocols_pass_untouched(self, log):
        """
        What is no HTTP request gets neither id nor line.
        """
        seen = []

        async def app(scope, _receive, _send):
            seen.append(scope)

        edge = Edge(
            app,
            make_request_id=lambda: "",
            elapsed=lambda: 0.0,
            metrics=Metrics(),
            strict_transport=False,
            methods={},
        )
        await edge({"type": "websocket"}, None, None)

        assert [{"type": "websocket"}] == seen
        assert [] == log()
