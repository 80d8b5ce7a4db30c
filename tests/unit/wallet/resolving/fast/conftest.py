"""A wallet that takes the short way on each database, and one after it that never does."""

from collections.abc import AsyncIterator

import pytest

from integrations.spi import Purpose
from tests.fakes.clock import StandingClock
from tests.fakes.ids import CountingIds
from tests.fixtures.region import LI, Region, health_card, insurance, payment
from tests.fixtures.vaults import make_vault
from tests.unit.wallet.resolving.fast.company import in_company
from tests.unit.wallet.resolving.fast.counted import Counted
from wallet.db.engine import create_engine
from wallet.db.session import Database

DAY = 86_400
WAYS = ("postgres", "postgres in company", "sqlite")


def region_over(database) -> Region:
    """
    Return a wallet of its own over a database, whose insurer answers from a snapshot for a day.
    """
    clock = StandingClock()
    ids = CountingIds(clock)
    ages = {Purpose.IDENTIFICATION: DAY, Purpose.REGISTRATION: DAY}
    return Region(
        database,
        clock,
        ids,
        make_vault(clock, ids),
        health_card(),
        insurance(snapshot_ages=ages),
        payment(),
    )


@pytest.fixture(params=["postgres", "sqlite"])
def way(request):
    """
    The database, and whether each statement takes more than one scan.
    """
    return request.param


@pytest.fixture
async def fast_database(request, way, anyio_backend) -> AsyncIterator[Database]:
    """
    A fresh database.
    """
    del anyio_backend
    database = Database(create_engine(request.getfixturevalue(f"{way.split()[0]}_url")))
    yield database
    await database.close()


@pytest.fixture
def region(fast_database, way):
    """
    A wallet that takes the short way and counts how often.
    """
    region = region_over(fast_database)
    if way.endswith("in company"):
        in_company(region.resolving._shortcut)
    return Counted.over(region)


@pytest.fixture
async def desk(region):
    """
    A hospital's terminal.
    """
    return await region.hospital()


@pytest.fixture
async def resident_id(region):
    """
    Li Ming, whose two contexts stay in the process.
    """
    return await region.resident(LI, "health_card", "payment")


@pytest.fixture
async def phone(region, resident_id):
    """
    Li Ming's phone.
    """
    return await region.phone(resident_id)
