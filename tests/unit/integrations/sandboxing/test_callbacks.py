"""Callbacks, received by a real server on 127.0.0.1."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from integrations.sandboxing import Callback, CallbackSender, Fault, FaultKind, FaultMenu


class Receiver:
    """Writes down what it is sent; refuses as many times as told."""

    def __init__(self):
        self.bodies = []
        self.refusals = 0
        self.app = web.Application()
        self.app.router.add_post("/notify", self.notify)

    async def notify(self, request):
        self.bodies.append((await request.read()).decode())
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=500)
        return web.Response(text="success")


@pytest.fixture
async def receiver():
    receiver = Receiver()
    async with TestServer(receiver.app, host="127.0.0.1") as server:
        receiver.url = str(server.make_url("/notify"))
        yield receiver


@pytest.fixture
def menu():
    return FaultMenu()


@pytest.fixture
async def sender(menu):
    async with aiohttp.ClientSession() as session:
        sender = CallbackSender(menu, session, retry_seconds=(0, 0))
        yield sender
        await sender.close()


def callback(url, body):
    return Callback(
        operation="trade",
        url=url,
        body=body.encode(),
        content_type="text/plain",
        acknowledgement=b"success",
    )


class TestSend:
    async def test_delivers_in_order(self, sender, receiver):
        """
        Callbacks arrive in the order in which they were sent.
        """
        for body in "abc":
            sender.send(callback(receiver.url, body))
        await sender.drained()

        assert ["a", "b", "c"] == receiver.bodies

    async def test_delivers_twice_under_the_fault(self, sender, receiver, menu):
        """
        The double-callback fault delivers one callback twice and the next once.
        """
        menu.add(Fault(kind=FaultKind.DOUBLE_CALLBACK, operation="trade"))
        for body in "ab":
            sender.send(callback(receiver.url, body))
        await sender.drained()

        assert ["a", "a", "b"] == receiver.bodies

    async def test_holds_back_under_the_fault(self, sender, receiver, menu):
        """
        The out-of-order fault delivers a callback only after the following one.
        """
        menu.add(Fault(kind=FaultKind.OUT_OF_ORDER_CALLBACK, operation="trade"))
        for body in "abc":
            sender.send(callback(receiver.url, body))
        await sender.drained()

        assert ["b", "a", "c"] == receiver.bodies

    async def test_repeats_what_was_not_acknowledged(self, sender, receiver):
        """
        A callback is sent again until the receiver acknowledges it.
        """
        receiver.refusals = 1
        sender.send(callback(receiver.url, "a"))
        await sender.drained()

        assert ["a", "a"] == receiver.bodies

    async def test_gives_up_after_the_last_repetition(self, sender, receiver):
        """
        A receiver that never acknowledges hears a callback once and as often as it is repeated.
        """
        receiver.refusals = 99
        sender.send(callback(receiver.url, "a"))
        await sender.drained()

        assert ["a", "a", "a"] == receiver.bodies

    @pytest.mark.parametrize("url", ["http://127.0.0.1:1/notify", "nonsense", ""])
    async def test_survives_a_receiver_that_is_not_there(self, sender, receiver, url):
        """
        A callback that cannot be delivered does not stop the following ones.
        """
        sender.send(callback(url, "lost"))
        sender.send(callback(receiver.url, "a"))
        await sender.drained()

        assert ["a"] == receiver.bodies
