"""Hostile bytes against the real server: one answer, no fault, nothing done, and it lives on."""

import asyncio
import time

import pytest

from tests.fixtures.hospitals import Hospital, application
from tests.fixtures.servers import serving
from wallet.cli.demo.ports import free_port
from wallet.http.edge import install
from wallet.http.metrics import Metrics

HOST = b"Host: wallet.example\r\n"
JSON = b"Content-Type: application/json\r\n"
LAST = b"Connection: close\r\n\r\n"


@pytest.fixture
async def port(database, clock, ids, vault):
    """
    The port of a server with terminals' routes behind the whole edge.
    """
    number = free_port()
    origin = f"http://127.0.0.1:{number}"
    hospital = await Hospital(database, clock, ids, vault, origin=origin).found()
    app = application(hospital)
    install(
        app,
        make_request_id=lambda: ids.secret(16).hex(),
        elapsed=time.monotonic,
        metrics=Metrics(),
        strict_transport=False,
    )
    async with serving(app, number):
        yield number


async def sent(port, *chunks):
    """
    Send bytes, then read until the server closes.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def statuses(answer):
    """
    Return the status of each response in what came back.
    """
    lines = [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.")]
    return [int(line.split(b" ")[1]) for line in lines]


def request(path, body, *headers):
    length = b"Content-Length: %d\r\n" % len(body)
    return b"POST %s HTTP/1.1\r\n" % path + HOST + b"".join(headers) + length + LAST + body


class TestBodies:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b'{"x":' + b"[" * 7000 + b"]" * 7000 + b"}", 400),
            (b'{"token":"a","token":"b"}', 400),
            (b'{"token":"\\u0000"}', 400),
            (b'{"token":"\xff"}', 400),
            (b'{"x":1E+3000000}', 400),
            (b" " * 20_000, 413),
        ],
        ids=["deep", "twice", "nul", "latin", "exponent", "long"],
    )
    async def test_are_refused(self, port, body, status):
        """
        Each hostile body gets one answer, the documented one.
        """
        answer = await sent(port, request(b"/v1/terminals/enrol", body, JSON))

        assert [status] == statuses(answer)
        assert b"application/problem+json" in answer

    async def test_other_media_types(self, port):
        """
        Text, forms and compressed bodies are not read as JSON.
        """
        kinds = (
            (b"Content-Type: text/plain\r\n",),
            (b"Content-Type: application/x-www-form-urlencoded\r\n",),
            (JSON, b"Content-Encoding: gzip\r\n"),
            (),
        )
        answers = [
            await sent(port, request(b"/v1/terminals/enrol", b"{}", *kind)) for kind in kinds
        ]

        assert [[415]] * 4 == [statuses(answer) for answer in answers]

    async def test_chunked_without_end(self, port):
        """
        A chunked body is read no further than its limit.
        """
        head = b"POST /v1/terminals/enrol HTTP/1.1\r\n" + HOST + JSON
        chunk = b"2000\r\n" + b" " * 0x2000 + b"\r\n"
        answer = await sent(port, head + b"Transfer-Encoding: chunked\r\n" + LAST, *[chunk] * 4)

        assert [413] == statuses(answer)


class TestFraming:
    @pytest.mark.parametrize(
        "raw",
        [
            b"POST /v1/visits HTTP/1.1\r\n"
            + HOST
            + JSON
            + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + b"GET /v1/visits HTTP/1.1\r\n\r\n",
            b"POST /v1/visits HTTP/1.1\r\n"
            + HOST
            + JSON
            + b"Content-Length: 2\r\nContent-Length: 3\r\n"
            + LAST
            + b"{} ",
            b"POST /v1/visits HTTP/1.1\r\n"
            + HOST
            + JSON
            + b"Transfer-Encoding: xchunked\r\n"
            + LAST
            + b"0\r\n\r\n",
            b"GET /v1/visits HTTP/1.1\r\nX-A: b\r\n folded\r\n" + HOST + LAST,
            b"TRACE /v1/visits HTTP/1.1\r\n" + HOST + LAST,
            b"GET  /v1/visits HTTP/1.1\r\n" + HOST + LAST,
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00",
        ],
        ids=["cl-te", "two-lengths", "te-te", "folded", "trace", "spaces", "h2", "tls"],
    )
    async def test_one_refusal_or_none(self, port, raw):
        """
        A request that two readers could cut differently gets at most one answer, a refusal.
        """
        answered = statuses(await sent(port, raw))

        assert len(answered) <= 1
        assert all(400 <= status < 500 for status in answered)
        assert [401] == statuses(await sent(port, b"GET /v1/visits HTTP/1.1\r\n" + HOST + LAST))

    async def test_web_socket(self, port):
        """
        An upgrade with bytes that no header may have changes nothing.
        """
        upgrade = (
            b"GET /v1/visits HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: \x80\xff\r\nConnection: Upgrade, close\r\n\r\n"
        )
        for _ in range(20):
            assert all(status < 500 for status in statuses(await sent(port, upgrade)))

        assert [401] == statuses(await sent(port, b"GET /v1/visits HTTP/1.1\r\n" + HOST + LAST))
