"""The running sandbox and a hospital in front of it."""

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from integrations.health_card.sandbox import create_app, default_settings, make_keys
from tests.unit.integrations.health_card.sandbox.hospital import Clock, Hospital


@pytest.fixture
def settings():
    return default_settings(make_keys())


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def server(settings, clock):
    async with TestServer(create_app(settings, clock), host="127.0.0.1") as server:
        yield server


@pytest.fixture
async def hospital(settings, clock, server):
    async with aiohttp.ClientSession() as http:
        yield Hospital(http, server, settings.apps[0], clock)
