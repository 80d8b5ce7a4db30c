"""A region that answers every refusal with -1, over real HTTP."""

import pytest

from integrations.spi import (
    Declined,
    Happened,
    Purpose,
    Refused,
    Reversed,
    Settled,
    Succeeded,
    Unknown,
)
from tests.contract.nhsa.builders import ZHANG, ZHOU, bill_of


@pytest.fixture
def distinct_infcodes():
    return False


@pytest.fixture
async def settled(hospital):
    """A desk that has just settled, and whose last call is the settlement."""
    bill = bill_of()
    await hospital.link(ZHANG)
    shown = await hospital.to_pre_settled(ZHANG, bill)
    await hospital.do(hospital.settlement(bill, shown))
    return hospital


class TestMinusOne:
    async def test_repeated_settlement_is_unknown(self, settled):
        """
        That a message is a repetition stands in the text only, and is understood.
        """
        again = await settled.perform(settled.last)
        answer = await settled.query()

        assert Unknown(reason="infcode_-1_in_doubt") == again
        assert isinstance(answer, Happened)
        assert isinstance(answer.result, Settled)

    async def test_plain_refusal(self, settled):
        """
        A refusal whose text speaks of no doubt is one.
        """
        outcome = await settled.do(settled.registration_undo())

        assert Declined(code="INSURER_REFUSED", partner_code="-1") == outcome

    async def test_cancelled_twice_is_unknown_until_asked(self, settled):
        """
        A second cancellation is unknown, and the query says that it is done.
        """
        before = settled.continuation
        await settled.do(settled.settlement_undo())
        settled.continuation = before
        again = await settled.do(settled.settlement_undo())
        answer = await settled.query()

        assert Unknown(reason="infcode_-1_in_doubt") == again
        assert isinstance(answer, Happened)

    async def test_reversal(self, settled):
        """
        A reversal works as elsewhere, and what was reversed is refused when it comes late.
        """
        settle = settled.last
        outcome = await settled.do(settled.reversal(settle))
        late = await settled.perform(settle)

        assert isinstance(outcome, Succeeded)
        assert Reversed() == outcome.result
        assert Declined(code="INSURER_REFUSED", partner_code="-1") == late

    async def test_person(self, hospital):
        """
        Who is refused learns less, but is refused.
        """
        await hospital.show_card(ZHOU)

        assert Refused("INSURER_REFUSED") == await hospital.validate(Purpose.SETTLEMENT)
