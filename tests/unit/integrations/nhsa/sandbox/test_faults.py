"""Each fault, on the wire, and what the books say afterwards."""

import asyncio
import time

import aiohttp
import pytest

from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE, Visit


@pytest.fixture
async def ready(visit):
    """A pre-settled visit and the node that settles it."""
    await visit.prepare()
    node, _ = await visit.pre_settle()
    return visit, node


async def settlements(desk):
    return (await desk.books())["settlements"]


class TestConnection:
    """Cut, slow, hanging."""

    async def test_is_cut_before_anything_happened(self, ready):
        """
        Nothing in the books; the same message may come again.
        """
        visit, node = ready
        msgid = visit.desk.next_msgid()
        await visit.desk.fault(kind="cut_after_request", operation="2207")
        with pytest.raises(aiohttp.ClientError):
            await visit.refused("2207", node, msgid=msgid)
        before = await settlements(visit.desk)

        assert ([], 0) == (before, await visit.refused("2207", node, msgid=msgid))

    async def test_is_cut_after_everything_happened(self, ready):
        """
        One settlement in the books; the same message is a repetition.
        """
        visit, node = ready
        msgid = visit.desk.next_msgid()
        await visit.desk.fault(kind="cut_before_response", operation="2207")
        with pytest.raises(aiohttp.ClientError):
            await visit.refused("2207", node, msgid=msgid)
        rows = await settlements(visit.desk)

        assert [(msgid, "settled")] == [(row["msgid"], row["status"]) for row in rows]
        assert 1005 == await visit.refused("2207", node, msgid=msgid)

    async def test_is_slow(self, ready):
        """
        The right answer after a while.
        """
        visit, node = ready
        await visit.desk.fault(kind="slow", operation="2207", seconds=0.2)
        begun = time.monotonic()

        assert 0 == await visit.refused("2207", node)
        assert time.monotonic() - begun >= 0.2

    @pytest.mark.parametrize(("processed", "count"), [(True, 1), (False, 0)])
    async def test_hangs_with_or_without_doing_it(self, ready, processed, count):
        """
        The client gives up; the books know.
        """
        visit, node = ready
        await visit.desk.fault(kind="hang", operation="2207", processed=processed)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await visit.refused("2207", node)

        assert count == len(await settlements(visit.desk))

    async def test_hangs_without_blocking_others(self, ready):
        """
        Another desk's call is answered meanwhile.
        """
        visit, node = ready
        await visit.desk.fault(kind="hang", operation="2207", seconds=0.4)
        hanging = asyncio.create_task(visit.refused("2207", node))
        other = Visit(visit.desk, PEOPLE["li"], "OP2")
        async with asyncio.timeout(0.3):
            await other.register()
        with pytest.raises(aiohttp.ClientError):
            await hanging

        assert other.mdtrt_id


class TestAnswers:
    """Lies, codes and forged signatures."""

    async def test_lies(self, ready):
        """
        A full success with a `setl_id` that nobody will ever find.
        """
        visit, node = ready
        await visit.desk.fault(kind="lie", operation="2207")
        told = (await visit.ok("2207", node))["setlinfo"]
        found = await visit.refused("5203", {"data": {**visit.who, "setl_id": told["setl_id"]}})
        real = (await visit.ok("2207", node))["setlinfo"]

        assert (133.5, 5005) == (told["medfee_sumamt"], found)
        assert told["setl_id"] != real["setl_id"]
        assert 1 == len(await settlements(visit.desk))

    @pytest.mark.parametrize(("processed", "count"), [(True, 1), (False, 0)])
    async def test_answers_a_code(self, ready, processed, count):
        """
        Whatever was done, the answer is that code.
        """
        visit, node = ready
        await visit.desk.fault(kind="answer", operation="2207", code="-1", processed=processed)
        code = await visit.refused("2207", node)

        assert (-1, count) == (code, len(await settlements(visit.desk)))

    async def test_answers_minus_one_for_no_number(self, ready):
        """
        A code that is none is the general failure.
        """
        visit, node = ready
        await visit.desk.fault(kind="answer", operation="2207", code="SYSTEM")

        assert -1 == await visit.refused("2207", node)

    async def test_answers_with_a_bare_http_error(self, ready):
        """
        A gateway's page instead of an envelope.
        """
        visit, node = ready
        await visit.desk.fault(kind="answer", operation="2207", code="http-502")
        body = visit.desk.envelope("2207", node, visit.place)
        headers = visit.desk.headers()
        async with visit.desk.http.post("/fsi/api/2207", json=body, headers=headers) as response:
            page = await response.text()

        assert (502, "text/html") == (response.status, response.content_type)
        assert "infcode" not in page

    async def test_forges_a_signature(self, ready):
        """
        Carried out, but signed with something nobody can verify.
        """
        visit, node = ready
        await visit.desk.fault(kind="wrong_signature", operation="2207")
        answer = await visit.desk.call("2207", node, visit.place)

        assert (0, "SM3", "0" * 64) == (answer["infcode"], answer["signtype"], answer["cainfo"])

    async def test_has_no_callbacks(self, ready):
        """
        A callback fault strikes nothing and stays on the menu.
        """
        visit, node = ready
        await visit.desk.fault(kind="double_callback")
        await visit.ok("2207", node)
        listed = await visit.desk.control("GET", "faults")

        assert 1 == len(listed["faults"])


class TestOtherAddresses:
    """Faults of decoding, grant and the single address."""

    async def test_strikes_the_decoding(self, hospital):
        """
        Operation `ec.query`: a lie leaves the code unused.
        """
        person = PEOPLE["li"]
        minted = await hospital.control("POST", "ec-codes", {"certno": person.certno})
        await hospital.fault(kind="lie", operation="ec.query")
        codes = [(await hospital.decode(minted["code"], "01301"))["code"] for _ in range(3)]

        assert [0, 0, 8002] == codes

    async def test_strikes_the_grant(self, hospital):
        """
        Operation `grant.ectoken`.
        """
        await hospital.fault(kind="answer", operation="grant.ectoken", code="http-503")
        async with hospital.http.post("/grant/ectoken", headers=hospital.headers()) as response:
            await response.read()

        assert 503 == response.status

    async def test_strikes_the_single_address(self, pharmacy):
        """
        The operation is read from the body.
        """
        visit = Visit(pharmacy, PEOPLE["li"])
        await pharmacy.fault(kind="cut_before_response", operation="2201")
        with pytest.raises(aiohttp.ClientError):
            await visit.register()
        books = await pharmacy.books()

        assert ["registered"] == [row["status"] for row in books["visits"]]
