"""One request, made once, and what can have been sent."""

import pytest

from integrations.nhsa.client import Broken, Client, NotReached, Post
from tests.contract.nhsa.builders import Clock, environment
from tests.unit.integrations.nhsa.stub import listening

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@pytest.fixture
def seen():
    return []


@pytest.fixture
async def client(seen):
    client = Client(environment(Clock(), seen.append))
    yield client
    await client.close()


def post(url, *, seconds=5.0):
    return Post(
        operation="2207",
        reference="MSG1",
        url=url,
        headers={},
        body=b'{"psn_name":"somebody","infno":"2207"}',
        seconds=seconds,
    )


def read(body):
    return body, "0"


class TestPost:
    async def test_answered(self, client):
        """
        The body of an HTTP 200 comes back.
        """
        async with listening(OK) as url:
            assert b"{}" == await client.post(post(url), read)

    async def test_nobody_listens(self, client):
        """
        Without a connection nothing was sent.
        """
        async with listening(OK) as url:
            gone = url

        assert NotReached("connection") == await client.post(post(gone), read)

    @pytest.mark.parametrize("url", ["http://", "http://127.0.0.1:99999/", "nowhere"])
    async def test_no_address(self, client, url):
        """
        An address that is none reaches nobody.
        """
        assert isinstance(await client.post(post(url), read), NotReached)

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}",
            b"garbage\r\n\r\n",
        ],
    )
    async def test_cut(self, client, answer):
        """
        Once connected, a cut may have come after the request arrived.
        """
        async with listening(answer) as url:
            assert Broken("connection") == await client.post(post(url), read)

    async def test_cut_before_a_byte_was_read(self, client):
        """
        That the other side read nothing cannot be known here.
        """
        async with listening(b"", first=0) as url:
            assert isinstance(await client.post(post(url), read), Broken)

    async def test_deadline_after_sending(self, client):
        """
        A partner that never answers may have got everything.
        """
        async with listening(None) as url:
            assert Broken("timeout") == await client.post(post(url, seconds=0.2), read)

    async def test_deadline_before_connecting(self, client):
        """
        A deadline that passes while connecting sent nothing.
        """
        async with listening(OK) as url:
            assert NotReached("timeout") == await client.post(post(url, seconds=1e-9), read)

    @pytest.mark.parametrize("status", [204, 301, 307, 401, 404, 500, 503])
    async def test_other_status(self, client, status):
        """
        Only HTTP 200 is an answer; nothing is followed elsewhere.
        """
        answer = (
            f"HTTP/1.1 {status} X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
        )
        async with listening(answer.encode()) as url:
            assert Broken(f"http_{status}") == await client.post(post(url), read)

    async def test_endless_answer(self, client):
        """
        An answer beyond every measure is not read to its end.
        """
        size = 9 * 1024 * 1024
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n".encode()
        async with listening(head + b" " * size) as url:
            assert Broken("too_long") == await client.post(post(url), read)

    async def test_observed(self, client, seen):
        """
        The observer learns what was asked and answered, scrubbed, with the result.
        """
        async with listening(OK) as url:
            await client.post(post(url), read)
        (exchange,) = seen

        assert ("nhsa", "2207", "MSG1", "0", 0) == (
            exchange.integration,
            exchange.operation,
            exchange.reference,
            exchange.result,
            exchange.milliseconds,
        )
        assert '{"psn_name": "***", "infno": "2207"}' == exchange.request
        assert "{}" == exchange.response

    async def test_failure_is_observed(self, client, seen):
        """
        A failure is told by its kind, without an answer.
        """
        await client.post(post("http://127.0.0.1:1/"), read)

        assert [("connection", "")] == [(one.result, one.response) for one in seen]


class TestClose:
    async def test_twice(self, client):
        """
        Closing twice, or unused, is harmless.
        """
        await client.close()
        async with listening(OK) as url:
            await client.post(post(url), read)
        await client.close()
        await client.close()
