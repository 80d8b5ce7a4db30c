"""
Signing, standing and ending of agreements, against the running sandbox over real HTTP.
"""

import asyncio
from urllib.parse import parse_qs, parse_qsl, urlsplit

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from integrations.alipay.plugin import AlipayPlugin
from integrations.spi import (
    ActionRequired,
    Linked,
    Purpose,
    Refused,
    Scene,
    UnavailableError,
    Unlinked,
    Valid,
    ValidateRequest,
)


class TestLink:
    async def test_sends_to_the_page(self, partner):
        """
        Until the resident agreed, the answer is the page to agree on; it names nobody.
        """
        action = await partner.alipay.link(partner.link_request("REF1"))

        assert isinstance(action, ActionRequired)
        page = parse_qs(urlsplit(action.url).query)
        assert ["alipay.user.agreement.page.sign"] == page["method"]
        assert "REF1" == msgspec.json.decode(page["biz_content"][0])["external_agreement_no"]
        assert not [text for text in ("李明", "4401", "1380013") if text in action.url]

    async def test_is_bound_once_agreed(self, partner):
        """
        Once the agreement stands, linking again gives the same subject each time.
        """
        subject = await partner.linked("li", "REF1")

        again = await partner.alipay.link(partner.link_request("REF1"))

        assert Linked(subject=subject, label="支付宝 138****8001") == again


class TestUnlink:
    async def test_twice(self, partner):
        """
        Ending an agreement converges.
        """
        subject = await partner.linked("li", "REF1")

        assert Unlinked() == await partner.alipay.unlink(subject)
        assert Unlinked() == await partner.alipay.unlink(subject)
        assert [] == (await partner.books())["agreements"]


class TestValidate:
    def request(self, partner, subject):
        return ValidateRequest(
            subject=subject,
            purpose=Purpose.PAYMENT,
            scene=Scene.OUTPATIENT_SETTLEMENT,
            party=partner.party(),
            now=partner.at,
        )

    async def test_stands(self, partner):
        """
        A standing agreement is valid, with provider, masked label and limit.
        """
        subject = await partner.linked("li", "REF1")

        verdict = await partner.alipay.validate(self.request(partner, subject))

        fields = {"provider": "alipay", "label": "支付宝 138****8001", "limit_minor": None}
        assert Valid(fields) == verdict

    async def test_ended(self, partner):
        """
        An ended agreement is refused.
        """
        subject = await partner.linked("li", "REF1")
        await partner.alipay.unlink(subject)

        verdict = await partner.alipay.validate(self.request(partner, subject))

        assert Refused("AGREEMENT_ENDED") == verdict

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "cut_before_response"},
            {"kind": "wrong_signature"},
            {"kind": "answer", "code": "20000"},
        ],
    )
    async def test_unavailable(self, partner, fault):
        """
        An answer that cannot be trusted is no verdict.
        """
        subject = await partner.linked("li", "REF1")
        await partner.fault(operation="alipay.user.agreement.query", **fault)

        with pytest.raises(UnavailableError):
            await partner.alipay.validate(self.request(partner, subject))


class TestNotification:
    async def listened(self):
        heard = asyncio.Queue()

        async def hear(request):
            heard.put_nowait(dict(parse_qsl(await request.text(), keep_blank_values=True)))
            return web.Response(text="success")

        app = web.Application()
        app.router.add_post("/notify", hear)
        return heard, TestServer(app, host="127.0.0.1")

    async def test_names_the_trade(self, partner):
        """
        A true notification names the trade; one with a changed amount is refused.
        """
        heard, server = await self.listened()
        async with server, aiohttp.ClientSession():
            subject = await partner.linked("li", "REF1")
            alipay = AlipayPlugin().open(
                partner.environment(notify_url=str(server.make_url("/notify")))
            )
            prepared = partner.charge(500, subject=subject)
            await alipay.perform(prepared, partner.party())
            form = await asyncio.wait_for(heard.get(), 5)
            await alipay.close()

        assert prepared.reference == partner.alipay.notification(form)
        forged = form | {"total_amount": "5000.00"}
        assert Refused("SIGNATURE_INVALID") == partner.alipay.notification(forged)
