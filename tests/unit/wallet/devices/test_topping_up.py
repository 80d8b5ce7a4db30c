"""Topping up."""

import msgspec
import pytest

from tests.fixtures.devices import RESIDENT, World
from tests.fixtures.vaults import make_vault
from wallet.devices import repository
from wallet.devices.errors import ChallengeInvalidError, DeviceFrozenError, SignatureInvalidError
from wallet.devices.service import Consumed
from wallet.devices.topping_up import ProfileName, drift_of
from wallet.errors import NotFoundError, StateConflictError
from wallet.vault.keyfile import SuiteName

DAY = 86_400


class TestTopUp:
    @pytest.mark.parametrize("later", [0, 599, DAY, 3 * DAY - 601])
    async def test_three_days(self, world, later):
        """
        A phone without network shows codes that are consumed for three days.
        """
        world.clock.set(world.clock.now().replace(minute=30, second=0))
        phone = await world.ready_phone()
        world.clock.advance(later)

        assert isinstance(await world.scan(phone.show()), Consumed)

    async def test_no_seed_for_signed_codes(self, world):
        """
        A device that signs its codes gets passes and no seed.
        """
        phone = await world.phone().enrol()
        topped_up = await phone.top_up(ProfileName.SIGNED)

        assert (432, {}) == (len(topped_up.top_up.passes), topped_up.top_up.seeds)

    async def test_replayed(self, world):
        """
        A request that was overheard is good for nothing.
        """
        phone = await world.phone().enrol()
        asked = phone.asked()
        await world.services.topping_up.top_up(RESIDENT, asked)

        with pytest.raises(ChallengeInvalidError):
            await world.services.topping_up.top_up(RESIDENT, asked)

    @pytest.mark.parametrize(
        "change",
        [{"clock_seconds": 1}, {"profile": ProfileName.SIGNED}, {"signature": bytes(64)}],
    )
    async def test_what_was_not_signed(self, world, change):
        """
        Clock and profile are covered by the signature.
        """
        phone = await world.phone().enrol()
        asked = msgspec.structs.replace(phone.asked(), **change)

        with pytest.raises(SignatureInvalidError):
            await world.services.topping_up.top_up(RESIDENT, asked)

    async def test_by_another_device(self, world):
        """
        A device gets no passes of another one.
        """
        await world.phone().enrol()
        second = await world.phone().enrol()
        second.device_no = 1

        with pytest.raises(SignatureInvalidError):
            await second.top_up()

    @pytest.mark.parametrize("device_no", [0, 1, 9])
    async def test_not_found(self, world, device_no):
        """
        The server's own device, a revoked one and one that is not there get nothing.
        """
        phone = await world.phone().enrol()
        await world.services.keeping.revoke(RESIDENT, 1)
        phone.device_no = device_no

        with pytest.raises(NotFoundError):
            await phone.top_up()

    async def test_frozen(self, world):
        """
        A frozen device gets nothing, and its challenge is not used up.
        """
        phone = await world.phone().enrol()
        await world.services.keeping.freeze(RESIDENT)
        asked = phone.asked()
        with pytest.raises(DeviceFrozenError):
            await world.services.topping_up.top_up(RESIDENT, asked)
        await world.services.keeping.unfreeze(RESIDENT)

        assert 0 == (await world.services.topping_up.top_up(RESIDENT, asked)).drift


class TestDrift:
    @pytest.mark.parametrize(
        ("ahead", "drift", "warning"),
        [(1, 0, False), (30, 1, False), (31, 1, True), (-30, -1, False), (-31, -1, True)],
    )
    async def test_recorded_and_warned(self, world, ahead, drift, warning):
        """
        The drift is recorded, and a clock that is off by more than a step is told so.
        """
        phone = await world.phone(ahead_seconds=ahead).enrol()
        topped_up = await phone.top_up()
        async with world.database.reading() as session:
            device = await repository.device(session, (RESIDENT, 1))

        assert (drift, drift, ahead, warning) == (
            device.drift,
            topped_up.drift,
            topped_up.clock_offset_seconds,
            topped_up.clock_warning,
        )

    async def test_set_right_again(self, world):
        """
        A clock that was set right is recorded as right at the next top-up.
        """
        phone = await world.ready_phone(ahead_seconds=30)
        phone.ahead_seconds = 0
        await phone.top_up()
        async with world.database.reading() as session:
            device = await repository.device(session, (RESIDENT, 1))

        assert 0 == device.drift

    def test_edges(self):
        """
        A clock within a second is right; there is no drift beyond one step.
        """
        offsets = (-9999, -2, -1, 0, 1, 2, 9999)

        assert [-1, -1, 0, 0, 0, 1, 1] == [drift_of(offset) for offset in offsets]


class TestSuites:
    @pytest.fixture
    async def national(self, database, clock, ids):
        vault = make_vault(clock, ids, SuiteName.NATIONAL)
        return await World(database, clock, ids, vault).found()

    async def test_one_time_passwords_of_any_suite(self, national):
        """
        A key on P-256 gets passes of the national suite for one-time passwords.
        """
        phone = await national.ready_phone()

        assert isinstance(await national.scan(phone.show()), Consumed)

    async def test_signed_codes_need_a_key_of_the_suite(self, national):
        """
        It gets none for signed codes, which nobody could verify.
        """
        phone = await national.phone().enrol()

        with pytest.raises(StateConflictError):
            await phone.top_up(ProfileName.SIGNED)
