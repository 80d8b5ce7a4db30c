"""The short way and the plain path answer and write the same."""

import pytest

from tests.unit.wallet.resolving.fast.histories import Dice, Player
from tests.unit.wallet.resolving.fast.told import everything

SEEDS = range(4)
STEPS = 50


async def told(region, seed):
    """
    Play a history; return the answers and the rows that it left.
    """
    player = await Player(region, Dice(seed)).begin()
    await player.play(STEPS)
    return player.seen, await everything(region, player.resident_id, player.places)


class TestBothWays:
    """Random histories, each played twice."""

    @pytest.mark.parametrize("seed", SEEDS)
    async def test_are_the_same(self, region, plain, seed):
        """
        The same history gives the same answers and the same rows, up to ids and ciphertexts.
        """
        short = await told(region, seed)
        long = await told(plain(), seed)

        assert long[0] == short[0]
        assert long[1] == short[1]
        assert region.short.done > 0
