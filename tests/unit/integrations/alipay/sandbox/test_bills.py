"""The daily statement: its link and its archive."""

import csv
import io
import zipfile

import pytest

from tests.unit.integrations.alipay.sandbox.merchant import refusal

METHOD = "alipay.data.dataservice.bill.downloadurl.query"


async def statement(merchant, day):
    content = await merchant.call(METHOD, {"bill_type": "trade", "bill_date": day})
    async with merchant.http.get(content["bill_download_url"]) as answer:
        bundle = zipfile.ZipFile(io.BytesIO(await answer.read()))
    (name,) = bundle.namelist()
    lines = bundle.read(name).decode("gbk").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


class TestLink:
    @pytest.mark.parametrize("day", ["2026-11-23", "2026-11-24"])
    async def test_not_before_the_day_is_over(self, merchant, day):
        """
        The statement of today or tomorrow does not exist yet.
        """
        content = await merchant.call(METHOD, {"bill_type": "trade", "bill_date": day})

        assert ("40004", "BILL_NOT_EXIST") == refusal(content)

    @pytest.mark.parametrize(
        "biz",
        [
            {"bill_type": "signcustomer", "bill_date": "2026-11-22"},
            {"bill_type": "trade", "bill_date": "2026-11"},
            {"bill_type": "trade", "bill_date": "2026-02-30"},
            {"bill_type": "trade"},
        ],
    )
    async def test_malformed(self, merchant, biz):
        """
        Another type, a month or an impossible day is refused.
        """
        assert ("40004", "ACQ.INVALID_PARAMETER") == refusal(await merchant.call(METHOD, biz))

    async def test_lives_thirty_seconds(self, merchant, clock):
        """
        A link works for half a minute, an invented one never.
        """
        content = await merchant.call(METHOD, {"bill_type": "trade", "bill_date": "2026-11-22"})
        clock.advance(seconds=30)
        for url in (content["bill_download_url"], content["bill_download_url"] + "1"):
            async with merchant.http.get(url) as answer:
                assert 403 == answer.status


class TestArchive:
    async def test_lists_the_days_payments_and_refunds(self, merchant, clock):
        """
        Payments and refunds of the day are rows, refunds negative, each under both numbers.
        """
        trade_no = (await merchant.scan("zhang", "10.00", "T1"))["trade_no"]
        await merchant.refund("4.00", "R1")
        await merchant.scan("wang", "5.00", "T2")
        await merchant.scan("zhao", "99.00", "T3")
        clock.advance(days=1)
        rows = await statement(merchant, "2026-11-23")

        assert [
            (trade_no, "T1", "交易", "10.00", ""),
            (trade_no, "T1", "退款", "-4.00", "R1"),
        ] == [
            (
                row["支付宝交易号"],
                row["商户订单号"],
                row["业务类型"],
                row["订单金额（元）"],
                row["退款批次号/请求号"],
            )
            for row in rows
        ]

    async def test_a_refund_belongs_to_its_own_day(self, merchant, clock):
        """
        A refund of the next day stands in the next day's statement only.
        """
        await merchant.scan("zhang")
        clock.advance(days=1)
        await merchant.refund("1.00", "R1")
        clock.advance(days=1)

        assert ["交易"] == [row["业务类型"] for row in await statement(merchant, "2026-11-23")]
        assert ["退款"] == [row["业务类型"] for row in await statement(merchant, "2026-11-24")]

    async def test_the_day_is_chinas(self, merchant, clock):
        """
        A payment at half past midnight in China belongs to the new day.
        """
        clock.advance(hours=14, minutes=30)
        await merchant.scan("zhang")
        clock.advance(days=1)

        assert [] == await statement(merchant, "2026-11-23")
        assert 1 == len(await statement(merchant, "2026-11-24"))
