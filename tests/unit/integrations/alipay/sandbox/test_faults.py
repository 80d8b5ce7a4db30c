"""Faults of the Alipay sandbox, over real HTTP."""

import aiohttp
import pytest

from tests.unit.integrations.alipay.sandbox.merchant import refusal

QUERY = "alipay.trade.query"


class TestFaults:
    async def test_wrong_signature(self, merchant):
        """
        Under the fault the answer's signature does not verify, once.
        """
        merchant.verify = False
        await merchant.fault("wrong_signature", operation=QUERY)
        await merchant.query()
        first = merchant.verified
        await merchant.query()

        assert [False, True] == [first, merchant.verified]

    async def test_unknown_outcome_processed(self, merchant):
        """
        An unknown outcome that was processed is found paid by the query.
        """
        await merchant.fault("answer", operation="alipay.trade.pay", code="20000")
        content = await merchant.scan("zhang")

        assert ("20000", "ACQ.SYSTEM_ERROR") == refusal(content)
        assert "TRADE_SUCCESS" == (await merchant.query())["trade_status"]

    async def test_unknown_outcome_not_processed(self, merchant):
        """
        An unknown outcome that was not processed leaves no trade.
        """
        await merchant.fault("answer", operation="alipay.trade.pay", code="20000", processed=False)
        await merchant.scan("zhang")

        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(await merchant.query())
        assert 500000 == await merchant.balance("zhang")

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("10003", ("10003", None)),
            ("40003", ("40003", "isv.invalid-auth-relations")),
            ("40005", ("40005", "isv.app-call-limited")),
            ("40004", ("40004", "ACQ.SYSTEM_ERROR")),
            ("ACQ.SELLER_BEEN_BLOCKED", ("40004", "ACQ.SELLER_BEEN_BLOCKED")),
        ],
    )
    async def test_any_answer_can_be_ordered(self, merchant, code, expected):
        """
        A fault may answer with a gateway code or with a business sub-code.
        """
        await merchant.fault("answer", code=code, processed=False)

        assert expected == refusal(await merchant.query())

    async def test_a_lie_changes_nothing(self, merchant):
        """
        A lying answer claims success and leaves the books as they were.
        """
        await merchant.fault("lie", operation="alipay.trade.pay")
        content = await merchant.scan("zhang")

        assert "10000" == content["code"]
        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(await merchant.query())
        assert 500000 == await merchant.balance("zhang")

    async def test_a_lying_cancel_lets_a_late_success_through(self, merchant):
        """
        After a cancel that was only claimed the buyer can still pay.
        """
        await merchant.scan("wang")
        await merchant.fault("lie", operation="alipay.trade.cancel")
        claimed = await merchant.cancel()
        await merchant.control("POST", "trades/T1/confirm")

        assert "close" == claimed["action"]
        assert "TRADE_SUCCESS" == (await merchant.query())["trade_status"]

    async def test_cut_before_response_has_paid(self, merchant):
        """
        A payment whose answer was cut off is in the books.
        """
        await merchant.fault("cut_before_response", operation="alipay.trade.pay")
        with pytest.raises(aiohttp.ClientConnectionError):
            await merchant.scan("zhang")

        assert "TRADE_SUCCESS" == (await merchant.query())["trade_status"]

    async def test_cut_after_request_has_not_paid(self, merchant):
        """
        A payment that was cut off on its way in is not in the books.
        """
        await merchant.fault("cut_after_request", operation="alipay.trade.pay")
        with pytest.raises(aiohttp.ClientConnectionError):
            await merchant.scan("zhang")

        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(await merchant.query())
