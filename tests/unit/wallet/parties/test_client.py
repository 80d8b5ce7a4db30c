"""A terminal's client against a real server."""

import aiohttp
import pytest

from tests.fixtures.hospitals import Hospital, application, private_key
from tests.fixtures.servers import serving
from wallet.cli.demo.ports import free_port
from wallet.parties.client import Answered, CallRefusedError, TerminalClient, enrol


@pytest.fixture
async def served(database, clock, ids, vault):
    """
    A hospital and the base URL of a server that knows it.
    """
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    hospital = await Hospital(database, clock, ids, vault, origin=origin).found()
    async with serving(application(hospital), port):
        yield hospital, origin


class TestTerminalClient:
    @pytest.mark.parametrize("kind", ["ed25519", "p256"])
    async def test_enrols_and_calls(self, served, kind):
        """
        A terminal enrols over HTTP, gets a token by itself and has its calls accepted.
        """
        hospital, origin = served
        key = private_key(kind)
        async with aiohttp.ClientSession() as http:
            terminal_id = await enrol(
                http, origin, token=(await hospital.right()).token, name="3 号窗口", key=key
            )
            client = TerminalClient(
                http,
                origin=origin,
                terminal_id=terminal_id,
                key=key,
                clock=hospital.clock,
                token=hospital.ids.secret,
            )
            read = await client.call("GET", "/v1/visits?a=%20b")
            written = await client.call("POST", "/v1/visits", {"n": 1}, idempotency_key="mine")
            bodyless = await client.call("POST", "/v1/visits/vis_1/cancel")

        assert [200, 201, 201] == [read.status, written.status, bodyless.status]
        assert written.json()["signed"]

    async def test_renews_its_token(self, served):
        """
        A token near its end is replaced before it is used.
        """
        hospital, origin = served
        async with aiohttp.ClientSession() as http:
            client = TerminalClient(
                http,
                origin=origin,
                terminal_id=hospital.client_id,
                key=hospital.key,
                clock=hospital.clock,
                token=hospital.ids.secret,
            )
            first = await client.access_token()
            again = await client.access_token()
            hospital.clock.advance(271)

            assert (True, False) == (first == again, first == await client.access_token())

    async def test_refusals(self, served):
        """
        A refused enrolment or token carries the server's answer.
        """
        hospital, origin = served
        async with aiohttp.ClientSession() as http:
            with pytest.raises(CallRefusedError) as enrolment:
                await enrol(
                    http, origin, token="fwe_" + "A" * 43, name="x", key=private_key("p256")
                )
            client = TerminalClient(
                http,
                origin=origin,
                terminal_id=hospital.client_id,
                key=private_key("ed25519"),
                clock=hospital.clock,
                token=hospital.ids.secret,
            )
            with pytest.raises(CallRefusedError) as token:
                await client.call("GET", "/v1/visits")

        assert ["TOKEN_INVALID", "TERMINAL_UNKNOWN"] == [
            refused.value.answered.json()["code"] for refused in (enrolment, token)
        ]


class TestAnswered:
    def test_repr(self):
        """
        An answer's body never stands in a log by accident.
        """
        answered = Answered(status=200, headers={}, body=b"personal")

        assert "Answered(status=200, …)" == repr(answered)
