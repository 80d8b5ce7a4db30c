"""A simulated phone whose codes are presented in any order, at any desk, at any time."""

import asyncio
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.clock import StandingClock
from tests.fakes.ids import CountingIds
from tests.fixtures.devices import DESK, ELSEWHERE, NEXT_DESK, RESIDENT, World
from tests.fixtures.vaults import make_vault
from wallet.clock import seconds
from wallet.db.engine import create_engine
from wallet.db.session import Database
from wallet.devices.service import Consumed, Unusable

DESKS = (DESK, NEXT_DESK, ELSEWHERE)
STUTTER = 10

presentations = st.lists(
    st.tuples(
        st.integers(0, 2),  # how many steps ago the code was drawn, or ahead, plus one
        st.integers(0, 7),  # its sub
        st.sampled_from(range(len(DESKS))),
        st.integers(0, 25),  # seconds that pass before
    ),
    min_size=1,
    max_size=25,
)


class Model:
    """
    One use and the clone alarm, told as plainly as possible.
    """

    def __init__(self, *, ahead_allowed):
        self.ahead_allowed = ahead_allowed
        self.highest = -1
        self.used = {}
        self.alarmed = False

    def present(self, counter, step, desk, now):
        if counter <= self.highest:
            first = self.used.get(counter)
            if first is not None and first[0] == desk and now - first[1] <= STUTTER:
                return Unusable.USED
            self.alarmed = True
            return Unusable.OLDER if first is None else Unusable.REPEATED
        if counter // 8 > step and not self.ahead_allowed:
            return Unusable.DRIFT
        self.highest = counter
        self.used[counter] = desk, now
        return Consumed


class Stage:
    """
    One database in which example after example plays, each with a resident of its own.
    """

    def __init__(self, url):
        self.url = url
        self.residents = count(RESIDENT)

    async def world(self, database):
        clock = StandingClock()
        ids = CountingIds(clock)
        world = World(database, clock, ids, make_vault(clock, ids))
        world.move_to_step()
        return world

    async def prepare(self):
        database = Database(create_engine(self.url))
        await (await self.world(database)).found()
        await database.close()

    async def play(self, ahead_seconds, sequence):
        """
        Return what the wallet and the model said of each presentation, and of the alarm.
        """
        database = Database(create_engine(self.url))
        world = await self.world(database)
        phone = await world.ready_phone(
            resident_id=next(self.residents), ahead_seconds=ahead_seconds
        )
        model = Model(ahead_allowed=ahead_seconds > 0)
        expected, found = [], []
        for steps, sub, desk, pause in sequence:
            world.clock.advance(pause)
            now = seconds(world.clock.now())
            drawn = phone.drawn(now + (steps - 1) * 30, sub)
            expected.append(model.present(drawn.counter, now // 30, desk, now))
            outcome = await world.scan(drawn.text, DESKS[desk])
            found.append(Consumed if isinstance(outcome, Consumed) else outcome)
        expected.append(model.alarmed)
        found.append(await world.alarmed(phone.device_no, phone.resident_id))
        await database.close()
        return expected, found


@pytest.mark.parametrize("ahead_seconds", [0, 20])
class TestAnyOrder:
    def test_agrees_with_the_model(self, sqlite_url, ahead_seconds):
        """
        Whatever the order: each code once, none after a newer one, none ahead, alarms in time.
        """
        stage = Stage(sqlite_url)
        asyncio.run(stage.prepare())

        @given(sequence=presentations)
        @settings(max_examples=40, deadline=None)
        def check(sequence):
            expected, found = asyncio.run(stage.play(ahead_seconds, sequence))

            assert expected == found

        check()
