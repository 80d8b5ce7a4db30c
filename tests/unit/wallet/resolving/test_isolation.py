"""One integration misbehaves; the others' verdicts arrive."""

import asyncio

import pytest

from integrations.spi import Deadlines, Obtained, Refused, UnavailableError, Valid, ValidateRequest
from tests.fixtures.region import LI, Region, health_card, insurance, payment, verdict
from wallet.db.engine import create_engine
from wallet.db.session import Database

SHORT = Deadlines(validate_ms=150, perform_ms=150)


class Weird(BaseException):
    """
    Not an `Exception`, and nobody's to catch.
    """


class Stranger:
    """
    Nothing of the contract's.
    """


def a_list_in_itself():
    value = []
    value.append(value)
    return value


BAD = {
    "unavailable": UnavailableError("down"),
    "crashing": RuntimeError("crash"),
    "lookup": KeyError("x"),
    "system-exit": SystemExit(3),
    "keyboard-interrupt": KeyboardInterrupt(),
    "weird": Weird(),
    "cancelled": asyncio.CancelledError(),
    "timeout": TimeoutError(),
    "none": None,
    "text": "valid",
    "dictionary": {"type": "valid", "fields": {}},
    "stranger": Stranger(),
    "another-kind": Obtained(credential=b"", method="", expires_at=None),
    "fields-none": Valid(None),
    "fields-object": Valid({"label": Stranger()}),
    "fields-bytes-key": Valid({b"\xff": "x"}),
    "fields-float": Valid({"label": 1.5}),
    "fields-huge": Valid({"label": 10**30}),
    "fields-surrogate": Valid({"label": "\ud800"}),
    "fields-endless": Valid({"label": a_list_in_itself()}),
    "code-number": Refused(7),
    "code-unlisted": Refused("SOMETHING_ELSE"),
    "code-unavailable": Refused("UNAVAILABLE"),
    "options-text": Refused("SUSPENDED", "abc"),
    "options-numbers": Refused("SUSPENDED", (1,)),
}


@pytest.fixture
async def sqlite_database(anyio_backend, sqlite_url):
    """
    SQLite alone: which database it is makes no difference here.
    """
    del anyio_backend
    database = Database(create_engine(sqlite_url))
    yield database
    await database.close()


@pytest.fixture
async def stand(sqlite_database, clock, ids, vault):
    """
    A region whose payment is given a short time, and a phone.
    """
    region = Region(
        sqlite_database,
        clock,
        ids,
        vault,
        health_card(),
        insurance(),
        payment(deadlines=SHORT, local=False),
    )
    desk = await region.hospital()
    resident_id = await region.resident(LI, "health_card", "insurance", "payment")
    return region, desk, await region.phone(resident_id)


def statuses(resolved):
    return {each.context: each.status.value for each in resolved.verdicts}


ALONE = {"health_card": "valid", "insurance": "valid", "payment": "unavailable"}


class TestMisbehaving:
    @pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
    async def test_verdict(self, stand, bad):
        """
        Whatever one integration's verdict is, it alone is unavailable.
        """
        region, desk, phone = stand
        region.fake("payment").verdict = bad
        resolved = await region.resolve(desk, phone.show())

        assert ALONE == statuses(resolved)
        assert "暂时无法查询" == verdict(resolved, "payment").message.zh

    @pytest.mark.parametrize(
        "bad",
        [
            SystemExit(3),
            RuntimeError(),
            Weird(),
            None,
            Valid({}),
            Refused(7),
            Obtained(credential="text", method="x", expires_at=None),
        ],
        ids=repr,
    )
    async def test_credential(self, stand, bad):
        """
        The same holds for obtaining a credential.
        """
        region, desk, phone = stand
        region.fake("insurance").credential = bad
        expected = {"health_card": "valid", "insurance": "unavailable", "payment": "valid"}

        assert expected == statuses(await region.resolve(desk, phone.show()))

    async def test_inside_the_process(self, stand):
        """
        A local integration that crashes does not take the transaction with it.
        """
        region, desk, phone = stand
        region.fake("health_card").verdict = SystemExit(1)
        resolved = await region.resolve(desk, phone.show(), contexts=["health_card"])

        assert {"health_card": "unavailable"} == statuses(resolved)

    async def test_not_installed_any_more(self, stand):
        """
        A binding of an integration that is not installed is unavailable.
        """
        region, desk, phone = stand
        region.registry._by_id.pop("fake_payment")

        assert ALONE == statuses(await region.resolve(desk, phone.show()))


class TestHanging:
    async def test_never_answers(self, stand):
        """
        One that never answers is given up at its own deadline.
        """
        region, desk, phone = stand
        region.fake("payment").verdict = 3_600

        async with asyncio.timeout(20):
            resolved = await region.resolve(desk, phone.show())

        assert ALONE == statuses(resolved)

    async def test_swallows_its_cancellation(self, stand):
        """
        One that goes on after its deadline is left behind.
        """
        region, desk, phone = stand
        release = asyncio.Event()

        async def stubborn(request):
            del request
            while not release.is_set():
                try:
                    await release.wait()
                except asyncio.CancelledError:
                    continue
            return Valid({})

        region.fake("payment").verdict = stubborn
        async with asyncio.timeout(20):
            resolved = await region.resolve(desk, phone.show())
        release.set()
        await asyncio.sleep(0)

        assert ALONE == statuses(resolved)

    async def test_the_others_are_done_before(self, stand):
        """
        All are asked at once, and nobody waits for the slow one to answer.
        """
        region, desk, phone = stand
        events = []

        def noting(name, answer):
            async def note(request):
                del request
                events.append(f"{name} asked")
                await asyncio.sleep(0)
                events.append(f"{name} done")
                return answer

            return note

        async def slow(request):
            del request
            events.append("payment asked")
            try:
                await asyncio.Event().wait()
            finally:
                events.append("payment given up")

        for name in ("health_card", "insurance"):
            fake = region.fake(name)
            fake.verdict = noting(name, fake.verdict)
        region.fake("payment").verdict = slow
        resolved = await region.resolve(desk, phone.show())

        assert ALONE == statuses(resolved)
        assert "payment given up" == events[-1]
        assert {"health_card done", "insurance done"} < set(events)
        assert events.index("payment asked") < events.index("insurance done")

    async def test_slow_within_its_deadline(self, stand):
        """
        One that answers in time is waited for.
        """
        region, desk, phone = stand
        fake = region.fake("payment")
        answer = fake.verdict

        async def slow(request):
            del request
            await asyncio.sleep(0.01)
            return answer

        fake.verdict = slow

        assert {"valid"} == set(statuses(await region.resolve(desk, phone.show())).values())

    async def test_no_transaction_waits_with_it(self, stand):
        """
        While one hangs, others resolve.
        """
        region, desk, phone = stand
        reached, answered = asyncio.Event(), []
        other = await region.phone(await region.resident(LI))

        async def hang(request):
            del request
            reached.set()
            await asyncio.Event().wait()

        region.fake("payment").verdict = hang

        async def meanwhile():
            await reached.wait()
            await region.resolve(desk, other.show(), contexts=["health_card"])
            answered.append("other")

        await asyncio.gather(region.resolve(desk, phone.show()), meanwhile())

        assert ["other"] == answered


class TestBreaker:
    async def test_a_failing_one_is_not_asked_for_a_while(self, stand):
        """
        After eight failures in a row it is unavailable unasked.
        """
        region, desk, phone = stand
        fake = region.fake("payment")
        fake.verdict = RuntimeError()
        for sub in range(8):
            await region.resolve(desk, phone.show(sub))
        asked = len(fake.requests(ValidateRequest))
        barcode = await region.barcode(phone.resident_id)
        resolved = await region.resolve(desk, barcode)

        assert (8, "unavailable") == (asked, statuses(resolved)["payment"])
        assert 8 == len(fake.requests(ValidateRequest))
