"""Questions about refunds, and questions that name nothing."""

import pytest

from integrations.alipay.sandbox.books import Books, Trade
from tests.unit.integrations.alipay.sandbox.merchant import START, refusal


async def refund_state(merchant, request, no="T1"):
    return await merchant.call(
        "alipay.trade.fastpay.refund.query", {"out_trade_no": no, "out_request_no": request}
    )


class TestQueries:
    async def test_a_refund_that_was_made(self, merchant):
        """
        A made refund is found with its amount and status.
        """
        await merchant.scan("zhang")
        await merchant.refund("3.00", "R1")
        content = await refund_state(merchant, "R1")

        assert ("REFUND_SUCCESS", "3.00") == (content["refund_status"], content["refund_amount"])

    async def test_a_refund_that_was_never_made(self, merchant):
        """
        A refund that was not made is answered with success but without a status.
        """
        await merchant.scan("zhang")
        content = await refund_state(merchant, "R1")

        assert "10000" == content["code"]
        assert "refund_status" not in content

    async def test_a_refund_of_an_unknown_trade(self, merchant):
        """
        A refund of a trade that does not exist cannot be asked for.
        """
        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(await refund_state(merchant, "R1"))

    @pytest.mark.parametrize(
        ("method", "biz"),
        [
            ("alipay.trade.query", {}),
            ("alipay.trade.query", {"trade_no": ""}),
            ("alipay.trade.fastpay.refund.query", {"out_trade_no": "T1"}),
            ("alipay.trade.fastpay.refund.query", {"out_request_no": "R1"}),
            ("alipay.trade.refund", {"refund_amount": "1.00"}),
        ],
    )
    async def test_without_a_number(self, merchant, method, biz):
        """
        A question has to say what it is about.
        """
        assert ("40004", "ACQ.INVALID_PARAMETER") == refusal(await merchant.call(method, biz))

    def test_another_application_sees_nothing(self):
        """
        A trade belongs to its application: another one cannot find it by either number.
        """
        books = Books(())
        books.write(
            Trade(
                app_id="A",
                out_trade_no="T1",
                trade_no="N1",
                subject="x",
                total_fen=1,
                person="zhang",
                status="WAIT_BUYER_PAY",
                created_at=START,
                closes_at=START,
            )
        )

        assert books.find("A", None, "N1") is not None
        assert books.find("B", None, "N1") is None
        assert books.find("B", "T1") is None
