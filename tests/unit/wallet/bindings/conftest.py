"""A wallet with two insurers and a payer, and a resident."""

import pytest

from tests.fakes.integrations import FakeIntegration, manifest
from tests.fixtures.region import LI, Region


@pytest.fixture
def region(database, clock, ids, vault):
    """
    Two integrations of one context and one of another.
    """
    return Region(
        database,
        clock,
        ids,
        vault,
        FakeIntegration(manifest("insurance", id="first")),
        FakeIntegration(manifest("insurance", id="second")),
        FakeIntegration(manifest("payment")),
    )


@pytest.fixture
async def resident_id(region):
    return await region.resident(LI)


@pytest.fixture
def linking(region):
    return region.people.linking
