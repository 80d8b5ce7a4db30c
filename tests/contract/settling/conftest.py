"""A desk whose insurer and payer are the real integrations, before their running sandboxes."""

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from msgspec.structs import replace

from integrations.alipay import sandbox as alipay_sandbox
from integrations.alipay.plugin import AlipayPlugin
from integrations.nhsa import sandbox as nhsa_sandbox
from integrations.nhsa.plugin import NhsaPlugin
from integrations.spi import Scene
from tests.contract.alipay.conftest import Partner
from tests.contract.nhsa.builders import TIF, ZHANG, environment, party_of, profile_at
from tests.contract.nhsa.world import World
from tests.fixtures.desks import DETAILS, Desk, Parties, answered


@pytest.fixture(scope="session")
def keys():
    return alipay_sandbox.make_keys()


class ProfiledParties(Parties):
    """
    One hospital with a profile for each integration.
    """

    def __init__(self, profiles):
        super().__init__()
        self.profiles = profiles

    async def view(self, session, party_id, integration_id):
        del session, party_id
        return self.profiles[integration_id]


class RealDesk(Desk):
    """
    A desk between the insurer's platform and the payment provider's.
    """

    def __init__(self, database, clock, ids, vault, *, world, partner):
        self.world, self.partner = world, partner
        super().__init__(database, clock, ids, vault, insurer=world.plugin, payer=partner.alipay)

    def _assemble(self):
        profiles = {"nhsa": self.world.party, "alipay": self.partner.party()}
        self.parties = ProfiledParties(profiles)
        super()._assemble()

    async def scan_of_zhang(self):
        obtained = await self.world.show_code(ZHANG, Scene.OUTPATIENT_SETTLEMENT)
        known = answered("insurance", "nhsa", subject=self.world.subject)
        insurance = replace(known, credential=obtained.credential)
        payment = answered("payment", "alipay", subject=self.agreement)
        return self.presentations.scan(insurance=insurance, payment=payment)

    async def visit(self):
        visit = await self.visits.open(self.intent(), await self.scan_of_zhang(), DETAILS)
        assert visit.state.registered
        return self.visits.name(visit.party_id, visit)


@pytest.fixture
async def real(database, clock, ids, vault, keys):
    """
    A desk with 张秀英 insured and with a payment agreement.
    """
    partner = Partner(keys)
    partner.now = clock.now
    nhsa_keys = replace(nhsa_sandbox.make_keys(), hospital_secret=TIF["secret"])
    insurer = nhsa_sandbox.create_app(nhsa_sandbox.default_settings(nhsa_keys), clock.now)
    provider = alipay_sandbox.create_app(partner.settings, clock.now)
    async with (
        TestServer(insurer, host="127.0.0.1") as insurer_server,
        TestServer(provider, host="127.0.0.1") as provider_server,
        aiohttp.ClientSession() as http,
    ):
        partner.server, partner.http = provider_server, http
        partner.at = clock.now()
        partner.alipay = AlipayPlugin().open(partner.environment())
        base = str(insurer_server.make_url("")).rstrip("/")
        profile = profile_at(base)
        seen = []
        plugin = NhsaPlugin().open(environment(clock.now, seen.append, linking=profile))
        async with aiohttp.ClientSession(base) as insurer_http:
            world = World(plugin, party_of(profile), clock.now, insurer_http, seen)
            await world.link(ZHANG)
            desk = RealDesk(database, clock, ids, vault, world=world, partner=partner)
            desk.agreement = await partner.linked("zhang", "agreement1")
            yield desk
            await desk.inline.close()
        await plugin.close()
        await partner.alipay.close()
