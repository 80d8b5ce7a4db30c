"""Limits on bodies, before a handler runs."""

import asyncio

import pytest

from wallet.http.limits import LimitsMiddleware, body_limits

JSON = {"content-type": "application/json"}
BILL = b'{"number":"1"}'


def problem(response):
    assert "application/problem+json" == response.headers["content-type"]
    return response.status_code, response.json()["code"]


async def parts(*chunks, pause=0.0):
    for chunk in chunks:
        await asyncio.sleep(pause)
        yield chunk


class TestMediaType:
    @pytest.mark.parametrize(
        "media_type",
        [
            "application/json",
            "application/json; charset=utf-8",
            'Application/JSON;charset="UTF-8"',
        ],
    )
    async def test_json(self, client, media_type):
        """
        JSON in UTF-8 is taken, however its media type is spelt.
        """
        response = await client.post(
            "/v1/bills", content=BILL, headers={"content-type": media_type}
        )

        assert 201 == response.status_code

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"content-type": "text/plain"},
            {"content-type": "application/x-www-form-urlencoded"},
            {"content-type": "application/msgpack"},
            {"content-type": "application/json; charset=gbk"},
            JSON | {"content-encoding": "gzip"},
        ],
    )
    async def test_anything_else(self, client, headers):
        """
        No other media type, charset or compression is taken.
        """
        response = await client.post("/v1/bills", content=BILL, headers=headers)

        assert (415, "MEDIA_TYPE_UNSUPPORTED") == problem(response)

    async def test_form_where_the_route_says_so(self, client):
        """
        A route may take a form instead, and then no JSON.
        """
        form = await client.post("/v1/bills/form", data={"number": "1"})
        json = await client.post("/v1/bills/form", content=BILL, headers=JSON)

        assert (201, 415) == (form.status_code, json.status_code)


class TestSize:
    async def test_announced(self, client):
        """
        A body that announces too much is refused without being read.
        """
        headers = JSON | {"content-length": "12000000"}
        response = await client.post("/v1/bills", content=parts(b"{"), headers=headers)

        assert (413, "BODY_TOO_LARGE") == problem(response)

    async def test_in_pieces(self, client):
        """
        A body that announces nothing is read no further than its limit.
        """
        endless = parts(*[b" " * 8_192] * 10_000)
        response = await client.post("/v1/bills", content=endless, headers=JSON)

        assert (413, "BODY_TOO_LARGE") == problem(response)

    async def test_a_route_may_take_more(self, client):
        """
        A route's own limit counts, up to its last byte.
        """
        room = 300_000 - len(b'{"number":""}')
        body = b'{"number":"%s"}'
        fits = await client.post("/v1/bills/large", content=body % (b"x" * room), headers=JSON)
        over = await client.post(
            "/v1/bills/large", content=body % (b"x" * (room + 1)), headers=JSON
        )

        assert (201, 413) == (fits.status_code, over.status_code)

    @pytest.mark.parametrize("length", ["x", "-1", "1" * 40, "1, 1"])
    async def test_no_length(self, client, length):
        """
        A length that is none is refused.
        """
        headers = JSON | {"content-length": length}
        response = await client.post("/v1/bills", content=parts(b"{}"), headers=headers)

        assert (400, "VALIDATION_FAILED") == problem(response)

    @pytest.mark.parametrize("most_bytes", [0, 512 * 1024 + 1])
    def test_ceiling(self, most_bytes):
        """
        No route may take more than the ceiling.
        """
        with pytest.raises(ValueError, match="512 KiB"):
            body_limits(most_bytes=most_bytes)


class TestTime:
    async def test_slow_body(self, client):
        """
        A body that does not arrive in time is given up.
        """
        slow = parts(b"{", b"}", pause=0.15)
        response = await client.post("/v1/bills", content=slow, headers=JSON)

        assert (408, "REQUEST_TIMEOUT") == problem(response)


class TestShape:
    @pytest.mark.parametrize(
        "body",
        [
            b"[" * 100_00,
            b'{"number":"1","number":"2"}',
            b'{"number":"1\\u0000"}',
            b'{"number":"\xff"}',
            b'{"number":"1"',
            b'{"number":"1","is_admin":true}',
            b'{"number":"\xef\xbc\x91"}',
            b'{"number":"1\\n"}',
            b"nonsense",
            b"",
        ],
    )
    async def test_refused_as_a_problem(self, client, body):
        """
        Hostile and malformed bodies are one kind of problem, never a fault of ours.
        """
        response = await client.post("/v1/bills", content=body, headers=JSON)

        assert (400, "VALIDATION_FAILED") == problem(response)
        assert "is_admin" not in response.json().get("title", "")

    async def test_body_of_a_get(self, client):
        """
        A safe method takes no body, however it is announced.
        """
        fine = await client.request("GET", "/v1/bills/7")
        empty = await client.request("GET", "/v1/bills/7", headers={"content-length": "0"})
        sized = await client.request("GET", "/v1/bills/7", content=b"{}", headers=JSON)
        chunked = await client.request("GET", "/v1/bills/7", content=parts(b"{}"), headers=JSON)

        assert (200, 200) == (fine.status_code, empty.status_code)
        assert [(400, "VALIDATION_FAILED")] * 2 == [problem(sized), problem(chunked)]

    @pytest.mark.parametrize(
        ("body", "status"),
        [(b"", 201), (b"{}", 201), (b" {\n} ", 201), (b'{"is_admin":true}', 400), (b"[]", 400)],
    )
    async def test_body_where_none_belongs(self, client, body, status):
        """
        A route without a body takes an empty object at most.
        """
        response = await client.post("/v1/bills/renew", content=body, headers=JSON)

        assert status == response.status_code

    @pytest.mark.parametrize(
        ("query", "status"),
        [("limit=1", 200), ("", 200), ("limit=1&limit=2", 400), ("limit=1&lim%69t=1", 400)],
    )
    async def test_query_parameter_twice(self, client, query, status):
        """
        A parameter that stands twice is refused, however it is written.
        """
        assert status == (await client.get(f"/v1/bills?{query}")).status_code

    async def test_client_that_breaks_off(self, shop):
        """
        A body that breaks off reaches no handler.
        """
        sent = []

        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/bills",
            "raw_path": b"/v1/bills",
            "root_path": "",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"9")],
            "scheme": "http",
            "http_version": "1.1",
            "server": ("shop.example", 80),
            "client": ("127.0.0.1", 1),
        }
        await shop.app(scope, receive, send)

        assert 400 == sent[0]["status"]

    async def test_body_comes_once(self):
        """
        Behind the limits the body comes in one piece, then what the client does next.
        """
        messages = [
            {"type": "http.request", "body": b'{"a"', "more_body": True},
            {"type": "http.request", "body": b":1}", "more_body": False},
            {"type": "http.disconnect"},
        ]
        seen = []

        async def receive():
            return messages.pop(0)

        async def handler(_scope, receive, _send):
            seen.extend([await receive(), await receive()])

        scope = {"method": "POST", "headers": [(b"content-type", b"application/json")]}
        await LimitsMiddleware().handle(scope, receive, None, handler)

        assert [
            {"type": "http.request", "body": b'{"a":1}', "more_body": False},
            {"type": "http.disconnect"},
        ] == seen


class TestHeaders:
    @pytest.mark.parametrize(
        "headers",
        [[(f"x-{number}", "a") for number in range(80)], [("x-long", "a" * 40_000)]],
    )
    async def test_too_many(self, client, headers):
        """
        More or longer headers than anybody sends are refused.
        """
        response = await client.get("/v1/bills", headers=headers)

        assert (400, "VALIDATION_FAILED") == (response.status_code, response.json()["code"])
