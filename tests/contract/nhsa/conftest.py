"""A running sandbox with the plugin at the hospital's and the pharmacy's desk."""

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from integrations.nhsa.plugin import NhsaPlugin
from integrations.nhsa.sandbox import create_app, default_settings, make_keys
from tests.contract.nhsa.world import Clock, World, environment, party_of, profile_of


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def institutions():
    return default_settings(make_keys())


@pytest.fixture
async def http(institutions, clock):
    app = create_app(institutions, clock)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        aiohttp.ClientSession(server.make_url("/")) as session,
    ):
        yield session


@pytest.fixture
def base(http):
    return str(http._base_url).rstrip("/")


@pytest.fixture
def seen():
    return []


@pytest.fixture
async def plugin(institutions, base, clock, seen):
    linking = profile_of(institutions.institutions[0], base)
    opened = NhsaPlugin().open(environment(clock, seen.append, linking=linking))
    yield opened
    await opened.close()


@pytest.fixture
def hospital(plugin, institutions, base, clock, http, seen):
    party = party_of(profile_of(institutions.institutions[0], base))
    return World(plugin, party, clock, http, seen)


@pytest.fixture
def pharmacy(plugin, institutions, base, clock, http, seen):
    party = party_of(profile_of(institutions.institutions[1], base))
    return World(plugin, party, clock, http, seen)
