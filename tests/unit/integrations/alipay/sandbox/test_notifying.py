"""Notifications: signed, repeated, doubled, out of order, and of what is told."""

import asyncio

import msgspec
from aiohttp.test_utils import TestServer

from integrations.alipay.sandbox import create_app
from tests.unit.integrations.alipay.sandbox.merchant import Merchant, session


async def received(mailbox, count):
    for _ in range(200):
        if len(mailbox.received) >= count:
            break
        await asyncio.sleep(0.01)
    assert count == len(mailbox.received)
    return mailbox.received


class TestNotification:
    async def test_of_a_payment(self, merchant, mailbox):
        """
        A paid trade is told in a form whose signature leaves out `sign_type`.
        """
        content = await merchant.scan("zhang", notify_url=mailbox.url)
        (notice,) = await received(mailbox, 1)

        assert notice["verified"]
        assert ("trade_status_sync", "TRADE_SUCCESS") == (
            notice["notify_type"],
            notice["trade_status"],
        )
        assert (content["trade_no"], "T1", "10.00") == (
            notice["trade_no"],
            notice["out_trade_no"],
            notice["total_amount"],
        )
        assert "门诊缴费" == notice["subject"]

    async def test_of_a_closed_trade(self, merchant, mailbox):
        """
        A trade that ran out of time is told as closed, without a payment time.
        """
        await merchant.scan("wang", notify_url=mailbox.url)
        await merchant.cancel()
        (notice,) = await received(mailbox, 1)

        assert "TRADE_CLOSED" == notice["trade_status"]
        assert "gmt_payment" not in notice

    async def test_of_refunds(self, merchant, mailbox):
        """
        Each refund is told with its own number and the sum so far.
        """
        await merchant.scan("zhang", notify_url=mailbox.url)
        await merchant.refund("4.00", "R1")
        await merchant.refund("6.00", "R2")
        _, first, second = await received(mailbox, 3)

        assert [("R1", "4.00", "TRADE_SUCCESS"), ("R2", "10.00", "TRADE_CLOSED")] == [
            (notice["out_biz_no"], notice["refund_fee"], notice["trade_status"])
            for notice in (first, second)
        ]

    async def test_of_an_agreement(self, merchant, mailbox):
        """
        Signing and ending an agreement are told, by whomever it was ended.
        """
        number = (await merchant.agreement("zhang", notify_url=mailbox.url))["agreement_no"]
        await merchant.control("POST", f"agreements/{number}/unsign")
        signed, ended = await received(mailbox, 2)

        assert [("dut_user_sign", "NORMAL", number), ("dut_user_unsign", "UNSIGN", number)] == [
            (notice["notify_type"], notice["status"], notice["agreement_no"])
            for notice in (signed, ended)
        ]
        assert signed["verified"]
        assert ended["verified"]

    async def test_is_repeated_until_acknowledged(self, merchant, mailbox):
        """
        A notification that was not answered with `success` comes again with the same id.
        """
        mailbox.silent = 1
        await merchant.scan("zhang", notify_url=mailbox.url)
        first, again = await received(mailbox, 2)

        assert first == again

    async def test_doubled(self, merchant, mailbox):
        """
        Under the fault a notification comes twice.
        """
        await merchant.fault("double_callback", operation="trade_status_sync")
        await merchant.scan("zhang", notify_url=mailbox.url)
        first, again = await received(mailbox, 2)

        assert first == again

    async def test_out_of_order(self, merchant, mailbox):
        """
        Under the fault the news of the payment comes after that of its refund.
        """
        await merchant.fault("out_of_order_callback")
        await merchant.scan("zhang", notify_url=mailbox.url)
        await merchant.refund("10.00", "R1")
        notices = await received(mailbox, 2)

        assert ["TRADE_CLOSED", "TRADE_SUCCESS"] == [row["trade_status"] for row in notices]

    async def test_wrongly_signed(self, merchant, mailbox):
        """
        Under the fault a notification's signature does not verify.
        """
        await merchant.fault("wrong_signature", operation="trade_status_sync")
        await merchant.scan("zhang", notify_url=mailbox.url)
        (notice,) = await received(mailbox, 1)

        assert not notice["verified"]

    async def test_a_lie_tells_nobody(self, merchant, mailbox):
        """
        A payment that was only claimed is not notified.
        """
        await merchant.fault("lie")
        await merchant.scan("zhang", no="T1", notify_url=mailbox.url)
        await merchant.scan("zhang", no="T2", notify_url=mailbox.url)
        (notice,) = await received(mailbox, 1)

        assert "T2" == notice["out_trade_no"]


class TestTicking:
    async def test_time_passes_without_requests(self, settings, clock, mailbox):
        """
        A buyer's late decision is told although nobody asks.
        """
        settings = msgspec.structs.replace(settings, tick_seconds=0.01)
        async with (
            TestServer(create_app(settings, clock), host="127.0.0.1") as server,
            session() as http,
        ):
            merchant = Merchant(http, server, settings.apps[0], clock)
            await merchant.scan("liu", notify_url=mailbox.url)
            clock.advance(seconds=5)
            (notice,) = await received(mailbox, 1)

            assert "TRADE_SUCCESS" == notice["trade_status"]
