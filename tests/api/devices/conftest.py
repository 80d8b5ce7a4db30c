"""The services of devices over a fresh database."""

import pytest

from tests.fixtures.devices import World


@pytest.fixture
async def world(database, clock, ids, vault):
    return await World(database, clock, ids, vault).found()
