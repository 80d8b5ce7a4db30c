"""A region with three contexts, and a resident who linked them all."""

import pytest

from tests.fixtures.region import LI, Region, health_card, insurance, payment


@pytest.fixture
def region(database, clock, ids, vault):
    """
    A wallet whose health card and payment stay in the process and whose insurer does not.
    """
    return Region(database, clock, ids, vault, health_card(), insurance(), payment())


@pytest.fixture
async def desk(region):
    """
    A hospital's terminal.
    """
    return await region.hospital()


@pytest.fixture
async def resident_id(region):
    """
    Li Ming, who linked everything.
    """
    return await region.resident(LI, "health_card", "insurance", "payment")


@pytest.fixture
async def phone(region, resident_id):
    """
    Li Ming's phone.
    """
    return await region.phone(resident_id)
