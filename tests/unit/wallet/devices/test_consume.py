"""One use: the consumption of codes, on both databases."""

import asyncio
from collections import Counter

import msgspec
import pytest

from tests.fixtures.devices import DESK, ELSEWHERE, NEXT_DESK, RESIDENT
from wallet.db.engine import create_engine
from wallet.db.session import Database
from wallet.devices import repository
from wallet.devices.service import Consumed, Unusable
from wallet.devices.topping_up import ProfileName


class TestConsume:
    @pytest.mark.parametrize("profile", list(ProfileName))
    async def test_a_fresh_code_is_used_up(self, world, profile):
        """
        A code of either profile is consumed.
        """
        phone = await world.phone().enrol()
        await phone.top_up(profile)

        assert Consumed(resident_id=RESIDENT, device_no=1) == await world.scan(phone.show())

    async def test_exactly_one_of_many(self, world, url):
        """
        Of sixty-four desks that scan one code at once, each on its own connection, one gets it.
        """
        phone = await world.ready_phone()
        accepted = await world.verified(phone.show())
        world.database = Database(create_engine(url, pool_size=64))
        outcomes = await asyncio.gather(*(world.consume(accepted, DESK) for _ in range(64)))
        await world.database.close()

        assert {Consumed: 1, Unusable: 63} == Counter(type(outcome) for outcome in outcomes)

    async def test_of_many_codes_at_once_the_mark_only_rises(self, world):
        """
        Codes of one device that arrive at once leave the highest counter as the mark.
        """
        phone = await world.ready_phone()
        accepted = [await world.verified(phone.show(sub)) for sub in range(8)]
        outcomes = await asyncio.gather(*(world.consume(code) for code in accepted))
        used = [c.counter for c, o in zip(accepted, outcomes, strict=True) if o != Unusable.OLDER]
        async with world.database.reading() as session:
            device = await repository.device(session, (RESIDENT, 1))

        assert max(code.counter for code in accepted) == device.high_water == max(used)

    async def test_unknown_device(self, world):
        """
        A pass of a device that is not there is of no use.
        """
        phone = await world.ready_phone()
        accepted = await world.verified(phone.show())
        stranger = msgspec.structs.replace(accepted, device_no=9)

        assert Unusable.UNKNOWN == await world.consume(stranger)

    async def test_another_residents_device(self, world):
        """
        The device is looked for at the resident of the pass only.
        """
        phone = await world.ready_phone()
        accepted = await world.verified(phone.show())
        stranger = msgspec.structs.replace(accepted, resident_id=RESIDENT + 1)

        assert Unusable.UNKNOWN == await world.consume(stranger)

    async def test_former_enrolment(self, world):
        """
        A pass of a former enrolment is revoked with it.
        """
        phone = await world.ready_phone()
        accepted = await world.verified(phone.show())
        former = msgspec.structs.replace(accepted, enrolment_nonce=b"\0\0\0\0")

        assert Unusable.REVOKED == await world.consume(former)

    async def test_frozen_then_unfrozen(self, world):
        """
        A frozen device's code is refused and not burnt.
        """
        phone = await world.ready_phone()
        await world.services.keeping.freeze(RESIDENT)
        frozen = await world.scan(phone.show())
        await world.services.keeping.unfreeze(RESIDENT)

        assert Unusable.FROZEN == frozen
        assert isinstance(await world.scan(phone.show()), Consumed)

    async def test_revoked(self, world):
        """
        A revoked device's code is told from an unknown one.
        """
        phone = await world.ready_phone()
        await world.services.keeping.revoke(RESIDENT, 1)

        assert Unusable.REVOKED == await world.scan(phone.show())

    async def test_a_clock_set_back_revives_nothing(self, world):
        """
        After a code of a later step an earlier one stays unusable, whatever the clock says.
        """
        phone = await world.ready_phone()
        early = phone.show()
        world.move_to_step()
        await world.scan(phone.show())
        world.clock.advance(-30)

        assert Unusable.OLDER == await world.scan(early)

    async def test_what_stood_against_it_may_go_away_meanwhile(self, world, monkeypatch):
        """
        A code whose device is unfrozen between two statements is consumed.
        """
        phone = await world.ready_phone()
        accepted = await world.verified(phone.show())
        use_up, calls = repository.use_up, []

        async def first_too_early(*args, **given):
            calls.append(1)
            return False if len(calls) == 1 else await use_up(*args, **given)

        monkeypatch.setattr(repository, "use_up", first_too_early)

        assert isinstance(await world.consume(accepted), Consumed)

    async def test_a_used_counter_outlives_its_mark(self, world):
        """
        A counter that was used stays used even should the mark be lowered by a restore.
        """
        phone = await world.ready_phone()
        await world.scan(phone.show())
        async with world.database.transaction() as session:
            await repository.change(session, (RESIDENT, 1), {"high_water": -1})

        assert Unusable.USED == await world.scan(phone.show())


class TestDrift:
    @pytest.mark.parametrize(
        ("ahead", "outcome"),
        [(0, Consumed), (1, Unusable), (2, Consumed), (30, Consumed), (-30, Consumed)],
    )
    async def test_a_step_ahead_needs_a_recorded_drift(self, world, ahead, outcome):
        """
        A code one step ahead is consumed only of a device whose clock is known to be ahead.
        """
        world.move_to_step(second=29)
        phone = await world.ready_phone(ahead_seconds=ahead)

        assert outcome is type(await world.scan(phone.show()))

    async def test_a_scan_teaches_no_drift(self, world):
        """
        A device that gets ahead after its top-up is refused, however often it is scanned.
        """
        phone = await world.ready_phone()
        phone.ahead_seconds = 30
        outcomes = {await world.scan(phone.show(sub)) for sub in range(8)}

        assert {Unusable.DRIFT} == outcomes

    async def test_not_burnt(self, world):
        """
        A code that is refused for its drift can be used when its step has come.
        """
        world.move_to_step()
        phone = await world.ready_phone()
        phone.ahead_seconds = 30
        text = phone.show()
        early = await world.scan(text)
        world.move_to_step()

        assert Unusable.DRIFT == early
        assert isinstance(await world.scan(text), Consumed)


class TestAlarm:
    @pytest.mark.parametrize(
        ("later", "caller", "expected", "alarmed"),
        [
            (0, DESK, Unusable.USED, False),
            (10, DESK, Unusable.USED, False),
            (11, DESK, Unusable.REPEATED, True),
            (0, NEXT_DESK, Unusable.REPEATED, True),
            (5, ELSEWHERE, Unusable.REPEATED, True),
        ],
    )
    async def test_second_presentation(self, world, later, caller, expected, alarmed):
        """
        Only the same terminal may stutter, for ten seconds; anything else is an alarm.
        """
        world.move_to_step()
        phone = await world.ready_phone()
        text = phone.show()
        await world.scan(text)
        world.clock.advance(later)

        assert expected == await world.scan(text, caller)
        assert alarmed is await world.alarmed(1)

    async def test_older_after_newer(self, world):
        """
        An older valid code after a newer one is an alarm, at the same terminal too.
        """
        phone = await world.ready_phone()
        await world.scan(phone.show(sub=3))

        assert Unusable.OLDER == await world.scan(phone.show(sub=2))
        assert await world.alarmed(1)

    async def test_the_resident_learns_of_both_places(self, world):
        """
        The journal names both parties and when it was there.
        """
        phone = await world.ready_phone()
        text = phone.show()
        await world.scan(text, DESK)
        first_at = world.clock.now()
        world.clock.advance(5)
        await world.scan(text, ELSEWHERE)
        places = [(e.party_name, e.terminal_id, e.at) for e in await world.told("alarmed")]

        assert [
            ("第一人民医院", 11, first_at),
            ("城南药店", 21, world.clock.now()),
        ] == places

    async def test_older_names_the_place_of_the_newer(self, world):
        """
        An older code after a newer one: the journal names where the newer one was used.
        """
        phone = await world.ready_phone()
        await world.scan(phone.show(sub=3), ELSEWHERE)
        await world.scan(phone.show(sub=2), DESK)

        assert [21, 11] == [entry.terminal_id for entry in await world.told("alarmed")]

    async def test_the_place_may_be_forgotten(self, world):
        """
        Where the newer code's place was pruned, the present one is told all the same.
        """
        phone = await world.ready_phone()
        await world.scan(phone.show(sub=3))
        text = phone.show(sub=2)
        accepted = await world.verified(text)
        world.clock.advance(2 * 86_400)
        await phone.top_up()
        await world.consume(accepted, ELSEWHERE)

        assert [21] == [entry.terminal_id for entry in await world.told("alarmed")]

    async def test_never_freezes(self, world):
        """
        After an alarm the device's next code is consumed.
        """
        phone = await world.ready_phone()
        await world.scan(phone.show())
        await world.scan(phone.show(), ELSEWHERE)

        assert isinstance(await world.scan(phone.show(sub=1)), Consumed)

    async def test_rolled_back_with_its_transaction(self, world):
        """
        An alarm holds only if the caller commits.
        """
        phone = await world.ready_phone()
        await world.scan(phone.show())
        accepted = await world.verified(phone.show())

        async def fail():
            async with world.database.transaction() as session:
                await world.devices.consume(session, ELSEWHERE, accepted)
                raise LookupError

        with pytest.raises(LookupError):
            await fail()

        assert not await world.alarmed(1)

    async def test_unknown_device(self, world):
        """
        A device that is not there is not under alarm.
        """
        assert not await world.alarmed(0)
