"""What became of a call, answer by answer."""

from datetime import timedelta

import msgspec
import pytest

from integrations.spi import (
    DidNotHappen,
    Happened,
    PartyView,
    Prepared,
    Registered,
    UnavailableError,
    Undecided,
    Undone,
)
from tests.contract.nhsa.builders import START, bill_of, party_of, profile_at
from tests.unit.integrations.nhsa.conftest import VISIT
from tests.unit.integrations.nhsa.recorded import recorded
from tests.unit.integrations.nhsa.stub import refusal
from tests.unit.integrations.nhsa.test_performing import INFO, SPLIT


def listed(**changes):
    return {"setlinfo": [INFO | changes]}


class TestRegister:
    async def test_found_among_several(self, desk, stub):
        """
        Our visit number tells which one it is.
        """
        stub.answers("5201", msgspec.json.decode(recorded("visits.json")))
        desk.prepare(desk.registration("V0002"))
        answer = await desk.query()

        assert Registered(visit_reference="M2") == answer.result

    async def test_undone_meanwhile(self, desk, stub):
        """
        Once its undoing was confirmed, absence is a no.
        """
        stub.answers("5201", {"mdtrtinfo": []})
        desk.prepare(desk.registration())

        assert DidNotHappen(code="REVERSED") == await desk.query(undone=True)

    async def test_period(self, desk, stub):
        """
        The question begins with the visit's day and never spans more than thirty.
        """
        stub.answers("5201", {"mdtrtinfo": []})
        desk.prepare(desk.registration())
        await desk.query()
        desk.clock.move(timedelta(days=90).total_seconds())
        await desk.query()
        first, second = (
            msgspec.json.decode(body)["input"]["data"] for body in stub.bodies("5201")
        )

        assert ("2026-11-20 00:00:00", "2026-11-20 10:05:00") == (
            first["begntime"],
            first["endtime"],
        )
        assert ("2026-11-20 00:00:00", "2026-12-20 00:00:00") == (
            second["begntime"],
            second["endtime"],
        )

    async def test_refused_question(self, desk, stub):
        """
        A question that is refused decides nothing.
        """
        stub.answers("5201", refusal(7001))
        desk.prepare(desk.registration())

        assert Undecided(reason="infcode_7001") == await desk.query()

    @pytest.mark.parametrize("answer", [{"mdtrtinfo": 7}, b"<html>", 500])
    async def test_no_answer(self, desk, stub, answer):
        """
        An answer that cannot be read is none.
        """
        stub.answers("5201", answer)
        desk.prepare(desk.registration())

        with pytest.raises(UnavailableError, match="5201"):
            await desk.query()


class TestCancelRegistration:
    async def test_no_longer_listed(self, desk, stub):
        """
        A visit that is gone was cancelled.
        """
        stub.answers("5201", {"mdtrtinfo": [{"mdtrt_id": "M7"}]})
        desk.prepare(desk.registration_undo())

        assert Undone() == (await desk.query()).result

    async def test_refused_question(self, desk, stub):
        """
        A question that is refused decides nothing.
        """
        stub.answers("5201", refusal(2001))
        desk.prepare(desk.registration_undo())

        assert Undecided(reason="infcode_2001") == await desk.query()


class TestSettle:
    async def test_listed(self, desk, stub):
        """
        Our message id tells which one it is, and the insurer's split counts.
        """
        prepared = desk.prepare(desk.settlement(bill_of(), SPLIT))
        stub.answers("5203", listed(medins_setl_id=prepared.reference, refd_setl_flag="0"))
        answer = await desk.query()

        assert isinstance(answer, Happened)
        assert ("S1", SPLIT) == (answer.result.settlement_reference, answer.result.split)

    async def test_refunded_since(self, desk, stub):
        """
        A settlement that was cancelled since has no effect.
        """
        prepared = desk.prepare(desk.settlement(bill_of(), SPLIT))
        stub.answers("5203", listed(medins_setl_id=prepared.reference, refd_setl_flag="1"))

        assert DidNotHappen(code="ALREADY_CANCELLED") == await desk.query()

    async def test_listed_although_reversed(self, desk, stub):
        """
        What is listed happened, whatever was acknowledged.
        """
        prepared = desk.prepare(desk.settlement(bill_of(), SPLIT))
        stub.answers("5203", listed(medins_setl_id=prepared.reference))

        assert isinstance(await desk.query(undone=True), Happened)

    async def test_other_message(self, desk, stub):
        """
        Another message's settlement says nothing of ours.
        """
        desk.prepare(desk.settlement(bill_of(), SPLIT))
        stub.answers("5203", listed(medins_setl_id="MSG9"))

        assert Undecided(reason="not_listed") == await desk.query()
        assert DidNotHappen(code="REVERSED") == await desk.query(undone=True)

    async def test_without_a_time(self, desk, stub):
        """
        A settlement that is not whole is not handed out.
        """
        prepared = desk.prepare(desk.settlement(bill_of(), SPLIT))
        stub.answers("5203", listed(medins_setl_id=prepared.reference, setl_time=""))

        assert Undecided(reason="no settlement number or time") == await desk.query()

    async def test_unreadable_row(self, desk, stub):
        """
        A row that cannot be read may be the one.
        """
        desk.prepare(desk.settlement(bill_of(), SPLIT))
        stub.answers("5203", listed(psn_cash_pay="1e2"))

        assert Undecided(reason="unreadable_row") == await desk.query(undone=True)

    async def test_refused_question(self, desk, stub):
        """
        A question that is refused decides nothing.
        """
        desk.prepare(desk.settlement(bill_of(), SPLIT))
        stub.answers("5203", refusal(3001))

        assert Undecided(reason="infcode_3001") == await desk.query(undone=True)

    async def test_no_answer(self, desk, stub):
        """
        An answer that cannot be read is none.
        """
        desk.prepare(desk.settlement(bill_of(), SPLIT))
        stub.answers("5203", {"nothing": 1})

        with pytest.raises(UnavailableError, match=r"\A5203: malformed\Z"):
            await desk.query()

    async def test_mismatch_is_told(self, desk, stub):
        """
        Odd figures reach the observer from the query too.
        """
        prepared = desk.prepare(desk.settlement(bill_of(), SPLIT))
        row = {"medins_setl_id": prepared.reference, "psn_part_amt": "1.00"}
        stub.answers("5203", listed(**row))
        await desk.query()

        assert "identity_mismatch" in {one.result for one in desk.seen}


class TestCancelSettlement:
    @pytest.fixture(autouse=True)
    def settled(self, desk):
        desk.continuation = msgspec.json.encode(VISIT | {"setl_id": "S1"})
        desk.prepare(desk.settlement_undo())

    async def test_refunded(self, desk, stub):
        """
        A refunded settlement was cancelled.
        """
        stub.answers("5203", listed(refd_setl_flag="1"))

        assert Undone() == (await desk.query()).result

    async def test_still_settled(self, desk, stub):
        """
        A standing settlement decides nothing before the cancellation was reversed.
        """
        stub.answers("5203", listed(refd_setl_flag="0"))

        assert Undecided(reason="still_settled") == await desk.query()
        assert DidNotHappen(code="REVERSED") == await desk.query(undone=True)

    async def test_not_listed(self, desk, stub):
        """
        A settlement that is not listed at all decides nothing.
        """
        stub.answers("5203", {"setlinfo": []})

        assert Undecided(reason="not_listed") == await desk.query(undone=True)

    async def test_refused_question(self, desk, stub):
        """
        A question that is refused decides nothing.
        """
        stub.answers("5203", refusal(3001))

        assert Undecided(reason="infcode_3001") == await desk.query()


class TestAnybody:
    async def test_another_institutions_call(self, desk):
        """
        Another institution's call is not asked about.
        """
        desk.prepare(desk.registration())
        desk.party = party_of(profile_at("http://127.0.0.1:1", pharmacy=True))

        assert Undecided(reason="not this institution's call") == await desk.query()

    async def test_unreadable_payload(self, desk):
        """
        A payload that is none of ours decides nothing.
        """
        prepared = Prepared(operation="settle", reference="MSG1", payload=b"?")

        assert Undecided(reason="not this institution's call") == await desk.query(prepared)

    async def test_party_without_a_profile(self, desk):
        """
        A party without a profile cannot ask, not even for its statement.
        """
        prepared = desk.prepare(desk.registration())
        desk.party = PartyView(id="p", name="n", kind="office")

        assert Undecided(reason="unusable profile") == await desk.query(prepared)
        with pytest.raises(UnavailableError, match=r"\A3202: unusable profile\Z"):
            await desk.plugin.statement(START.date(), desk.party)


class TestStatement:
    async def test_recorded(self, desk, stub):
        """
        The day's rows come back.
        """
        stub.answers("3202", msgspec.json.decode(recorded("statement.json")))

        assert 3 == len(await desk.plugin.statement(START.date(), desk.party))

    @pytest.mark.parametrize(
        ("answer", "text"),
        [
            (refusal(7001), "infcode 7001"),
            ({"stmtinfo": [{}]}, "malformed"),
            (503, "http_503"),
        ],
    )
    async def test_no_statement(self, desk, stub, answer, text):
        """
        A statement that cannot be read is unavailable, never empty.
        """
        stub.answers("3202", answer)

        with pytest.raises(UnavailableError, match=rf"\A3202: {text}\Z"):
            await desk.plugin.statement(START.date(), desk.party)
