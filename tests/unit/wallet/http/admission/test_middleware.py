"""The layer around the application: waits, refuses, counts, and hands deadlines on."""

import asyncio

import httpx
import pytest
from prometheus_client import generate_latest

from wallet import deadlines
from wallet.http.admission.limit import Limit
from wallet.http.admission.middleware import Admission
from wallet.http.admission.policy import Policy
from wallet.http.admission.routes import NOWHERE
from wallet.http.edge import HEADERS
from wallet.http.metrics import Metrics


class Hall:
    """
    An application that is slow as long as it is told, behind two places.
    """

    def __init__(self):
        self.opened = asyncio.Event()
        self.begun, self.left, self.bodies = [], [], []
        self.metrics = Metrics()
        two = {"lowest": 2, "highest": 2, "first": 2}
        self.policy = Policy(finishing=Limit(**two), others=Limit(**two))
        self.admission = Admission(
            self.app,
            policy=self.policy,
            elapsed=asyncio.get_running_loop().time,
            party_of={"hospital": 1, "pharmacy": 2}.get,
            metrics=self.metrics,
            make_request_id=lambda: "g" * 32,
            strict_transport=True,
            read_seconds=0.5,
        )
        transport = httpx.ASGITransport(app=self.admission)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://hall.example")

    def stand_still(self):
        now = self.admission._elapsed()
        self.admission._elapsed = lambda: now

    async def app(self, scope, receive, send):
        self.bodies.append(await received(receive))
        self.begun.append(scope["path"])
        self.left.append(deadlines.left())
        await self.opened.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def ask(
        self, method="POST", path="/v1/resolve", terminal="hospital", content=b"", **headers
    ):
        given = {"authorization": f"Bearer {terminal}"} | headers
        return await self.client.request(method, path, headers=given, content=content)

    def asking(self, count, **given):
        return [asyncio.create_task(self.ask(**given)) for _ in range(count)]


async def received(receive):
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message["body"])
        more = message["more_body"]
    return b"".join(parts)


async def dripping(*parts, seconds):
    for part in parts:
        yield part
        await asyncio.sleep(seconds)


@pytest.fixture
async def hall():
    hall = Hall()
    yield hall
    await hall.client.aclose()


async def settled():
    for _ in range(10):
        await asyncio.sleep(0)


class TestAdmission:
    async def test_lets_in_one_by_one(self, hall):
        """
        A party has half of the places; whoever waited goes when one is given back.
        """
        tasks = hall.asking(3)
        await settled()
        before = len(hall.begun)
        hall.opened.set()
        answers = await asyncio.gather(*tasks)

        assert (1, [200] * 3) == (before, [answer.status_code for answer in answers])

    async def test_refusal(self, hall):
        """
        A refusal is the problem, says when to come again, and carries the safe headers.
        """
        tasks = hall.asking(100)
        await settled()
        refused = await hall.ask(**{"x-request-id": "f" * 20})
        hall.opened.set()
        await asyncio.gather(*tasks)

        assert (503, "OVERLOADED") == (refused.status_code, refused.json()["code"])
        assert "f" * 20 == refused.json()["request_id"] == refused.headers["x-request-id"]
        assert refused.headers["retry-after"] in {"1", "2", "3"}
        assert "application/problem+json" == refused.headers["content-type"]
        assert set(HEADERS) | {"strict-transport-security"} <= set(refused.headers)

    async def test_other_spelling(self, hall):
        """
        Another spelling of a path is taken for a path that nobody has.
        """
        hall.opened.set()
        for path in ("/code/events/", "/v1//resolve"):
            await hall.ask(path=path)

        assert [NOWHERE] * 2 == hall.begun

    async def test_keeps_no_credentials(self, hall):
        """
        What callers prove themselves with is not kept, however long it is.
        """
        hall.opened.set()
        await hall.ask(authorization="Bearer " + "x" * 100_000)

        assert {int} == {type(each) for each in hall.admission._groups}

    async def test_page(self, hall):
        """
        Who looks with a browser is told in words.
        """
        tasks = hall.asking(30, method="GET", path="/design")
        await settled()
        refused = await hall.ask(method="GET", path="/design", accept="text/html")
        hall.opened.set()
        await asyncio.gather(*tasks)

        assert 503 == refused.status_code
        assert "请稍后再试" in refused.text

    async def test_others_go_on(self, hall):
        """
        A flood of one party's scans stops neither another's scan, nor payments, nor a supervisor.
        """
        tasks = hall.asking(100)
        tasks += hall.asking(1, terminal="pharmacy")
        tasks += hall.asking(1, path="/v1/settlements/stl_1/confirm")
        tasks += hall.asking(1, method="GET", path="/livez")
        await settled()
        begun = list(hall.begun)
        hall.opened.set()
        await asyncio.gather(*tasks)

        assert ["/v1/resolve", "/v1/resolve", "/v1/settlements/stl_1/confirm", "/livez"] == begun

    async def test_counts(self, hall):
        """
        What became of each is shown to operators.
        """
        hall.stand_still()
        tasks = hall.asking(100)
        await settled()
        hall.opened.set()
        await asyncio.gather(*tasks)
        hall.admission._tell()
        text = generate_latest(hall.metrics.registry).decode()

        for outcome, count in (("admitted", 1), ("waited", 32), ("full", 67)):
            label = f'{{outcome="{outcome}",priority="scanning"}}'
            assert f"fusion_wallet_admissions_total{label} {count}.0" in text

    async def test_who_hung_up(self, hall):
        """
        Who hangs up in line leaves it, and keeps no place.
        """
        first, second = hall.asking(2)
        await settled()
        second.cancel()
        await settled()
        waiting = hall.policy.waiting
        hall.opened.set()

        assert (0, 200, 200) == (
            waiting,
            (await first).status_code,
            (await hall.ask()).status_code,
        )


class TestBody:
    async def test_arrives_whole(self, hall):
        """
        Whether it came in one piece or in many, long or short, the application reads it all.
        """
        hall.opened.set()
        for parts in ((b"{}",), (b"a", b"b"), (b"x" * 20_000, b"y" * 20_000)):
            await hall.ask(content=dripping(*parts, seconds=0))

        assert [b"{}", b"ab", b"x" * 20_000 + b"y" * 20_000] == hall.bodies

    async def test_slow_ones_hold_no_place(self, hall):
        """
        Bodies that do not come are given up with 408, and keep nobody else waiting.
        """
        slow = [
            asyncio.create_task(hall.ask(content=dripping(b"{", b"}", seconds=5)))
            for _ in range(8)
        ]
        await settled()
        hall.opened.set()
        others = await hall.ask()
        answers = {answer.status_code for answer in await asyncio.gather(*slow)}

        assert (200, {408}) == (others.status_code, answers)


class TestDeadline:
    async def test_of_the_caller(self, hall):
        """
        What the caller waits for (RFC 7240) is handed on; it is never more than the route's own.
        """
        hall.opened.set()
        await hall.ask(prefer="respond-async, wait=2")
        await hall.ask(prefer="wait=900")
        await hall.ask(prefer="wait=none")

        assert [2, 20, 20] == [round(left) for left in hall.left]

    async def test_nothing_is_begun_too_late(self, hall):
        """
        A request in line whose caller waits no longer is refused and never begun.
        """
        tasks = hall.asking(2, prefer="wait=1")
        answer, _ = await asyncio.wait(tasks, timeout=5, return_when=asyncio.FIRST_COMPLETED)
        hall.opened.set()
        await asyncio.gather(*tasks)

        assert [503] == [each.result().status_code for each in answer]
        assert ["/v1/resolve"] == hall.begun

    async def test_none_for_streams(self, hall):
        """
        What never ends has no deadline and keeps no place once it has begun.
        """
        hall.opened.set()
        await hall.ask(method="GET", path="/code/events")

        assert [None] == hall.left
