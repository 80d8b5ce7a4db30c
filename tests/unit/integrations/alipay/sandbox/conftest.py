"""The running sandbox, a merchant in front of it, and a mailbox for its notifications."""

import msgspec
import pytest
from aiohttp.test_utils import TestServer

from integrations.alipay.sandbox import create_app, default_settings, make_keys
from tests.unit.integrations.alipay.sandbox.merchant import Clock, Mailbox, Merchant, session


@pytest.fixture(scope="session")
def settings():
    return msgspec.structs.replace(
        default_settings(make_keys()), tick_seconds=0, notify_retry_seconds=(0, 0)
    )


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def server(settings, clock):
    async with TestServer(create_app(settings, clock), host="127.0.0.1") as server:
        yield server


@pytest.fixture
async def merchant(settings, clock, server):
    async with session() as http:
        yield Merchant(http, server, settings.apps[0], clock)


@pytest.fixture
async def mailbox(settings):
    mailbox = Mailbox(settings.apps[0])
    async with TestServer(mailbox.web, host="127.0.0.1") as server:
        mailbox.url = str(server.make_url("/notify"))
        yield mailbox
