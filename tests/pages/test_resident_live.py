"""What comes of a scan, pushed to the resident's page."""

import asyncio
import gc
import re

import pytest

from tests.fixtures.region import LI
from wallet.ids import Ids
from wallet.journal import feed
from wallet.journal.feed import Listener
from wallet.pages.resident import events

NEWS = re.compile(r"id: (jrn_\w+)\nevent: news\n((?:data: .*\n)+)")


@pytest.fixture(autouse=True)
def _hurried(monkeypatch):
    monkeypatch.setattr(feed, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(events, "BEAT_SECONDS", 0.2)
    monkeypatch.setattr(events, "LIFE_SECONDS", 0.3)


async def listening(region, signed_in):
    """
    Open the stream, and return it once it listens.
    """
    stream = asyncio.create_task(signed_in.client.get("/code/events"))
    for _ in range(500):
        if region.people.feed._listeners:
            return stream
        await asyncio.sleep(0.01)
    raise TimeoutError


async def scanned(region, signed_in):
    """
    Have the resident's code scanned at a hospital.
    """
    await signed_in.send("/contexts", "/contexts/link", integration="fake_payment")
    resident_id = (await region.people.sessions.sign_in_for_demo(LI)).resident_id
    shown = await region.people.devices.showing.show(resident_id)
    await region.resolve(await region.hospital(), shown.text)


async def stalled(signed_in):
    """
    Open the stream, take nothing of what comes, and go.
    """
    request = signed_in.client.build_request("GET", "/code/events")
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/code/events",
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }
    coming = asyncio.Event()

    async def receive():
        await coming.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.body":
            coming.set()
            await asyncio.Event().wait()

    await signed_in.client._transport.app(scope, receive, send)


class TestEvents:
    async def test_missed(self, region, signed_in):
        """
        Whoever comes back is told what they missed, and only that.
        """
        await scanned(region, signed_in)
        first = await signed_in.client.get("/code/events?seen=")
        news = NEWS.findall(first.text)
        last = {"last-event-id": news[-1][0]}
        again = await signed_in.client.get("/code/events?seen=", headers=last)

        assert "text/event-stream; charset=utf-8" == first.headers["content-type"]
        assert "no-store" == first.headers["cache-control"]
        assert ["扫了您的码", "查看了信息"] == [
            re.search("<strong>(.+?)<", each)[1] for _, each in news
        ]
        assert [] == NEWS.findall(again.text)
        assert "event: time\ndata: " in again.text

    async def test_while_it_listens(self, region, signed_in, monkeypatch, ids):
        """
        What happens while somebody listens is told once.
        """
        monkeypatch.setattr(type(ids), "local", Ids.local)  # the watch goes by their time
        monkeypatch.setattr(events, "LIFE_SECONDS", 1.0)
        stream = await listening(region, signed_in)
        await scanned(region, signed_in)
        told = [
            re.search("<strong>(.+?)<", each)[1] for _, each in NEWS.findall((await stream).text)
        ]

        assert ["扫了您的码", "查看了信息"] == sorted(told)

    async def test_session_over(self, region, signed_in, monkeypatch):
        """
        It ends with the session.
        """
        monkeypatch.setattr(events, "LIFE_SECONDS", 30.0)
        stream = await listening(region, signed_in)
        await signed_in.send("/devices", "/sign-out")

        assert (await stream).text.endswith("event: over\ndata:\n\n")

    async def test_room(self, signed_in, monkeypatch):
        """
        Who finds no room is told to ask instead, which goes on.
        """
        monkeypatch.setattr(feed, "MOST_OF_ONE", 0)
        full = await signed_in.client.get("/code/events")
        asked = await signed_in.client.get("/code/news?seen=")

        assert (503, "60") == (full.status_code, full.headers["retry-after"])
        assert asked.is_success

    async def test_gone_amid_an_answer(self, region, signed_in):
        """
        Whoever goes while something is on its way to them leaves no listener to the collector.
        """
        gc.collect()
        gc.disable()
        try:
            for _ in range(feed.MOST_OF_ONE):
                await stalled(signed_in)
        finally:
            gc.enable()

        assert set() == region.people.feed._listeners

    async def test_ends_with_the_process(self, region, signed_in, monkeypatch):
        """
        A process that is to end lets its listeners go, and takes no other.
        """
        monkeypatch.setattr(events, "LIFE_SECONDS", 30.0)
        stream = await listening(region, signed_in)
        region.people.feed.end()
        ended = await stream
        later = await signed_in.client.get("/code/events")

        assert (200, 503) == (ended.status_code, later.status_code)

    @pytest.mark.parametrize("seen", ["jrn_" + "0" * 52, "x", "jrn_é"])
    async def test_invented(self, signed_in, seen):
        """
        An entry that is not theirs is refused before anything is told.
        """
        assert (
            400 == (await signed_in.client.get("/code/events", params={"seen": seen})).status_code
        )


class TestListener:
    async def test_late(self):
        """
        An entry that was committed after a newer one is told all the same; none is told twice.
        """
        listener = Listener(1)
        listener.skip({1})
        told = []
        for latest in ({1, 5}, {1, 3, 5}, {3, 5}, {5}):
            listener.offer(latest)
            told.append(await listener.fresh(0.0))

        assert [[5], [3], [], []] == told
