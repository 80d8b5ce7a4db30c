"""A hospital with one enrolled terminal, and a client of an application that knows it."""

import pytest

from tests.fixtures.hospitals import Hospital, application, client_of


@pytest.fixture
async def hospital(database, clock, ids, vault):
    """
    A hospital with one enrolled terminal, once on each database.
    """
    return await Hospital(database, clock, ids, vault).found()


@pytest.fixture
async def client(hospital):
    """
    An HTTP client of an application that knows the hospital.
    """
    async with client_of(application(hospital)) as client:
        yield client
