"""The running sandbox and its two desks."""

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

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
