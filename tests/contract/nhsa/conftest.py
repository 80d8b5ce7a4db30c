"""A running sandbox with the plugin at the hospital's and the pharmacy's desk."""

import aiohttp
import msgspec
import pytest
from aiohttp.test_utils import TestServer

from integrations.nhsa.plugin import NhsaPlugin
from integrations.nhsa.sandbox import create_app, default_settings, make_keys
from tests.contract.nhsa.builders import TIF, Clock, environment, party_of, profile_at
from tests.contract.nhsa.world import World


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def distinct_infcodes():
    """Whether the platform gives a reason in its result code, or -1 for all."""
    return True


@pytest.fixture
def platform_settings(distinct_infcodes):
    keys = msgspec.structs.replace(make_keys(), hospital_secret=TIF["secret"])
    return msgspec.structs.replace(default_settings(keys), distinct_infcodes=distinct_infcodes)


@pytest.fixture
async def http(platform_settings, clock):
    app = create_app(platform_settings, clock)
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
async def plugin(base, clock, seen):
    linking = profile_at(base)
    opened = NhsaPlugin().open(environment(clock, seen.append, linking=linking))
    yield opened
    await opened.close()


@pytest.fixture
def hospital(plugin, base, clock, http, seen):
    party = party_of(profile_at(base))
    return World(plugin, party, clock, http, seen)


@pytest.fixture
def pharmacy(plugin, base, clock, http, seen):
    party = party_of(profile_at(base, pharmacy=True))
    return World(plugin, party, clock, http, seen)
