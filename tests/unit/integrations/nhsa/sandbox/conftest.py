"""The running sandbox and its two desks."""

import aiohttp
import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from integrations.nhsa.sandbox import create_app, default_settings, make_keys
from tests.unit.integrations.nhsa.sandbox.desk import PEOPLE, Clock, Desk, Visit


@pytest.fixture
def settings():
    return default_settings(make_keys())


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def http(settings, clock):
    app = create_app(settings, clock)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        aiohttp.ClientSession(server.make_url("/")) as session,
    ):
        yield session


@pytest.fixture
def hospital(http, settings, clock):
    return Desk(http, settings.institutions[0], clock)


@pytest.fixture
def pharmacy(http, settings, clock):
    return Desk(http, settings.institutions[1], clock)


@pytest.fixture
def visit(hospital):
    """A visit of 张秀英 at the hospital."""
    return Visit(hospital, PEOPLE["zhang"])


@pytest.fixture
async def ungranted(settings, clock):
    """The hospital before the bureau granted it anything."""
    hospital = msgspec.structs.replace(settings.institutions[0], regional_grant=False)
    changed = msgspec.structs.replace(settings, institutions=(hospital,))
    async with TestClient(TestServer(create_app(changed, clock), host="127.0.0.1")) as http:
        yield Desk(http, hospital, clock)
