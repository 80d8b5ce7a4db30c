"""What comes of undoing and reversing, answer by answer."""

import msgspec
import pytest

from integrations.spi import (
    Declined,
    NotSent,
    PartyView,
    Prepared,
    Reversed,
    Undone,
    Unknown,
)
from tests.contract.nhsa.builders import party_of, profile_at
from tests.unit.integrations.nhsa.stub import refusal


def remembered(outcome):
    return msgspec.json.decode(outcome.continuation)


class TestOthers:
    async def test_undone(self, desk, stub):
        """
        An undo needs no output.
        """
        stub.answers("2202", msgspec.json.encode({"infcode": "0", "output": None}))
        outcome = await desk.do(desk.registration_undo())

        assert Undone() == outcome.result
        assert "" == remembered(outcome)["mdtrt_id"]

    async def test_reversed(self, desk, stub):
        """
        A reversed settlement is forgotten.
        """
        stub.answers("2601", {})
        original = Prepared(operation="settle", reference="MSG1", payload=b"")
        outcome = await desk.do(desk.reversal(original))

        assert Reversed() == outcome.result
        assert "" == remembered(outcome)["setl_id"]

    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [
            (b"<html>", Unknown(reason="malformed")),
            (b"", Unknown(reason="malformed")),
            (refusal(9999), Unknown(reason="infcode_9999_unlisted")),
            (refusal(6666), Declined(code="BILL_REFUSED", partner_code="6666")),
            (refusal(-1, "系统超时"), Unknown(reason="infcode_-1_in_doubt")),
            (refusal(-1, "不允许"), Declined(code="INSURER_REFUSED", partner_code="-1")),
        ],
    )
    async def test_refusals(self, desk, stub, answer, outcome):
        """
        Listed refusals decline, the region's own included; all else is unknown.
        """
        stub.answers("2205", answer)

        assert outcome == await desk.do(desk.upload_undo())

    async def test_another_institutions_call(self, desk):
        """
        A call is never sent in another institution's name.
        """
        prepared = desk.prepare(desk.upload_undo())
        other = party_of(profile_at("http://127.0.0.1:1", pharmacy=True))
        outcome = await desk.plugin.perform(prepared, other)

        assert NotSent(reason="not this institution's call") == outcome

    @pytest.mark.parametrize("payload", [b"", b"{}", b"\xff"])
    async def test_unreadable_payload(self, desk, payload):
        """
        A payload that is none of ours is not sent.
        """
        prepared = Prepared(operation="settle", reference="MSG1", payload=payload)
        outcome = await desk.plugin.perform(prepared, desk.party)

        assert NotSent(reason="unusable profile or payload") == outcome

    async def test_party_without_a_profile(self, desk):
        """
        A party without a profile sends nothing.
        """
        prepared = desk.prepare(desk.upload_undo())
        office = PartyView(id="p", name="n", kind="office")
        outcome = await desk.plugin.perform(prepared, office)

        assert NotSent(reason="unusable profile or payload") == outcome
