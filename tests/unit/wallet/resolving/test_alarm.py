"""One code at two places."""

import pytest

from wallet.resolving.errors import CodeUsedError

INSIDE = ["health_card", "payment"]


async def used(region, desk, code):
    """
    Post a used code and return the members of the refusal.
    """
    with pytest.raises(CodeUsedError) as caught:
        await region.resolve(desk, code)
    return caught.value.members


async def alarms(region, resident_id):
    """
    Return the places that the resident's alarms name.
    """
    entries = await region.journal(resident_id)
    return [(e.party_id, e.terminal_id) for e in entries if e.kind.startswith("alarm")]


@pytest.fixture
async def elsewhere(region):
    """
    A terminal of another party.
    """
    return await region.hospital(name="城南药店", kind="pharmacy")


class TestAlarm:
    async def test_a_stutter_is_none(self, region, desk, phone, resident_id):
        """
        The same terminal repeating a code within ten seconds is just CODE_USED.
        """
        code = phone.show()
        await region.resolve(desk, code)
        region.clock.advance(10)

        assert {} == await used(region, desk, code)
        assert [] == await alarms(region, resident_id)

    async def test_the_same_terminal_later(self, region, desk, phone, resident_id):
        """
        The same terminal repeating it later is told to check the holder.
        """
        code = phone.show()
        await region.resolve(desk, code)
        region.clock.advance(11)

        assert {"check_holder": True} == await used(region, desk, code)
        assert [(desk.party_id, desk.terminal_id)] * 2 == await alarms(region, resident_id)

    async def test_another_place(self, region, desk, elsewhere, phone, resident_id):
        """
        Each place is journalled for the resident, and the refusal says nothing of the other.
        """
        code = phone.show()
        await region.resolve(desk, code)

        assert {"check_holder": True} == await used(region, elsewhere, code)
        assert [
            (desk.party_id, desk.terminal_id),
            (elsewhere.party_id, elsewhere.terminal_id),
        ] == await alarms(region, resident_id)

    async def test_an_older_code_after_a_newer_one(
        self, region, desk, elsewhere, phone, resident_id
    ):
        """
        An older valid code that shows up after a newer one raises the alarm too.
        """
        older = phone.show()
        await region.resolve(desk, phone.show(1))

        assert {"check_holder": True} == await used(region, elsewhere, older)
        assert 2 == len(await alarms(region, resident_id))

    async def test_the_next_code_asks_to_check_the_holder(self, region, desk, elsewhere, phone):
        """
        Codes go on being accepted; each desk is asked to check the holder.
        """
        code = phone.show()
        first = await region.resolve(desk, code)
        await used(region, elsewhere, code)
        after = await region.resolve(desk, phone.show(1))

        assert (False, True) == (first.check_holder, after.check_holder)

    async def test_of_another_device_is_nobody_elses(self, region, desk, elsewhere, phone):
        """
        The alarm is the device's: another device of the resident is not suspected.
        """
        code = phone.show()
        await region.resolve(desk, code)
        await used(region, elsewhere, code)
        other = await region.phone(phone.resident_id)

        assert not (await region.resolve(desk, other.show())).check_holder

    async def test_while_the_first_is_being_answered(self, region, desk, elsewhere, phone):
        """
        An alarm raised while the contexts are asked reaches the first desk's answer.
        """
        code, insurer = phone.show(), region.fake("insurance")

        async def photographed(request):
            del request
            await used(region, elsewhere, code)
            return answer

        answer, insurer.verdict = insurer.verdict, photographed

        assert (await region.resolve(desk, code)).check_holder

    async def test_on_a_replay(self, region, desk, elsewhere, phone):
        """
        An answer that is fetched again carries the alarm raised since.
        """
        code = phone.show()
        attempt = region.attempt(desk, code)
        await region.resolving.resolve(attempt)
        await used(region, elsewhere, code)

        assert (await region.resolving.resolve(attempt)).resolved.check_holder

    async def test_survives_the_refusal(self, region, desk, elsewhere, phone):
        """
        The refused post commits the alarm it raises.
        """
        code = phone.show()
        await region.resolve(desk, code, contexts=INSIDE)
        await used(region, elsewhere, code)
        async with region.database.reading() as session:
            alarmed = await region.people.devices.devices.alarmed(
                session, phone.resident_id, phone.device_no
            )

        assert alarmed
