"""
The Alipay sandbox on 127.0.0.1, and the plugin opened towards it.
"""

import secrets
from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec
import pytest
from aiohttp.test_utils import TestServer

from integrations.alipay.plugin import AlipayPlugin
from integrations.alipay.sandbox import create_app, default_settings, make_keys
from integrations.spi import (
    Charge,
    Environment,
    Linked,
    LinkRequest,
    Numbers,
    PartyView,
    Person,
    PersonKey,
    Query,
)

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class Partner:
    """
    The sandbox with its clock, and what a test wants of it.
    """

    def __init__(self, keys):
        self.keys = keys
        self.settings = default_settings(keys)
        self.app_id = self.settings.apps[0].app_id
        self.at = NOON
        self.exchanges = []
        self.serial = 0

    def now(self):
        return self.at

    def pass_time(self, **span):
        self.at += timedelta(**span)

    async def post(self, path, body):
        async with self.http.post(self.server.make_url(path), json=body) as response:
            return response.status, await response.json(content_type=None)

    async def books(self):
        async with self.http.get(self.server.make_url("/_sandbox/books")) as response:
            return await response.json()

    async def fault(self, **fault):
        status, _ = await self.post("/_sandbox/faults", fault)
        assert 201 == status

    async def barcode(self, person):
        _, body = await self.post("/_sandbox/barcodes", {"person": person})
        return body["auth_code"]

    def environment(self, **changes):
        own = {
            "gateway_url": str(self.server.make_url("/gateway.do")),
            "app_id": self.app_id,
            "private_key_pem": self.keys.merchant_private_key,
            "alipay_public_key_pem": self.keys.alipay_public_key,
            "sign_page_url": "https://openapi.alipay.com/gateway.do",
        }
        return Environment(
            settings=msgspec.json.encode(own | changes),
            now=self.now,
            token=secrets.token_bytes,
            observe=self.exchanges.append,
        )

    def numbers(self):
        self.serial += 1
        return Numbers(serial=self.serial, sequence=1, instant=self.at)

    def party(self, **changes):
        profile = {"seller_id": self.settings.apps[0].seller_id} | changes
        return PartyView(
            id="party-1",
            name="示范市第一人民医院",
            kind="hospital",
            profile=msgspec.json.encode(profile),
        )

    async def linked(self, person, reference, **terms):
        terms |= {"person": person, "external_agreement_no": reference}
        status, _ = await self.post("/_sandbox/agreements", terms)
        assert 201 == status
        linked = await self.alipay.link(self.link_request(reference))
        assert isinstance(linked, Linked)
        return linked.subject

    def link_request(self, reference):
        person = Person(
            name="李明",
            document_type=PersonKey.ID_CARD,
            document_number="440104198807213314",
            phone="13800138001",
        )
        return LinkRequest(person=person, reference=reference, now=self.at)

    def prepared(self, request, **party):
        return self.alipay.prepare(request, b"", self.numbers(), self.party(**party))

    def charge(self, amount_minor, *, subject="", code=""):
        return self.prepared(
            Charge(
                subject=subject,
                code=code,
                amount_minor=amount_minor,
                hospital="示范市第一人民医院",
                terminal="T0001",
            )
        )

    async def perform(self, prepared):
        return await self.alipay.perform(prepared, self.party())

    async def query(self, prepared, *, undone=False):
        question = Query(
            prepared=prepared, continuation=b"", undo_acknowledged=undone, now=self.at
        )
        return await self.alipay.query(question, self.party())


@pytest.fixture(scope="session")
def keys():
    return make_keys()


@pytest.fixture
async def partner(keys):
    partner = Partner(keys)
    app = create_app(partner.settings, partner.now)
    async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as http:
        partner.server, partner.http = server, http
        partner.alipay = AlipayPlugin().open(partner.environment())
        yield partner
        await partner.alipay.close()
