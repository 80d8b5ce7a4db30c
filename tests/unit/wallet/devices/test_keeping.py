"""What a resident does with their devices."""

import msgspec
import pytest

from tests.fixtures.devices import ELSEWHERE, RESIDENT
from wallet.devices.errors import ChallengeInvalidError, SignatureInvalidError
from wallet.errors import NotFoundError


class TestOfResident:
    async def test_living_ones(self, world):
        """
        The list holds the server's own and the devices that are not revoked, of one resident.
        """
        await world.phone().enrol()
        await world.phone().enrol()
        await world.phone(RESIDENT + 1).enrol()
        await world.services.keeping.revoke(RESIDENT, 1)
        devices = await world.services.keeping.of_resident(RESIDENT)

        assert [(0, "server", ""), (2, "app", "我的手机")] == [
            (device.device_no, device.kind, device.name) for device in devices
        ]

    async def test_last_seen(self, world):
        """
        A consumed code tells when the device was seen last.
        """
        phone = await world.ready_phone()
        world.clock.advance(90)
        await world.scan(phone.show())
        device = (await world.services.keeping.of_resident(RESIDENT))[1]

        assert world.clock.now() == device.last_seen_at

    async def test_nobody_yet(self, world):
        """
        A resident who never showed a code has no devices.
        """
        assert [] == await world.services.keeping.of_resident(RESIDENT)

    async def test_repr_is_redacted(self, world):
        """
        The repr shows no name.
        """
        await world.phone().enrol()
        device = (await world.services.keeping.of_resident(RESIDENT))[1]

        assert "Device(1, 'app', 'active')" == repr(device)


class TestRevoke:
    @pytest.mark.parametrize("device_no", [0, 1, 9])
    async def test_what_cannot_be_revoked(self, world, device_no):
        """
        The server's own device, one that was revoked and one that is not there are not found.
        """
        await world.phone().enrol()
        await world.services.keeping.revoke(RESIDENT, 1)

        with pytest.raises(NotFoundError):
            await world.services.keeping.revoke(RESIDENT, device_no)

    async def test_somebody_elses(self, world):
        """
        Nobody revokes a device of another resident.
        """
        await world.phone(RESIDENT + 1).enrol()

        with pytest.raises(NotFoundError):
            await world.services.keeping.revoke(RESIDENT, 1)

    async def test_journal(self, world):
        """
        The resident reads of it once.
        """
        await world.phone().enrol()
        await world.services.keeping.revoke(RESIDENT, 1)

        assert [1] == [entry.subject_id for entry in await world.told("revoked")]

    async def test_stays_revoked(self, world):
        """
        Freezing and unfreezing brings no revoked device back.
        """
        await world.phone().enrol()
        await world.services.keeping.revoke(RESIDENT, 1)
        await world.services.keeping.freeze(RESIDENT)
        await world.services.keeping.unfreeze(RESIDENT)

        assert [0] == [d.device_no for d in await world.services.keeping.of_resident(RESIDENT)]


class TestFreeze:
    async def test_told_once(self, world):
        """
        Freezing twice is one event, and so is unfreezing.
        """
        keeping = world.services.keeping
        for turn in (keeping.freeze, keeping.freeze, keeping.unfreeze, keeping.unfreeze):
            await turn(RESIDENT)

        assert (1, 1) == (len(await world.told("frozen")), len(await world.told("unfrozen")))

    async def test_all_of_them(self, world):
        """
        Every device of the resident is frozen, and nobody else's.
        """
        await world.phone().enrol()
        await world.phone(RESIDENT + 1).enrol()
        await world.services.keeping.freeze(RESIDENT)
        statuses = [
            [device.status for device in await world.services.keeping.of_resident(resident_id)]
            for resident_id in (RESIDENT, RESIDENT + 1)
        ]

        assert [["frozen", "frozen"], ["active", "active"]] == statuses


class TestClearAlarm:
    async def raised(self, world, phone):
        await world.scan(phone.show())
        await world.scan(phone.show(), ELSEWHERE)

    async def test_by_itself(self, world):
        """
        The holder of the device's key clears its alarm, and reads of it.
        """
        phone = await world.ready_phone()
        await self.raised(world, phone)
        await world.services.keeping.clear_alarm(RESIDENT, phone.clearing())

        assert not await world.alarmed(1)
        assert [1] == [entry.subject_id for entry in await world.told("alarm_cleared")]

    async def test_of_the_servers_own(self, world):
        """
        Another device clears the alarm of the server's own, which has no key.
        """
        phone = await world.phone().enrol()
        text = (await world.services.showing.show(RESIDENT)).text
        await world.scan(text)
        await world.scan(text, ELSEWHERE)
        alarmed = await world.alarmed(0)
        await world.services.keeping.clear_alarm(RESIDENT, phone.clearing(0))

        assert (True, False) == (alarmed, await world.alarmed(0))

    async def test_none_on(self, world):
        """
        Clearing what is not on is no event.
        """
        phone = await world.ready_phone()
        await world.services.keeping.clear_alarm(RESIDENT, phone.clearing())

        assert [] == await world.told("alarm_cleared")

    async def test_not_for_another_device(self, world):
        """
        What was signed for one device clears no other.
        """
        phone = await world.ready_phone()
        clearing = msgspec.structs.replace(phone.clearing(), device_no=0)

        with pytest.raises(SignatureInvalidError):
            await world.services.keeping.clear_alarm(RESIDENT, clearing)

    async def test_not_by_a_new_device(self, world):
        """
        A device in its first day clears nothing: a stolen session is not enough.
        """
        phone = await world.ready_phone()
        await self.raised(world, phone)
        new = await world.phone().enrol()

        with pytest.raises(SignatureInvalidError):
            await world.services.keeping.clear_alarm(RESIDENT, new.clearing(1))

    async def test_not_twice(self, world):
        """
        What was signed once clears no later alarm.
        """
        phone = await world.ready_phone()
        clearing = phone.clearing()
        await world.services.keeping.clear_alarm(RESIDENT, clearing)

        with pytest.raises(ChallengeInvalidError):
            await world.services.keeping.clear_alarm(RESIDENT, clearing)

    async def test_unknown_device(self, world):
        """
        A device that is not there is not found.
        """
        phone = await world.ready_phone()

        with pytest.raises(NotFoundError):
            await world.services.keeping.clear_alarm(RESIDENT, phone.clearing(9))
