"""A region and somebody's browser in it."""

import pytest

from tests.fakes.integrations import FakeIntegration, manifest
from tests.fixtures.region import LI, Region
from tests.pages.at_work import PROOF, Operator
from tests.unit.wallet.operators.cheap import CHEAP
from wallet.operators.passwords import Passwords
from wallet.operators.words import Role


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


@pytest.fixture
def operator(region, browser):
    """
    Somebody with a browser; hashing their password costs next to nothing.
    """
    services = region.people.operators
    services.enrolment._passwords = services.signing_in._passwords = Passwords(CHEAP)
    return Operator(region, browser.client)


@pytest.fixture
async def at_work(operator):
    """
    An operator who is signed in.
    """
    await operator.enrol()
    await operator.sign_in()
    return operator


@pytest.fixture
async def auditor(operator):
    """
    Somebody signed in who reads and does not act.
    """
    await operator.enrol(Role.AUDITOR)
    await operator.sign_in()
    return operator
