"""The shipped configuration of nginx in front of the wallet's own server."""

import asyncio
import json
import socket
import threading
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress

import pytest

NAME = "wallet.example"
PATIENCE = 5.0
HOST = f"HTTP/1.1\r\nHost: {NAME}\r\n"
ASKED = f"GET /v1/me {HOST}Connection: close\r\n\r\n"  # who has no session is told so
PERSON = {
    "name": "李明",
    "document_type": "id_card",
    "document_number": "440104198807213314",
    "phone": "13800138001",
}
JSON = "Content-Type: application/json\r\n"
POST = f"POST /v1/resolve {HOST}{JSON}"
SIGN_IN = f"POST /v1/demo/sessions {HOST}{JSON}"
SLOW = POST + "Content-Length: 1000\r\n\r\n{"


@asynccontextmanager
async def connected(site, source="127.0.0.1"):
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port, local_addr=(source, 0))
    try:
        yield reader, writer
    finally:
        writer.close()


async def said(site, sent, source="127.0.0.1", patience=0.4):
    """
    Send bytes, and return everything that comes until the connection ends or is silent so long.
    """
    async with connected(site, source) as (reader, writer):
        writer.write(sent if isinstance(sent, bytes) else sent.encode())
        parts = []
        try:
            while part := await asyncio.wait_for(reader.read(65_536), patience):
                parts.append(part)
        except (TimeoutError, ConnectionResetError):
            pass
        return b"".join(parts)


@contextmanager
def hanging_up():
    """
    A machine that takes requests and breaks; gives its port.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65_536)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)


def statuses(answer):
    return [int(line[9:12]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.")]


def body(text):
    return f"Content-Length: {len(text)}\r\n\r\n{text}"


ENDING = 30.0  # seconds for an answer after which the connection ends
SMUGGLED = f"GET /smuggled {HOST}\r\n"
HOSTILE = {
    "CL.TE": POST + f"Content-Length: {5 + len(SMUGGLED)}\r\nTransfer-Encoding: chunked\r\n\r\n"
    f"0\r\n\r\n{SMUGGLED}",
    "TE.CL": POST + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
    f"{len(SMUGGLED):x}\r\n{SMUGGLED}\r\n0\r\n\r\n",
    "TE.TE": POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n"
    f"0\r\n\r\n{SMUGGLED}",
    "an odd TE": POST + f"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "two lengths": POST
    + f"Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    "a list of lengths": POST + f"Content-Length: 2, 2\r\n\r\n{{}}{SMUGGLED}",
    "two hosts": f"GET /v1/me {HOST}Host: other.example\r\n\r\n",
    "no host": "GET /v1/me HTTP/1.1\r\n\r\n",
    "a folded header": f"GET /v1/me {HOST}X-A: b\r\n c\r\n\r\n",
    "h2c at once": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a space before the colon": f"GET /v1/me {HOST}Content-Length : 5\r\n\r\n{SMUGGLED}",
    "a control character": f"GET /v1/me {HOST}X-A: \x00b\r\n\r\n",
}


class TestSmuggling:
    @pytest.mark.parametrize("name", HOSTILE)
    async def test_at_most_one(self, site, name):
        """
        What two readers could read as two requests is one at most, and never the hidden one.
        """
        before = site.handled()
        answer = await said(site, HOSTILE[name])

        assert site.handled() - before <= 1
        assert len(statuses(answer)) <= 1 + (name == "a folded header")
        assert b"/smuggled" not in answer
        assert all(status >= 400 for status in statuses(answer))

    async def test_of_another_name(self, site):
        """
        A request for another host, also one that names it in its target, reaches nobody.
        """
        before = site.handled()
        other = await said(site, "GET /v1/me HTTP/1.1\r\nHost: other.example\r\n\r\n")
        absolute = await said(site, f"GET http://other.example/v1/me {HOST}\r\n")

        assert ([421], [421], 0) == (statuses(other), statuses(absolute), site.handled() - before)

    async def test_upgrade(self, site):
        """
        An upgrade is not passed on: the answer is an ordinary one.
        """
        upgrade = (
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
        )
        answer = await said(site, f"GET /v1/me {HOST}{upgrade}\r\n")

        assert [401] == statuses(answer)


class TestOtherMachines:
    """One machine of several is gone, or breaks."""

    async def test_gone(self, site, two_machines):
        """
        Nobody notices a machine that takes no connections; each POST is handled once.
        """
        handled = site.handled()
        with two_machines() as there:
            answers = [await said(there, POST + body("{}")) for _ in range(20)]

        assert [[401]] * 20 == [statuses(answer) for answer in answers]
        assert 20 == site.handled() - handled

    async def test_broken(self, site, two_machines):
        """
        A POST that a machine may have taken is not sent to another one.
        """
        handled = site.handled()
        with hanging_up() as port, two_machines(port) as there:
            answers = [await said(there, POST + body("{}")) for _ in range(2)]

        assert [401, 503] == sorted(status for each in answers for status in statuses(each))
        assert 1 == site.handled() - handled


def sign_in(name):
    """
    An operator's wrong try to sign in, which claims to come from elsewhere.
    """
    form = body(f"name={name}&password=wrong-password&code=000000")
    claim = "Connection: close\r\nX-Real-IP: 127.0.0.31\r\n"
    coded = "Content-Type: application/x-www-form-urlencoded\r\n"
    return f"POST /operator/sign-in {HOST}{claim}{coded}{form}"


class TestAddresses:
    async def test_lock_out(self, site):
        """
        Twenty failures of one address lock that address out, and no other; nobody names another.
        """
        for number in range(20):
            await said(site, sign_in(f"name{number}"), "127.0.0.30", ENDING)
        answers = [
            await said(site, sign_in("zhang"), each, ENDING)
            for each in ("127.0.0.30", "127.0.0.31")
        ]

        assert [[429], [401]] == [statuses(answer) for answer in answers]


class TestPassing:
    async def test_ordinary(self, site):
        """
        An ordinary answer passes as it is, each security header once.
        """
        answer = (await said(site, ASKED)).split(b"\r\n\r\n")[0].lower()

        assert answer.startswith(b"http/1.1 401")
        for name in (b"content-security-policy", b"x-content-type-options", b"referrer-policy"):
            assert 1 == answer.count(b"\r\n" + name + b":")

    async def test_chunked_body(self, site):
        """
        A body without a length arrives with one, in one piece.
        """
        given = json.dumps(PERSON)
        half = len(given) // 2
        chunks = "".join(f"{len(part):x}\r\n{part}\r\n" for part in (given[:half], given[half:]))
        answer = await said(site, f"{SIGN_IN}Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")

        assert [201] == statuses(answer)

    async def test_inner_paths(self, site):
        """
        What is for supervisors is not to be seen from outside.
        """
        answers = [
            await said(site, f"GET {path} {HOST}Connection: close\r\n\r\n")
            for path in ("/metrics", "/livez", "/readyz")
        ]

        assert [[404]] * 3 == [statuses(answer) for answer in answers]

    async def test_too_large(self, site):
        """
        A body beyond everybody's limit is refused before it is sent, with the wallet's problem.
        """
        answer = await said(site, POST + "Content-Length: 600000\r\n\r\n")

        assert [413] == statuses(answer)
        assert b'"code":"BODY_TOO_LARGE"' in answer

    async def test_stream(self, site):
        """
        A stream's first event comes at once: nothing holds it back.
        """
        given = json.dumps(PERSON)
        signed_in = await said(site, f"{SIGN_IN}Connection: close\r\n{body(given)}")
        token = signed_in.partition(b'"token":"')[2].partition(b'"')[0].decode()
        before = site.handled()
        async with connected(site) as (reader, writer):
            asked = f"GET /code/events {HOST}Cookie: session={token}\r\n\r\n"
            writer.write(asked.encode())
            first = await asyncio.wait_for(reader.readuntil(b"event: time"), PATIENCE)
        async with asyncio.timeout(PATIENCE):
            while site.handled() == before:  # noqa: ASYNC110 - nobody tells of its end
                await asyncio.sleep(0.05)

        assert [200] == statuses(first)


class TestSlow:
    async def test_others_do_not_wait(self, site):
        """
        Two hundred slow bodies and two hundred idle connections keep nobody else from an answer.
        """
        idle = f"GET /livez {HOST}\r\n"
        before = site.handled()
        async with AsyncExitStack() as held:
            for number in range(400):
                source = f"127.0.0.{2 + number % 4}"
                _, writer = await held.enter_async_context(connected(site, source))
                writer.write((SLOW if number % 2 else idle).encode())
            answer = await asyncio.wait_for(said(site, ASKED), PATIENCE)

            assert ([401], 1) == (statuses(answer), site.handled() - before)

    async def test_cap(self, site):
        """
        One address has so many connections at once; more are told to come again.
        """
        async with AsyncExitStack() as held:
            for _ in range(200):
                _, writer = await held.enter_async_context(connected(site, "127.0.0.9"))
                writer.write(SLOW.encode())
            answer = b""
            for _ in range(20):
                answer = await said(site, ASKED, "127.0.0.9")
                if statuses(answer) == [503]:
                    break

        assert [503] == statuses(answer)
        assert b"\r\nRetry-After: 2\r\n" in answer
        assert b'"code":"OVERLOADED"' in answer

    async def test_slow_body_ends(self, site):
        """
        A body that stops coming is given up after a few seconds.
        """
        async with connected(site, "127.0.0.8") as (reader, writer):
            writer.write(SLOW.encode())
            try:
                rest = await asyncio.wait_for(reader.read(), 8)
            except ConnectionResetError:
                rest = b""

        assert b"" == rest
