"""Enrolment with proof of the key."""

import asyncio
from base64 import b64encode
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlmodel import select

import codes
from tests.fixtures.devices import RESIDENT
from wallet.clock import seconds
from wallet.devices import pruning, repository
from wallet.devices.enrolment import COOL_DOWN, MOST_DEVICES
from wallet.devices.errors import ChallengeInvalidError, DeviceFrozenError, SignatureInvalidError
from wallet.devices.models import DeviceRow
from wallet.devices.words import SERVER, DeviceKind, Unusable
from wallet.errors import StateConflictError, ValidationFailedError


class TestEnrol:
    async def test_numbers_count_up(self, world):
        """
        Devices are numbered from 1; 0 is the server's own.
        """
        numbers = [(await world.phone().enrol()).device_no for _ in range(3)]

        assert [1, 2, 3] == numbers

    async def test_at_once_numbers_differ(self, world):
        """
        Devices that enrol at the same moment get different numbers.
        """
        phones = await asyncio.gather(*(world.phone().enrol() for _ in range(6)))

        assert {1, 2, 3, 4, 5, 6} == {phone.device_no for phone in phones}

    async def test_while_a_code_is_made(self, world):
        """
        Who makes a code forgets what is over as who enrols does, and neither ends the other.
        """
        await world.scan((await world.ready_phone()).show())
        world.clock.advance(86_401)
        phone = world.phone()
        async with world.database.transaction() as session:
            await repository.locked(session, (RESIDENT, SERVER))
            enrolling = asyncio.create_task(phone.enrol())
            await asyncio.wait([enrolling], timeout=0.5)
            await pruning.forget(session, RESIDENT, world.clock.now())

        assert 2 == (await enrolling).device_no

    async def test_the_same_key_again(self, world):
        """
        A key whose answer was lost finds the device that it has become, until that is revoked.
        """
        phone = world.phone()
        numbers = [(await phone.enrol()).device_no for _ in range(2)]
        await world.services.keeping.revoke(RESIDENT, 1)
        numbers.append((await phone.enrol()).device_no)

        assert [1, 1, 2] == numbers
        assert [1, 2] == sorted(entry.subject_id for entry in await world.told("enrolled"))

    async def test_numbers_are_never_given_again(self, world):
        """
        After a revocation the next device has a new number.
        """
        phone = await world.phone().enrol()
        await world.services.keeping.revoke(RESIDENT, phone.device_no)

        assert 2 == (await world.phone().enrol()).device_no

    async def test_journal(self, world):
        """
        The resident reads of each enrolment.
        """
        await world.phone().enrol()

        assert [1] == [entry.subject_id for entry in await world.told("enrolled")]

    async def test_name_is_encrypted(self, world):
        """
        The name comes back to the resident and does not lie open in the table.
        """
        await world.phone().enrol(name="张三的手机", kind=DeviceKind.WEB)
        async with world.database.reading() as session:
            row = (
                (await session.execute(select(DeviceRow).where(DeviceRow.device_no == 1)))
                .scalars()
                .one()
            )
        _server, device = await world.services.keeping.of_resident(RESIDENT)

        assert ("张三的手机", "web") == (device.name, device.kind)
        assert "张三".encode() not in row.name

    @pytest.mark.parametrize(
        "change", [{"name": "另一个"}, {"kind": DeviceKind.WEB}, {"signature": b""}]
    )
    async def test_what_was_not_signed(self, world, change):
        """
        Whatever differs from what the key signed is refused.
        """
        enrolment = replace(world.phone().enrolment(), **change)

        with pytest.raises(SignatureInvalidError):
            await world.services.enrolment.enrol(RESIDENT, enrolment)

    async def test_another_key(self, world):
        """
        Nobody enrols a key that they do not hold.
        """
        enrolment = replace(world.phone().enrolment(), public_key=world.phone().public_key)

        with pytest.raises(SignatureInvalidError):
            await world.services.enrolment.enrol(RESIDENT, enrolment)

    async def test_no_key(self, world):
        """
        What is no public key is refused by its field's name.
        """
        enrolment = replace(world.phone().enrolment(), public_key=b64encode(bytes(91)).decode())

        with pytest.raises(ValidationFailedError) as caught:
            await world.services.enrolment.enrol(RESIDENT, enrolment)

        assert "Look at: public_key" == caught.value.detail

    async def test_frozen(self, world):
        """
        Nothing is enrolled while the resident's devices are frozen, not even the first one.
        """
        await world.services.keeping.freeze(RESIDENT)

        with pytest.raises(DeviceFrozenError):
            await world.phone().enrol()

    async def test_too_many(self, world):
        """
        There is a limit, and revoking makes room.
        """
        for _ in range(MOST_DEVICES):
            await world.phone().enrol()
        with pytest.raises(StateConflictError):
            await world.phone().enrol()
        await world.services.keeping.revoke(RESIDENT, 5)

        assert MOST_DEVICES + 1 == (await world.phone().enrol()).device_no


class TestChallenge:
    @pytest.mark.parametrize("year", [2026, 2038, 2106])
    async def test_once(self, world, year):
        """
        A challenge is answered once, also beyond the 31 bits that the seconds have until 2038.
        """
        world.clock.set(world.clock.now().replace(year=year, month=1, day=20))
        challenge = world.phone().challenge()
        await world.phone().enrol(challenge=challenge)

        with pytest.raises(ChallengeInvalidError):
            await world.phone().enrol(challenge=challenge)

    async def test_not_burnt_by_a_wrong_answer(self, world):
        """
        Who cannot sign does not use a challenge up.
        """
        phone = world.phone()
        enrolment = phone.enrolment()
        wrong = replace(enrolment, signature=bytes(64))
        with pytest.raises(SignatureInvalidError):
            await world.services.enrolment.enrol(RESIDENT, wrong)

        assert 1 == (await world.services.enrolment.enrol(RESIDENT, enrolment)).device_no

    @pytest.mark.parametrize(("age", "good"), [(299, True), (300, False), (86_400, False)])
    async def test_five_minutes(self, world, age, good):
        """
        A challenge lives for five minutes.
        """
        phone = world.phone()
        enrolment = phone.enrolment()
        world.clock.advance(age)
        try:
            await world.services.enrolment.enrol(RESIDENT, enrolment)
        except ChallengeInvalidError:
            accepted = False
        else:
            accepted = True

        assert good is accepted

    async def test_of_another_resident(self, world):
        """
        A challenge is good for its own resident only.
        """
        challenge = world.phone(RESIDENT + 1).challenge()

        with pytest.raises(ChallengeInvalidError):
            await world.phone().enrol(challenge=challenge)

    async def test_two_differ(self, world):
        """
        Two challenges of one moment differ.
        """
        assert world.phone().challenge() != world.phone().challenge()


class TestApproving:
    async def approves(self, world, phone, message=b"settlement"):
        async with world.database.reading() as session:
            return await world.devices.verify_approval(
                session, RESIDENT, phone.device_no, message, phone.approve(message)
            )

    async def test_first_device_at_once(self, world):
        """
        The resident's first device may approve at once.
        """
        assert await self.approves(world, await world.phone().enrol())

    async def test_a_later_one_after_a_day(self, world):
        """
        A stolen session can enrol a device but not pay with it for a day.
        """
        await world.phone().enrol()
        later = await world.phone().enrol()
        at_once = await self.approves(world, later)
        world.clock.advance(COOL_DOWN.total_seconds() - 1)
        nearly = await self.approves(world, later)
        world.clock.advance(1)

        assert (False, False, True) == (at_once, nearly, await self.approves(world, later))

    async def test_revoking_the_first_does_not_help(self, world):
        """
        Who revokes every device is not the first one again.
        """
        await world.phone().enrol()
        await world.services.keeping.revoke(RESIDENT, 1)

        assert not await self.approves(world, await world.phone().enrol())

    async def test_vouched_for(self, world):
        """
        A device that another one vouches for may approve at once.
        """
        first = await world.phone().enrol()

        assert await self.approves(world, await world.phone().enrol(voucher=first))

    async def test_vouched_for_by_one_that_may_not(self, world):
        """
        A device in its first day vouches for nobody.
        """
        await world.phone().enrol()
        second = await world.phone().enrol()

        with pytest.raises(SignatureInvalidError):
            await world.phone().enrol(voucher=second)

    @pytest.mark.parametrize("state", ["frozen", "revoked"])
    async def test_only_active(self, world, state):
        """
        A frozen or revoked device approves nothing.
        """
        phone = await world.phone().enrol()
        if state == "frozen":
            await world.services.keeping.freeze(RESIDENT)
        else:
            await world.services.keeping.revoke(RESIDENT, 1)

        assert not await self.approves(world, phone)

    async def test_other_messages_and_devices(self, world):
        """
        Another message, another device, the server's own and an unsigned domain approve nothing.
        """
        phone = await world.phone().enrol()
        tries = [
            (1, b"other", phone.approve(b"settlement")),
            (1, b"settlement", phone.sign(b"settlement")),
            (1, b"settlement", b""),
            (2, b"settlement", phone.approve(b"settlement")),
            (0, b"settlement", phone.approve(b"settlement")),
        ]
        async with world.database.reading() as session:
            outcomes = [await world.devices.verify_approval(session, RESIDENT, *t) for t in tries]

        assert [False] * 5 == outcomes


class TestPublicKey:
    async def test_none_for_the_server(self, world):
        """
        A device that is not there and the server's own have no key.
        """
        now, ring = seconds(world.clock.now()), world.vault.code_ring
        shown = codes.parse((await world.services.showing.show(RESIDENT)).text)
        opened = codes.open_code(shown, ring, now)
        nobody = replace(opened, holder=replace(opened.holder, device_no=7))
        async with world.database.reading() as session:
            keys = [await world.devices.public_key(session, each) for each in (opened, nobody)]

        assert [Unusable.UNKNOWN] * 2 == keys


class TestEnrolmentRepr:
    async def test_redacted(self, world):
        """
        The repr shows neither name nor key.
        """
        assert "Enrolment(<DeviceKind.APP: 'app'>, …)" == repr(world.phone().enrolment())


class TestCoolDown:
    def test_a_day(self):
        """
        It is a day.
        """
        assert timedelta(hours=24) == COOL_DOWN
