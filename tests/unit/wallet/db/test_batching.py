"""A queue whose work is done many pieces at a time."""

import asyncio
import time

import pytest

from wallet import deadlines
from wallet.db.batching import Batches
from wallet.db.errors import NotServedError, RivalryError
from wallet.deadlines import Deadline
from wallet.errors import OverloadedError


class Works:
    """
    Doubles numbers, a lot at a time, and remembers the lots.

    Attributes:
        open: until it is set, nothing ends.
        rivals: numbers that let their whole lot fail.
    """

    def __init__(self, *rivals):
        self.lots = []
        self.open = asyncio.Event()
        self.open.set()
        self.rivals = set(rivals)

    async def run(self, lot):
        self.lots.append(list(lot))
        await self.open.wait()
        if self.rivals.intersection(lot):
            raise RivalryError
        return [2 * number for number in lot]


@pytest.fixture
def works(anyio_backend):
    del anyio_backend
    return Works()


async def all_of(batches, *numbers):
    """
    Put numbers at once and return what comes of each.
    """
    async with asyncio.timeout(5):
        return await asyncio.gather(
            *(batches.put(number) for number in numbers), return_exceptions=True
        )


def elapsed_from_now():
    """
    Return a clock that begins at 0.
    """
    began = time.monotonic()
    return lambda: time.monotonic() - began


pytestmark = pytest.mark.anyio


class TestBatches:
    async def test_a_single_piece_goes_at_once(self, works):
        """
        Nobody waits for company.
        """
        assert [2] == await all_of(Batches(works.run), 1)
        assert [[1]] == works.lots

    async def test_one_after_the_other(self, works):
        """
        A piece that is put the moment another one is done is not left lying.
        """
        batches = Batches(works.run, at_once=1)
        async with asyncio.timeout(5):
            told = [await batches.put(number) for number in (1, 2, 3)]

        assert [2, 4, 6] == told

    async def test_what_gathers_goes_together(self, works):
        """
        While one lot is under way, the next one gathers, up to the most.
        """
        works.open.clear()
        batches = Batches(works.run, at_once=1, most=3)
        first = asyncio.ensure_future(batches.put(0))
        await asyncio.sleep(0)
        others = asyncio.gather(*(batches.put(number) for number in range(1, 6)))
        await asyncio.sleep(0)
        works.open.set()

        assert (0, [2, 4, 6, 8, 10]) == (await first, await others)
        assert [[0], [1, 2, 3], [4, 5]] == works.lots

    async def test_a_name_is_touched_by_one_piece_at_a_time(self, works):
        """
        Pieces that share a name go one after the other, also where two lots are under way.
        """
        batches = Batches(works.run, names=lambda number: (number % 2,))

        assert [2, 4, 6, 8] == await all_of(batches, 1, 2, 3, 4)
        assert [[1, 2], [3, 4]] == works.lots

    async def test_who_is_in_the_way_fails_alone(self, works):
        """
        A lot that broke a rule is done one by one.
        """
        works.rivals = {2}
        told = await all_of(Batches(works.run), 1, 2, 3)

        assert (2, 6) == (told[0], told[2])
        assert isinstance(told[1], RivalryError)
        assert [[1, 2, 3], [1], [2], [3]] == works.lots

    async def test_a_fault_is_everybodys(self, works):
        """
        Where nobody knows what became of a lot, all of it is told so, and nothing is done again.
        """

        async def broken(lot):
            works.lots.append(lot)
            raise NotServedError

        told = await all_of(Batches(broken), 1, 2)

        assert [NotServedError, NotServedError] == [type(each) for each in told]
        assert [[1, 2]] == works.lots

    async def test_who_gave_up_waiting_is_left_out(self, works):
        """
        What was not begun is not done for somebody who has gone; what was begun is ended.
        """
        works.open.clear()
        batches = Batches(works.run, at_once=1)
        begun = asyncio.ensure_future(batches.put(1))
        await asyncio.sleep(0)
        waiting = asyncio.ensure_future(batches.put(2))
        await asyncio.sleep(0)
        begun.cancel()
        waiting.cancel()
        await asyncio.sleep(0)
        works.open.set()

        assert [6] == await all_of(batches, 3)
        assert [[1], [3]] == works.lots

    async def test_who_ran_out_of_time_is_told_so(self, works):
        """
        Whose time is over waits no longer; what was not begun for them is left out.
        """
        works.open.clear()
        batches = Batches(works.run, at_once=1)
        with deadlines.within(Deadline(0.05, elapsed_from_now())):
            told = await all_of(batches, 1, 2)
            late = await all_of(batches, 4)
        works.open.set()

        assert [OverloadedError] * 3 == [type(each) for each in (*told, *late)]
        assert [6] == await all_of(batches, 3)
        assert [[1, 2], [3]] == works.lots

    async def test_nobody_works_in_a_callers_hurry(self, works):
        """
        Whoever put the first piece runs out of time; what others put afterwards is done.
        """
        hurries = []

        async def run(lot):
            hurries.append(deadlines.left())
            return await works.run(lot)

        batches = Batches(run)
        with deadlines.within(Deadline(60.0, elapsed_from_now())):
            assert [2] == await all_of(batches, 1)

        assert [None] == hurries

    async def test_too_many(self, works):
        """
        Whoever would wait behind too many is turned away.
        """
        works.open.clear()
        batches = Batches(works.run, at_once=1, most=1)
        waiting = [asyncio.ensure_future(batches.put(number)) for number in range(256)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await batches.put(256)
        works.open.set()

        assert 2 * 255 == (await asyncio.gather(*waiting))[-1]
