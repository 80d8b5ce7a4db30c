"""Turns: repetitions stay within what a partner bears, whoever repeats, and none is forgotten."""

import heapq
import os
from collections import Counter
from datetime import timedelta

import pytest

import wallet.tables  # noqa: F401 - every table
from wallet.calls.turns import WINDOW_SECONDS, Turns, Waiting, prune

PENDING = int(os.environ.get("FUSION_WALLET_TEST_PENDING", "100"))
YOUNG = timedelta(seconds=60)


def waiting(doubtful_at=None, turn_at=None, integration_id="payer"):
    return Waiting(
        integration_id=integration_id, doubtful_at=doubtful_at, young_for=YOUNG, turn_at=turn_at
    )


@pytest.fixture
def take(database, clock):
    async def taken(turns, who, now=None):
        async with database.transaction() as session:
            return await turns.take(session, who, now or clock.now())

    return taken


def window(at):
    return int(at.timestamp()) // WINDOW_SECONDS


class TestTake:
    async def test_at_once(self, take, clock):
        """
        Where there are turns left, nobody waits.
        """
        assert clock.now() == await take(Turns(per_second=1), waiting(clock.now()))

    async def test_another_one_has_its_own(self, take, clock):
        """
        What one integration used up takes nothing from another.
        """
        turns = Turns(per_second=1)
        for _ in range(20):
            await take(turns, waiting(clock.now()))

        assert clock.now() == await take(turns, waiting(clock.now(), integration_id="insurer"))

    async def test_kept(self, take, clock):
        """
        Who was given a later turn goes when it comes, without taking a second one.
        """
        turns, since = Turns(per_second=1), clock.now()
        for _ in range(7):
            await take(turns, waiting(since))
        later = await take(turns, waiting(since))
        early = await take(turns, waiting(since, turn_at=later))
        clock.advance((later - since).total_seconds())

        assert later > since
        assert (later, later) == (early, await take(turns, waiting(since, turn_at=later)))

    async def test_missed(self, take, clock):
        """
        A turn that was missed for long is over; another one has to be taken.
        """
        turns, since = Turns(per_second=1), clock.now()
        clock.advance(3600)
        now = clock.now()
        for _ in range(3):
            await take(turns, waiting(since))

        assert await take(turns, waiting(since, turn_at=since)) > now

    async def test_the_young_first(self, take, clock):
        """
        However many old ones wait, somebody at a desk does not wait for them.
        """
        turns = Turns(per_second=1)
        old = clock.now() - timedelta(hours=1)
        given = [await take(turns, waiting(old)) for _ in range(30)]

        assert max(given) > clock.now() + YOUNG
        assert clock.now() == await take(turns, waiting(clock.now()))

    async def test_not_in_line_for_ever(self, take, clock):
        """
        Young ones take no turn beyond the time in which they are young.
        """
        turns, now = Turns(per_second=1), clock.now()
        given = [await take(turns, waiting(now)) for _ in range(90)]
        late = [at for at in given if at > now + YOUNG]
        counts = Counter(window(at) for at in given)

        assert late
        assert max(counts.values()) <= WINDOW_SECONDS


class TestStorm:
    async def test_stays_within_its_budget(self, take, clock):
        """
        Very many payments wait for a partner that is down, and no window has more than its turns.

        Every payment is asked about all the same, and nobody looks for a turn all the time.
        """
        rate = max(1, PENDING // 100)
        turns, begun = Turns(per_second=rate), clock.now()
        end = begun + timedelta(seconds=3 * PENDING // rate)
        due = [(begun, number, None) for number in range(PENDING)]
        asked, looks, by_window = Counter(), 0, Counter()
        while due and due[0][0] < end:
            now, number, turn_at = heapq.heappop(due)
            looks += 1
            at = await take(turns, waiting(begun, turn_at), now)
            if at > now:
                heapq.heappush(due, (at, number, at))
                continue
            asked[number] += 1
            by_window[window(now)] += 1
            heapq.heappush(due, (now + timedelta(seconds=3), number, None))

        assert max(by_window.values()) <= rate * WINDOW_SECONDS
        assert PENDING == len(asked)
        assert looks <= 2 * sum(asked.values()) + PENDING


class TestPrune:
    async def test_forgets(self, database, take, clock):
        """
        Windows that are over for long are forgotten.
        """
        await take(Turns(per_second=1), waiting(clock.now()))
        gone = []
        for hours in (0, 3):
            clock.advance(3600 * hours)
            async with database.transaction() as session:
                gone.append(await prune(session, clock.now()))

        assert [0, 1] == gone
