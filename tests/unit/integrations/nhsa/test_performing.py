"""What comes of a call, answer by answer."""

import msgspec
import pytest

from integrations.nhsa.client import NotReached
from integrations.nhsa.context import InstitutionProfile
from integrations.nhsa.envelope import Answered
from integrations.nhsa.memory import Payload, decode
from integrations.nhsa.performing import Performer
from integrations.spi import (
    Declined,
    NotSent,
    PreSettled,
    Registered,
    Split,
    Succeeded,
    Unknown,
    Uploaded,
)
from tests.contract.nhsa.builders import bill_of, party_of, profile_at
from tests.unit.integrations.nhsa.stub import refusal

SPLIT = Split(
    total_minor=11_360,
    funds=(),
    account_minor=0,
    mutual_aid_minor=0,
    hospital_minor=0,
    cash_minor=11_360,
)
INFO = {
    "setl_id": "S1",
    "mdtrt_id": "M1",
    "psn_no": "P1",
    "setl_time": "2026-11-20 10:00:03",
    "medfee_sumamt": "113.60",
    "fund_pay_sumamt": 0,
    "psn_part_amt": "113.60",
    "psn_cash_pay": "113.60",
}


class Way:
    """A way to the platform on which these things happen, one after the other."""

    def __init__(self, *happenings):
        self._happenings = iter(happenings)

    async def call(self, _profile, _message, _seconds):
        return next(self._happenings)


def remembered(outcome):
    return msgspec.json.decode(outcome.continuation)


class TestRegister:
    async def test_succeeded(self, desk, stub):
        """
        The insurer's visit is remembered, with the message that opened it.
        """
        stub.answers("2201", {"data": {"mdtrt_id": "M9", "psn_no": "P1", "ipt_otp_no": "V0001"}})
        outcome = await desk.do(desk.registration())

        assert Registered(visit_reference="M9") == outcome.result
        assert ("M9", desk.last.reference) == (
            remembered(outcome)["mdtrt_id"],
            remembered(outcome)["msgids"]["register"],
        )

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ({}, "malformed"),
            ({"mdtrt_id": ""}, "malformed"),
            ({"mdtrt_id": "M9", "psn_no": "P2"}, "another visit's answer"),
            ({"mdtrt_id": "M9", "ipt_otp_no": "V9"}, "another visit's answer"),
        ],
    )
    async def test_odd_answer(self, desk, stub, data, reason):
        """
        An answer that is not whole, or somebody else's, is no success.
        """
        stub.answers("2201", {"data": data})

        assert Unknown(reason=reason) == await desk.do(desk.registration())


class TestUpload:
    async def test_both_halves(self, desk, stub):
        """
        Details and lines go in this order.
        """
        stub.answers("2203", {})
        stub.answers("2204", {"result": []})
        outcome = await desk.do(desk.upload(bill_of()))

        assert Uploaded(lines=3) == outcome.result
        assert ["2203", "2204"] == [name for name, _ in stub.asked]

    @pytest.mark.parametrize(
        ("first", "outcome"),
        [
            (refusal(3012), Declined(code="BILL_REFUSED", partner_code="3012")),
            (refusal(1007), Unknown(reason="infcode_1007")),
            (500, Unknown(reason="http_500")),
        ],
    )
    async def test_first_half_fails(self, desk, stub, first, outcome):
        """
        When the details are not taken, the lines are not sent.
        """
        stub.answers("2203", first)

        assert outcome == await desk.do(desk.upload(bill_of()))
        assert ["2203"] == [name for name, _ in stub.asked]

    async def test_nothing_was_sent(self, desk):
        """
        Where nobody listens, not even the details were sent.
        """
        desk.party = party_of(profile_at("http://127.0.0.1:1"))

        assert NotSent(reason="connection") == await desk.do(desk.upload(bill_of()))

    async def test_second_half_reaches_nobody(self, desk):
        """
        Once the details arrived, lines that reach nobody leave it unknown.
        """
        payload = decode(desk.prepare(desk.upload(bill_of())).payload, Payload)
        done = Answered(infcode="0", err_msg="", output=b"null", signed=False)
        performer = Performer(Way(done, NotReached("connection")), {}, 1.0)
        profile = msgspec.json.decode(desk.party.profile, type=InstitutionProfile)

        assert Unknown(reason="connection") == await performer.perform("upload", payload, profile)

    async def test_repeated_first_half(self, desk, stub):
        """
        Details that arrived before let the lines go.
        """
        stub.answers("2203", refusal(1005))
        stub.answers("2204", {})

        assert isinstance(await desk.do(desk.upload(bill_of())), Succeeded)


class TestSettle:
    async def test_pre_settled(self, desk, stub):
        """
        A pre-settlement needs no settlement number.
        """
        stub.answers("2206", {"setlinfo": INFO | {"setl_id": None, "setl_time": None}})
        outcome = await desk.do(desk.pre_settlement(bill_of()))

        assert PreSettled(split=SPLIT) == outcome.result

    async def test_pre_settled_backwards(self, desk, stub):
        """
        Amounts of a cancellation are no pre-settlement.
        """
        names = ("medfee_sumamt", "psn_part_amt", "psn_cash_pay")
        amounts = dict.fromkeys(names, "-113.60")
        stub.answers("2206", {"setlinfo": INFO | amounts})
        outcome = await desk.do(desk.pre_settlement(bill_of()))

        assert Unknown(reason="a cancellation's answer") == outcome

    async def test_settled(self, desk, stub):
        """
        The settlement number is remembered.
        """
        stub.answers("2207", {"setlinfo": INFO})
        outcome = await desk.do(desk.settlement(bill_of(), SPLIT))

        assert ("S1", SPLIT) == (outcome.result.settlement_reference, outcome.result.split)
        assert "S1" == remembered(outcome)["setl_id"]

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"mdtrt_id": "M2"}, "another visit's answer"),
            ({"psn_no": "P2"}, "another visit's answer"),
            ({"medins_setl_id": "MSG9"}, "another message's answer"),
            ({"setl_id": ""}, "no settlement number or time"),
            ({"setl_time": "soon"}, "no settlement number or time"),
            ({"refd_setl_flag": 1}, "a cancellation's answer"),
            ({"psn_cash_pay": "113.59"}, "no usable split"),
            ({"psn_cash_pay": "1E+3000000"}, "no usable split"),
        ],
    )
    async def test_odd_answer(self, desk, stub, changes, reason):
        """
        An answer that is not whole, not ours or does not balance is no success.
        """
        stub.answers("2207", {"setlinfo": INFO | changes})

        assert Unknown(reason=reason) == await desk.do(desk.settlement(bill_of(), SPLIT))

    async def test_identity_mismatch_is_told_and_blocks_nothing(self, desk, stub):
        """
        Odd figures reach the observer without anything personal.
        """
        stub.answers("2207", {"setlinfo": INFO | {"psn_part_amt": "113.59"}})
        outcome = await desk.do(desk.settlement(bill_of(), SPLIT))
        noted = [one for one in desk.seen if one.result == "identity_mismatch"]

        assert isinstance(outcome, Succeeded)
        assert ['{"code": "psn_part_amt"}', '{"code": "medfee_sumamt"}'] == [
            one.response for one in noted
        ]
        assert all(one.response == desk.plugin.scrub(one.response) for one in noted)

    async def test_signed_answer_is_not_trusted(self, desk, stub):
        """
        A signature that nobody can verify spoils an answer, unless the region ignores it.
        """
        signed = msgspec.json.encode(
            {"infcode": 0, "signtype": "SM3", "output": {"setlinfo": INFO}}
        )
        stub.answers("2207", signed)
        refused = await desk.do(desk.settlement(bill_of(), SPLIT))
        desk.party = party_of(profile_at(stub.base, answer_signature="ignored"))
        ignored = await desk.do(desk.settlement(bill_of(), SPLIT))

        assert Unknown(reason="unverifiable_signature") == refused
        assert isinstance(ignored, Succeeded)

    async def test_repetition_sends_the_same_bytes(self, desk, stub):
        """
        Later and signed anew, the message is the same to the byte.
        """
        stub.answers("2207", 500)
        await desk.do(desk.settlement(bill_of(), SPLIT))
        desk.clock.move(120)
        await desk.perform(desk.last)
        first, second = stub.bodies("2207")

        assert first == second
