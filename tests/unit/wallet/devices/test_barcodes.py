"""Numeric codes and the budgets that guard them."""

import asyncio
from collections import Counter
from hashlib import sha256

import pytest
from sqlmodel import select

from codes import make_numeric
from codes.numeric import RANDOMNESS_LENGTH
from tests.fixtures.devices import DESK, ELSEWHERE, NEXT_DESK, RESIDENT
from wallet.devices import budgets, models
from wallet.devices.barcodes import Redeemed, digest_of
from wallet.devices.errors import DeviceFrozenError
from wallet.devices.words import Unusable
from wallet.errors import RateLimitedError
from wallet.http.callers import TerminalCaller

OURS = Redeemed(resident_id=RESIDENT, device_no=0)


async def made(world):
    return digest_of((await world.services.barcodes.make(RESIDENT)).code)


def unknown(number):
    return sha256(number.to_bytes(8)).digest()


def desk(terminal_id, party_id=1):
    return TerminalCaller(party_id=party_id, terminal_id=terminal_id, scopes=frozenset())


class TestMake:
    async def test_limited(self, world):
        """
        A resident gets six in a minute, and others the next.
        """
        for _ in range(6):
            await made(world)
        with pytest.raises(RateLimitedError):
            await made(world)
        world.clock.advance(60)

        assert 32 == len(await made(world))

    async def test_one_that_is_there_already(self, world, monkeypatch):
        """
        Digits that lie there for somebody else already are given to nobody a second time.
        """
        once = [bytes(RANDOMNESS_LENGTH)] * 2
        secret = world.ids.secret
        monkeypatch.setattr(
            world.ids,
            "secret",
            lambda size: once.pop() if size == RANDOMNESS_LENGTH and once else secret(size),
        )
        others = await world.services.barcodes.make(RESIDENT + 1)
        ours = await world.services.barcodes.make(RESIDENT)

        assert others.code != ours.code
        assert OURS == await world.redeem(digest_of(ours.code))

    async def test_frozen(self, world):
        """
        Nothing is made while the devices are frozen.
        """
        await world.services.keeping.freeze(RESIDENT)

        with pytest.raises(DeviceFrozenError):
            await made(world)


class TestRedeem:
    @pytest.mark.parametrize(("age", "expected"), [(59, OURS), (60, Unusable.EXPIRED)])
    async def test_sixty_seconds(self, world, age, expected):
        """
        A numeric code is good for sixty seconds.
        """
        digest = await made(world)
        world.clock.advance(age)

        assert expected == await world.redeem(digest)

    @pytest.mark.parametrize(
        ("caller", "later", "expected"),
        [
            (DESK, 10, Unusable.USED),
            (DESK, 11, Unusable.REPEATED),
            (NEXT_DESK, 0, Unusable.REPEATED),
            (ELSEWHERE, 59, Unusable.REPEATED),
            (ELSEWHERE, 60, Unusable.EXPIRED),
        ],
    )
    async def test_once(self, world, caller, later, expected):
        """
        It is good once; elsewhere or later within its time it is an alarm.
        """
        digest = await made(world)
        await world.redeem(digest)
        world.clock.advance(later)
        again = await world.redeem(digest, caller)

        assert (expected, expected is Unusable.REPEATED) == (again, await world.alarmed(0))

    async def test_exactly_one_of_many(self, world):
        """
        Of many desks that scan one numeric code at once, one gets it.
        """
        digest = await made(world)
        desks = [desk(number) for number in range(1, 9)]
        outcomes = await asyncio.gather(*(world.redeem(digest, caller) for caller in desks))

        assert {Redeemed: 1, Unusable: 7} == Counter(type(outcome) for outcome in outcomes)

    async def test_frozen_meanwhile(self, world):
        """
        A code made before the freeze is refused.
        """
        digest = await made(world)
        await world.services.keeping.freeze(RESIDENT)

        assert Unusable.FROZEN == await world.redeem(digest)

    async def test_unknown(self, world):
        """
        A code that nobody made is unknown.
        """
        digest = digest_of(make_numeric(bytes(16)))

        assert Unusable.UNKNOWN == await world.redeem(digest)


class TestBudgets:
    async def guess(self, world, count, caller=DESK, start=0):
        return Counter([await world.redeem(unknown(start + n), caller) for n in range(count)])

    async def test_five_a_minute(self, world):
        """
        The sixth wrong code of a minute is not looked up.
        """
        assert {Unusable.UNKNOWN: 5, Unusable.OVER_BUDGET: 2} == await self.guess(world, 7)

    async def test_over_budget_looks_nothing_up(self, world):
        """
        Over budget a right code is refused and stays usable at another terminal.
        """
        await self.guess(world, 5)
        digest = await made(world)

        assert (Unusable.OVER_BUDGET, OURS) == (
            await world.redeem(digest),
            await world.redeem(digest, NEXT_DESK),
        )

    async def test_twenty_an_hour_and_fifty_a_day(self, world):
        """
        Patience is limited by the hour and by the day.
        """
        world.clock.set(world.clock.now().replace(hour=0, minute=0, second=0))
        looked_up = []
        for _hour in range(3):
            counted = Counter()
            for minute in range(6):
                counted += await self.guess(world, 5, start=minute * 5)
                world.clock.advance(60)
            looked_up.append(counted[Unusable.UNKNOWN])
            world.clock.advance(3600 - 360)

        assert [20, 20, 10] == looked_up

    async def test_right_codes_cost_nothing(self, world):
        """
        A desk that scans right codes all day, and stale ones, is never over budget.
        """
        outcomes = Counter()
        for _ in range(60):
            digest = await made(world)
            outcomes[type(await world.redeem(digest))] += 1
            world.clock.advance(61)
            outcomes[await world.redeem(digest)] += 1

        assert {Redeemed: 60, Unusable.EXPIRED: 60} == outcomes

    @pytest.mark.parametrize(("place", "spared"), [(0, Unusable.UNKNOWN), (1, None)])
    async def test_together(self, world, place, spared):
        """
        A party has 500 wrong codes a day, everybody together 9000; then the numeric path closes.
        """
        together = budgets.guesses_together(DESK)
        limit = together.limits[place]
        row = budgets._row(together, limit, world.clock.now()) | {"spent": limit.most - 1}
        async with world.database.transaction() as session:
            session.add(budgets.GuessBudgetRow(**row))
        outcomes = [await world.redeem(unknown(1)), await world.redeem(unknown(2), NEXT_DESK)]
        elsewhere = await world.redeem(unknown(3), ELSEWHERE)

        assert [500, 9000] == [one.most for one in together.limits]
        assert [Unusable.UNKNOWN, Unusable.OVER_BUDGET] == outcomes
        assert (spared or Unusable.OVER_BUDGET) == elsewhere

    async def test_one_terminal_uses_up_nothing_that_belongs_to_all(self, world):
        """
        What a terminal sends beyond its own budget counts against nobody else.
        """
        await self.guess(world, 30)
        async with world.database.reading() as session:
            rows = (await session.execute(select(budgets.GuessBudgetRow))).scalars().all()

        assert {5} == {row.spent for row in rows}

    async def test_counted_before_the_look_up_at_once(self, world):
        """
        Of forty wrong codes that one terminal sends at once, five are looked up.
        """
        gate = asyncio.Semaphore(8)

        async def one(number):
            async with gate:
                return await world.redeem(unknown(number))

        outcomes = Counter(await asyncio.gather(*(one(number) for number in range(40))))

        assert {Unusable.UNKNOWN: 5, Unusable.OVER_BUDGET: 35} == outcomes


class TestCountFailure:
    async def fail(self, world, terminal_id=11, device_no=1):
        async with world.database.transaction() as session:
            return await world.devices.count_failure(
                session,
                party_id=1,
                terminal_id=terminal_id,
                resident_id=RESIDENT,
                device_no=device_no,
            )

    async def test_of_a_terminal(self, world):
        """
        The eleventh wrong password of a minute from one terminal is over its budget.
        """
        over = [await self.fail(world, device_no=number) for number in range(11)]

        assert [False] * 10 + [True] == over

    async def test_of_a_device(self, world):
        """
        The twenty-first wrong password of an hour for one device is over its budget.
        """
        over = [await self.fail(world, terminal_id=number) for number in range(21)]

        assert [False] * 20 + [True] == over

    async def test_locks_nobody_out(self, world):
        """
        The device's right codes go on being consumed.
        """
        phone = await world.ready_phone()
        for _ in range(30):
            await self.fail(world)

        assert not isinstance(await world.scan(phone.show()), Unusable)


class TestPrune:
    async def rows(self, world):
        async with world.database.reading() as session:
            found = {}
            for model in (
                models.BarcodeRow,
                models.GuessBudgetRow,
                models.ResidentBudgetRow,
                models.SpentChallengeRow,
                models.UsedCounterRow,
            ):
                rows = (await session.execute(select(model))).scalars().all()
                found[model.__tablename__] = len(rows)
        return found

    async def test_forgets_what_is_over(self, world):
        """
        Two days later nothing is left but the devices.
        """
        phone = await world.ready_phone()
        await world.scan(phone.show())
        await made(world)
        await world.redeem(unknown(1))
        await TestCountFailure().fail(world)
        before = await self.rows(world)
        world.move_to_step()
        world.clock.advance(2 * 86_400)
        await world.services.showing.show(RESIDENT)
        async with world.database.transaction() as session:
            gone = await world.devices.prune(session)
        after = await self.rows(world)

        assert 0 not in before.values()
        assert ({0}, before["barcodes"] + before["guess_budgets"]) == (set(after.values()), gone)

    async def test_what_was_used_stays_used(self, world):
        """
        A code whose counter is forgotten stays unusable.
        """
        phone = await world.ready_phone()
        text = phone.show()
        accepted = await world.verified(text)
        await world.scan(text)
        world.clock.advance(2 * 86_400)
        await phone.top_up()

        assert Unusable.OLDER == await world.consume(accepted)

    async def test_leaves_what_may_matter(self, world):
        """
        What is fresh stays.
        """
        digest = await made(world)
        async with world.database.transaction() as session:
            await world.devices.prune(session)

        assert OURS == await world.redeem(digest)
