"""Every short way and the plain path answer and write the same."""

import shutil

import pytest

from tests.unit.wallet.resolving.fast.company import in_company
from tests.unit.wallet.resolving.fast.conftest import WAYS, region_over
from tests.unit.wallet.resolving.fast.counted import Counted
from tests.unit.wallet.resolving.fast.histories import Dice, Player
from tests.unit.wallet.resolving.fast.told import everything
from wallet.db.engine import create_engine
from wallet.db.session import Database

SEEDS = range(3)
STEPS = 40


async def told(region, seed):
    """
    Play a history; return the answers and the rows that it left.
    """
    player = await Player(region, Dice(seed)).begin()
    await player.play(STEPS)
    return player.seen, await everything(region, player.resident_id, player.places)


@pytest.fixture
async def fresh(anyio_backend, postgres_url, postgres_database, sqlite_template, tmp_path):
    """
    Makes a wallet over an empty database of a kind.
    """
    del anyio_backend
    databases = []

    def made(kind):
        url = postgres_url
        if kind == "sqlite":
            url = f"sqlite:///{shutil.copy(sqlite_template(), tmp_path / str(len(databases)))}"
        else:
            postgres_database().empty()
        databases.append(Database(create_engine(url)))
        return region_over(databases[-1])

    yield made
    for database in databases:
        await database.close()


class TestAllWays:
    """Random histories, each played on every way."""

    @pytest.mark.parametrize("seed", SEEDS)
    async def test_are_the_same(self, fresh, seed):
        """
        The same history gives the same answers and the same rows, up to ids and ciphertexts.
        """
        long = await told(fresh(("sqlite", "postgres")[seed % 2]).plainly(), seed)
        for way in WAYS:
            region = fresh(way.split()[0])
            if way.endswith("in company"):
                in_company(region.resolving._shortcut)
            short = await told(Counted.over(region), seed)

            assert long[0] == short[0], way
            assert long[1] == short[1], way
            assert region.short.done > 0
