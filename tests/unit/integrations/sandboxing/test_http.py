"""The control surface and the faults of the connection, over real HTTP on 127.0.0.1."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from integrations.sandboxing import (
    REQUEST_KINDS,
    Fault,
    FaultKind,
    FaultMenu,
    add_control_routes,
    answer_under_fault,
)


class Partner:
    """A tiny sandbox: each request to /work that is processed adds one to its book."""

    def __init__(self):
        self.menu = FaultMenu()
        self.processed = 0
        self.app = web.Application()
        self.app.router.add_post("/work", self.work)
        add_control_routes(self.app, self.menu, lambda: {"processed": self.processed})

    async def work(self, request):
        fault = self.menu.take("work", among=REQUEST_KINDS)

        async def process():
            self.processed += 1
            return web.Response(text="done")

        return await answer_under_fault(request, fault, process)


@pytest.fixture
async def partner():
    partner = Partner()
    async with TestServer(partner.app, host="127.0.0.1") as server:
        partner.url = server.make_url
        yield partner


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


class TestControl:
    async def test_is_ready(self, partner, http):
        """
        A started sandbox says that it is ready.
        """
        async with http.get(partner.url("/_sandbox/ready")) as response:
            assert {"ready": True} == await response.json()

    async def test_sets_lists_and_clears_faults(self, partner, http):
        """
        Faults are set, listed and cleared over HTTP.
        """
        url = partner.url("/_sandbox/faults")
        async with http.post(url, json={"kind": "slow", "operation": "2207"}) as response:
            assert 201 == response.status
        async with http.get(url) as response:
            listed = (await response.json())["faults"]
        async with http.delete(url) as response:
            assert 204 == response.status

        assert ["slow", "2207", 1] == [listed[0][k] for k in ("kind", "operation", "times")]
        assert () == partner.menu.listed()

    @pytest.mark.parametrize("body", [b"", b"nonsense", b'{"kind":"x"}', b'{"kind":"\xff"}'])
    async def test_refuses_nonsense(self, partner, http, body):
        """
        A body that is no fault is refused and changes nothing.
        """
        async with http.post(partner.url("/_sandbox/faults"), data=body) as response:
            assert 400 == response.status
        assert () == partner.menu.listed()

    async def test_shows_the_books(self, partner, http):
        """
        The books are what the partner itself counts.
        """
        async with http.post(partner.url("/work")):
            pass
        async with http.get(partner.url("/_sandbox/books")) as response:
            assert {"processed": 1} == await response.json()


class TestAnswerUnderFault:
    async def test_slow_answers_late(self, partner, http):
        """
        A slow answer is processed and comes after the time that was set.
        """
        partner.menu.add(Fault(kind=FaultKind.SLOW, seconds=0.2))
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with http.post(partner.url("/work")) as response:
            assert "done" == await response.text()

        assert loop.time() - started >= 0.2

    async def test_cut_after_request_does_nothing(self, partner, http):
        """
        A connection cut after the request leaves the partner's books untouched.
        """
        partner.menu.add(Fault(kind=FaultKind.CUT_AFTER_REQUEST))
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.post(partner.url("/work"))

        assert 0 == partner.processed

    async def test_cut_before_response_has_processed(self, partner, http):
        """
        A connection cut before the response leaves the caller ignorant of what was done.
        """
        partner.menu.add(Fault(kind=FaultKind.CUT_BEFORE_RESPONSE))
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.post(partner.url("/work"))

        assert 1 == partner.processed

    @pytest.mark.parametrize("processed", [True, False])
    async def test_hang_outlasts_an_impatient_client(self, partner, http, processed):
        """
        A hanging partner gives no answer, whether it did the work or not.
        """
        partner.menu.add(Fault(kind=FaultKind.HANG, processed=processed))
        with pytest.raises(TimeoutError):
            await http.post(partner.url("/work"), timeout=aiohttp.ClientTimeout(total=0.2))

        assert int(processed) == partner.processed

    async def test_hang_ends_with_a_cut_after_its_time(self, partner, http):
        """
        A patient client sees the connection cut when the time of the hang is over.
        """
        partner.menu.add(Fault(kind=FaultKind.HANG, seconds=0.1, processed=False))
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.post(partner.url("/work"), timeout=aiohttp.ClientTimeout(total=5))

    @pytest.mark.parametrize("kind", [FaultKind.WRONG_SIGNATURE, FaultKind.LIE, FaultKind.ANSWER])
    async def test_faults_of_the_answer_are_left_to_the_partner(self, partner, http, kind):
        """
        A fault that needs the partner's own format is not the transport's business.
        """
        partner.menu.add(Fault(kind=kind))
        async with http.post(partner.url("/work")) as response:
            assert "done" == await response.text()
