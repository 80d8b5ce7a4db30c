"""Somebody's browser between the wallet and a sign-in provider."""

import json
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.fakes.clock import StandingClock
from tests.fixtures.oidc_provider import MFA
from tests.fixtures.region import ORIGIN, Region
from wallet.clock import SystemClock
from wallet.ids import Ids
from wallet.oidc import configuration
from wallet.operators.words import Role

OPERATORS = "/operator/sign-in/oidc"
STRONG = {"amr": "pwd otp", "acr": MFA}


class Browser:
    """
    Follows redirects one by one, so that a test may stand in between.
    """

    def __init__(self, wallet, outside):
        self.wallet, self.outside = wallet, outside

    async def begin(self, path="/sign-in/oidc"):
        """
        Go to the provider; return the address that the wallet sends us to.
        """
        return (await self.wallet.get(path)).headers["location"]

    async def at_provider(self, address, **given):
        """
        Sign in there, or not; return the address that the provider sends us back to.
        """
        answer = await self.outside.get(address)
        while not answer.headers["location"].startswith(ORIGIN):
            place = str(answer.url.join(answer.headers["location"]))
            if "/interaction/" in place:
                answer = await self.outside.post(place, params=given)
            else:
                answer = await self.outside.get(place)
        return answer.headers["location"]

    async def back(self, address):
        """
        Come back to the wallet.
        """
        return await self.wallet.get(address)

    async def sign_in(self, account, path="/sign-in/oidc", **given):
        """
        All of it.
        """
        address = await self.begin(path)
        return await self.back(await self.at_provider(address, account=account, **given))


def parameters(address):
    """
    Return the parameters of an address.
    """
    return dict(parse_qsl(urlsplit(address).query))


@pytest.fixture
def clock():
    """
    A clock that stands at the present, which the provider's does not.
    """
    return StandingClock(SystemClock().now())


@pytest.fixture
def ids(clock):
    """
    Ids that nobody had before: the provider remembers those of other tests.
    """
    return Ids(clock)


@pytest.fixture
def make_region(database, clock, ids, vault):
    """
    Make a wallet with a file of providers.
    """

    def make(settings):
        providers = configuration.read(json.dumps(settings).encode())
        return Region(database, clock, ids, vault, providers=providers)

    return make


@pytest.fixture
async def region(make_region, oidc_provider):
    """
    A wallet with the real provider.
    """
    region = make_region(oidc_provider.settings())
    yield region
    await region.people.providers.close()


@pytest.fixture
async def browser(region):
    """
    A browser that nobody is signed in with anywhere.
    """
    async with region.client() as wallet, httpx.AsyncClient(timeout=10) as outside:
        wallet.headers["accept"] = "text/html"
        yield Browser(wallet, outside)


@pytest.fixture
async def gong(region, oidc_provider):
    """
    The administration, with an operator who is linked and never chose a password.
    """
    administration = region.people.operators.administration
    await administration.add("gong", display="龚工", role=Role.OPERATOR)
    await administration.link("gong", issuer=oidc_provider.issuer, subject="sub-gong")
    return administration
