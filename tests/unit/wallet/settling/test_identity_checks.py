"""An identity check at the desk that stands in for an approval."""

import pytest

from tests.fixtures.desks import PARTY, RESIDENT


async def told(desk):
    page = await desk.journal.of_resident(RESIDENT)
    return [each.entry for each in page.entries if each.entry.kind == "identity_checked"]


class TestJournal:
    async def test_answers_an_alarm(self, desk):
        """
        Where it answers an alarm the resident reads of it.
        """
        desk.devices.on_alarm = True
        await desk.confirm(await desk.settled(), identity_checked=True)
        (entry,) = await told(desk)

        assert PARTY == entry.party_id

    @pytest.mark.parametrize(("alarmed", "checked"), [(False, True), (True, False)])
    async def test_nothing_to_answer(self, desk, alarmed, checked):
        """
        Without an alarm, or without a check, there is nothing to tell.
        """
        desk.devices.on_alarm = alarmed
        await desk.confirm(await desk.open(), identity_checked=checked)

        assert [] == await told(desk)
