"""A region and somebody's browser in it."""

import re

import pytest

from tests.fakes.integrations import FakeIntegration, manifest
from tests.fixtures.region import LI, Region

PROOF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Browser:
    """
    Follows no redirect by itself, keeps cookies, and sends forms with what their page proves.
    """

    def __init__(self, client):
        self.client = client

    async def sign_in(self, person=LI, **other):
        fields = {
            "name": person.name,
            "document_type": person.document_type.value,
            "document_number": person.document_number,
        }
        return await self.client.post("/sign-in", data=fields | other)

    async def send(self, page, action, **fields):
        """
        Send one of a page's forms.
        """
        proof = PROOF.search((await self.client.get(page)).text)
        return await self.client.post(action, data={"csrf": proof[1], **fields})


@pytest.fixture
def region(database, clock, ids, vault):
    return Region(database, clock, ids, vault, FakeIntegration(manifest("payment")))


@pytest.fixture
async def browser(region):
    """
    A browser that nobody is signed in with.
    """
    async with region.client() as client:
        yield Browser(client)


@pytest.fixture
async def signed_in(browser):
    """
    A browser that Li Ming is signed in with.
    """
    await browser.sign_in()
    return browser
