"""What is cut, lost or answered oddly stays unknown until a query or a reversal tells."""

import pytest

from integrations.spi import (
    Declined,
    DidNotHappen,
    Happened,
    NotSent,
    Prepared,
    Registered,
    Reversed,
    Settled,
    Succeeded,
    UnavailableError,
    Undecided,
    Undone,
    Unknown,
)
from tests.contract.nhsa.builders import ZHANG, bill_of, party_of, profile_at

ACCOUNT = 321_055


@pytest.fixture
async def ready(hospital):
    """A desk that has everything but the settlement."""
    await hospital.link(ZHANG)
    hospital.kept["bill"] = bill_of()
    hospital.kept["shown"] = await hospital.to_pre_settled(ZHANG, hospital.kept["bill"])
    return hospital


async def account_of(world):
    people = (await world.books())["people"]
    return next(row["account"] for row in people if row["psn_no"] == "44010000001000000001")


def settlement_of(world):
    return world.settlement(world.kept["bill"], world.kept["shown"])


class TestCut:
    async def test_settlement_cut_before_the_answer(self, ready):
        """
        A settlement that was carried out unanswered is unknown, and the query finds it.
        """
        await ready.fault("cut_before_response", "2207")
        outcome = await ready.do(settlement_of(ready))
        answer = await ready.query()

        assert Unknown(reason="connection") == outcome
        assert isinstance(answer, Happened)
        assert isinstance(answer.result, Settled)
        assert ready.kept["shown"] == answer.result.split

    async def test_settlement_cut_after_the_request(self, ready):
        """
        A settlement that was lost on the way looks the same, and the query does not decide.
        """
        await ready.fault("cut_after_request", "2207")
        outcome = await ready.do(settlement_of(ready))

        assert Unknown(reason="connection") == outcome
        assert Undecided(reason="not_listed") == await ready.query()

    @pytest.mark.parametrize("kind", ["cut_before_response", "cut_after_request"])
    async def test_registration_cut(self, hospital, kind):
        """
        A cut registration is unknown either way; performing it again never doubles it.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        await hospital.fault(kind, "2201")
        first = await hospital.do(hospital.registration())
        again = await hospital.perform(hospital.last)
        answer = await hospital.query()

        assert Unknown(reason="connection") == first
        assert isinstance(again, Unknown | Succeeded)
        assert isinstance(answer.result, Registered)
        assert 1 == len((await hospital.books())["visits"])

    @pytest.mark.parametrize("kind", ["cut_before_response", "cut_after_request"])
    async def test_cancellation_cut(self, ready, kind):
        """
        A cut cancellation is unknown; performing it again converges.
        """
        await ready.do(settlement_of(ready))
        await ready.fault(kind, "2208")
        first = await ready.do(ready.settlement_undo())
        again = await ready.perform(ready.last)
        answer = await ready.query()

        assert Unknown(reason="connection") == first
        assert isinstance(again, Unknown | Succeeded)
        assert isinstance(answer.result, Undone)
        assert ACCOUNT == await account_of(ready)

    @pytest.mark.parametrize("infno", ["2203", "2204"])
    async def test_upload_cut(self, hospital, infno):
        """
        A cut upload is unknown; it is revoked whether or not it arrived, and done anew.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        await hospital.do(hospital.registration())
        await hospital.fault("cut_before_response", infno)
        first = await hospital.do(hospital.upload(bill_of()))
        revoked = await hospital.do(hospital.upload_undo())
        anew = await hospital.do(hospital.upload(bill_of()))

        assert Unknown(reason="connection") == first
        assert [Succeeded, Succeeded] == [type(revoked), type(anew)]

    async def test_upload_goes_on_after_a_repeated_first_half(self, hospital):
        """
        When the visit's details arrived already, repeating the upload sends the lines.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        await hospital.do(hospital.registration())
        await hospital.fault("cut_after_request", "2204")
        first = await hospital.do(hospital.upload(bill_of()))
        again = await hospital.perform(hospital.last)

        assert Unknown(reason="connection") == first
        assert isinstance(again, Succeeded)

    async def test_repeating_a_settlement_never_doubles_it(self, ready):
        """
        The platform knows the repeated message, and its books have one settlement.
        """
        await ready.do(settlement_of(ready))
        again = await ready.perform(ready.last)

        assert Unknown(reason="infcode_1005") == again
        assert 1 == len((await ready.books())["settlements"])


class TestReversal:
    async def test_of_a_settlement_that_was_carried_out(self, ready):
        """
        A reversal undoes it, and its query then says that it did not happen.
        """
        await ready.fault("cut_before_response", "2207")
        await ready.do(settlement_of(ready))
        settle = ready.last
        outcome = await ready.do(ready.reversal(settle))
        answer = await ready.query(settle, undone=True)

        assert Reversed() == outcome.result
        assert DidNotHappen(code="REVERSED") == answer
        assert ACCOUNT == await account_of(ready)

    async def test_of_a_settlement_that_never_arrived(self, ready):
        """
        A reversed message that arrives late is declined as reversed.
        """
        await ready.fault("cut_after_request", "2207")
        await ready.do(settlement_of(ready))
        settle = ready.last
        await ready.do(ready.reversal(settle))
        late = await ready.perform(settle)

        assert Declined(code="REVERSED", partner_code="1006") == late
        assert [] == (await ready.books())["settlements"]

    async def test_of_a_cancellation(self, ready):
        """
        A reversed cancellation leaves the settlement standing.
        """
        await ready.do(settlement_of(ready))
        await ready.fault("cut_before_response", "2208")
        await ready.do(ready.settlement_undo())
        cancel = ready.last
        outcome = await ready.do(ready.reversal(cancel))
        answer = await ready.query(cancel, undone=True)

        assert Reversed() == outcome.result
        assert DidNotHappen(code="REVERSED") == answer

    async def test_repeated(self, ready):
        """
        An unanswered reversal is repeated until it is answered.
        """
        await ready.do(settlement_of(ready))
        settle = ready.last
        await ready.fault("cut_before_response", "2601")
        first = await ready.do(ready.reversal(settle))
        undecided = await ready.query()
        again = await ready.perform(ready.last)

        assert Unknown(reason="connection") == first
        assert Undecided(reason="repeat") == undecided
        assert Reversed() == again.result

    async def test_of_a_settlement_that_was_cancelled(self, ready):
        """
        What was cancelled in the meantime cannot be reversed any more.
        """
        await ready.do(settlement_of(ready))
        settle = ready.last
        await ready.do(ready.settlement_undo())
        outcome = await ready.do(ready.reversal(settle))

        assert Declined(code="NOT_REVERSIBLE", partner_code="6005") == outcome


class TestOddAnswers:
    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            ({"kind": "answer", "code": "http-502"}, "http_502"),
            ({"kind": "answer", "code": "http-403"}, "http_403"),
            ({"kind": "answer", "code": "7777"}, "infcode_7777_unlisted"),
            ({"kind": "answer", "code": "-1"}, "infcode_-1_in_doubt"),
            ({"kind": "wrong_signature"}, "unverifiable_signature"),
        ],
    )
    @pytest.mark.parametrize("processed", [True, False])
    async def test_unknown_is_never_a_success(self, ready, fault, reason, processed):
        """
        Whatever is no listed answer leaves the settlement unknown, done or not.
        """
        await ready.fault(operation="2207", processed=processed, **fault)
        before = ready.continuation
        outcome = await ready.do(settlement_of(ready))

        assert Unknown(reason=reason) == outcome
        assert before == ready.continuation

    async def test_lie_is_caught_by_the_statement(self, ready):
        """
        A settlement that was only claimed is missing from the statement and cannot be cancelled.
        """
        await ready.fault("lie", "2207")
        outcome = await ready.do(settlement_of(ready))
        undo = await ready.do(ready.settlement_undo())
        rows = await ready.plugin.statement(ready.clock().date(), ready.party)

        assert isinstance(outcome, Succeeded)
        assert Declined(code="SETTLEMENT_UNKNOWN_THERE", partner_code="5005") == undo
        assert () == rows


class TestUnreachable:
    async def test_unsafe_call_is_not_sent(self, ready):
        """
        Where nobody listens, nothing was sent.
        """
        prepared = ready.prepare(settlement_of(ready))
        party = party_of(profile_at("http://127.0.0.1:1"))

        assert isinstance(prepared, Prepared)
        assert NotSent(reason="connection") == await ready.plugin.perform(prepared, party)

    async def test_query_is_unavailable(self, ready):
        """
        A query that nobody answers is unavailable, not an answer.
        """
        prepared = ready.prepare(settlement_of(ready))
        ready.party = party_of(profile_at("http://127.0.0.1:1"))

        with pytest.raises(UnavailableError, match=r"\A5203: connection\Z"):
            await ready.query(prepared)

    async def test_wrong_secret_is_unknown(self, ready):
        """
        A gateway that turns the signature away is no platform that refuses.
        """
        base = str(ready.http._base_url).rstrip("/")
        wrong = profile_at(base)
        wrong["gateway"] = wrong["gateway"] | {"secret": "another"}
        prepared = ready.prepare(settlement_of(ready))
        outcome = await ready.plugin.perform(prepared, party_of(wrong))

        assert Unknown(reason="http_401") == outcome
