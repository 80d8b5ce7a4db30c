"""Cancel and refund."""

import pytest

from tests.unit.integrations.alipay.sandbox.merchant import refusal


class TestCancel:
    async def test_closes_a_waiting_trade(self, merchant):
        """
        A trade that waits for the buyer is closed.
        """
        await merchant.scan("wang")
        content = await merchant.cancel()

        assert ("close", "N") == (content["action"], content["retry_flag"])
        assert "TRADE_CLOSED" == (await merchant.query())["trade_status"]

    async def test_gives_a_paid_trade_back(self, merchant):
        """
        A paid trade is refunded in full and closed.
        """
        await merchant.scan("zhang")
        content = await merchant.cancel()

        assert "refund" == content["action"]
        assert "TRADE_CLOSED" == (await merchant.query())["trade_status"]
        assert 500000 == await merchant.balance("zhang")

    @pytest.mark.parametrize(("person", "action"), [("wang", "close"), ("zhang", "refund")])
    async def test_repeated_gives_the_same_answer(self, merchant, person, action):
        """
        A repeated cancel is answered as the first was and moves nothing.
        """
        await merchant.scan(person)
        first = await merchant.cancel()
        balance = await merchant.balance(person)

        assert first == await merchant.cancel()
        assert (action, balance) == (first["action"], await merchant.balance(person))

    async def test_of_an_unseen_number_keeps_a_late_payment_out(self, merchant):
        """
        A number cancelled before its payment arrived cannot be paid afterwards.
        """
        content = await merchant.cancel()

        assert ("10000", "N") == (content["code"], content["retry_flag"])
        assert "action" not in content
        assert ("40004", "ACQ.TRADE_HAS_CLOSE") == refusal(await merchant.scan("zhang"))
        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(await merchant.query())

    @pytest.mark.parametrize("biz", [{}, {"out_trade_no": "a-b"}, {"out_trade_no": 5}])
    async def test_without_a_number(self, merchant, biz):
        """
        A cancel has to name its trade.
        """
        content = await merchant.call("alipay.trade.cancel", biz)

        assert ("40004", "ACQ.INVALID_PARAMETER") == refusal(content)

    async def test_by_alipays_number(self, merchant):
        """
        A trade can be named by Alipay's number; an unknown one does not exist.
        """
        trade_no = (await merchant.scan("zhang"))["trade_no"]
        known = await merchant.call("alipay.trade.cancel", {"trade_no": trade_no})
        unknown = await merchant.call("alipay.trade.cancel", {"trade_no": "2026"})

        assert "refund" == known["action"]
        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(unknown)

    @pytest.mark.parametrize(
        ("minutes", "code"), [(14 * 60 + 14, "10000"), (14 * 60 + 15, "40004")]
    )
    async def test_on_the_same_day_and_a_quarter_of_an_hour(self, merchant, clock, minutes, code):
        """
        A payment of ten in the morning can be cancelled until 00:15 and not then.
        """
        await merchant.scan("zhang")
        clock.advance(minutes=minutes)
        content = await merchant.cancel()

        assert code == content["code"]
        assert content.get("sub_code") in {None, "ACQ.TRADE_CANCEL_TIME_OUT"}

    async def test_not_of_a_final_trade(self, merchant, clock):
        """
        A trade that became final cannot be cancelled.
        """
        await merchant.scan("zhang")
        clock.advance(days=100)

        assert ("40004", "ACQ.TRADE_CANCEL_TIME_OUT") == refusal(await merchant.cancel())

    async def test_not_after_a_refund(self, merchant):
        """
        A trade of which a part was given back cannot be cancelled.
        """
        await merchant.scan("zhang")
        await merchant.refund("1.00", "R1")

        assert ("40004", "ACQ.REASON_TRADE_REFUND_FEE_ERR") == refusal(await merchant.cancel())

    async def test_late_success_after_a_cancel(self, merchant):
        """
        A bank that answers late can make a cancelled trade paid after all.
        """
        await merchant.scan("wang")
        await merchant.cancel()
        closed = (await merchant.query())["trade_status"]
        await merchant.control("POST", "trades/T1/confirm", {"late": True})

        assert ["TRADE_CLOSED", "TRADE_SUCCESS"] == [
            closed,
            (await merchant.query())["trade_status"],
        ]
        assert 299000 == await merchant.balance("wang")


class TestRefund:
    async def test_a_part(self, merchant):
        """
        A part is given back, the trade stays paid, and the sum so far is told.
        """
        await merchant.scan("zhang")
        first = await merchant.refund("3.00", "R1")
        second = await merchant.refund("2.50", "R2")

        assert ["3.00", "5.50"] == [first["refund_fee"], second["refund_fee"]]
        assert ["Y", "Y"] == [first["fund_change"], second["fund_change"]]
        assert "TRADE_SUCCESS" == (await merchant.query())["trade_status"]
        assert 500000 - 450 == await merchant.balance("zhang")

    async def test_all_closes_the_trade(self, merchant):
        """
        When all is given back the trade is closed.
        """
        await merchant.scan("zhang")
        await merchant.refund("4.00", "R1")
        await merchant.refund("6.00", "R2")

        assert "TRADE_CLOSED" == (await merchant.query())["trade_status"]
        assert 500000 == await merchant.balance("zhang")

    async def test_repeated_moves_nothing(self, merchant):
        """
        The same request number and amount is done once and answered again.
        """
        await merchant.scan("zhang")
        first = await merchant.refund("10.00", "R1")
        again = await merchant.refund("10.00", "R1")

        assert ["Y", "N"] == [first["fund_change"], again["fund_change"]]
        assert ["10.00", "10.00"] == [first["refund_fee"], again["refund_fee"]]
        assert 500000 == await merchant.balance("zhang")

    async def test_repeated_with_another_amount(self, merchant):
        """
        The same request number with another amount contradicts the first.
        """
        await merchant.scan("zhang")
        await merchant.refund("3.00", "R1")

        assert ("40004", "ACQ.DISCORDANT_REPEAT_REQUEST") == refusal(
            await merchant.refund("3.01", "R1")
        )

    async def test_more_than_was_paid(self, merchant):
        """
        The refunds together cannot pass what was paid, not by one fen.
        """
        await merchant.scan("zhang")
        await merchant.refund("9.99", "R1")

        assert ("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL") == refusal(
            await merchant.refund("0.02", "R2")
        )
        assert "Y" == (await merchant.refund("0.01", "R3"))["fund_change"]

    async def test_without_a_number_only_in_full(self, merchant):
        """
        Without a request number only the whole amount can be given back.
        """
        await merchant.scan("zhang")

        assert ("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL") == refusal(
            await merchant.refund("9.00")
        )
        assert "Y" == (await merchant.refund("10.00"))["fund_change"]

    @pytest.mark.parametrize(
        ("amount", "sub_code"),
        [
            ("0.00", "ACQ.REFUND_FEE_ERROR"),
            ("-1.00", "ACQ.INVALID_PARAMETER"),
            ("1.001", "ACQ.INVALID_PARAMETER"),
            (1, "ACQ.INVALID_PARAMETER"),
        ],
    )
    async def test_malformed_amounts(self, merchant, amount, sub_code):
        """
        An amount that is none, nothing or negative is refused.
        """
        await merchant.scan("zhang")

        assert ("40004", sub_code) == refusal(await merchant.refund(amount, "R1"))

    async def test_of_an_unknown_trade(self, merchant):
        """
        There is nothing to give back of a trade that does not exist.
        """
        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(await merchant.refund("1.00", "R1"))

    @pytest.mark.parametrize("cancelled", [True, False])
    async def test_of_an_unpaid_trade(self, merchant, cancelled):
        """
        An unpaid trade, waiting or closed, gives nothing back.
        """
        await merchant.scan("wang")
        if cancelled:
            await merchant.cancel()

        assert ("40004", "ACQ.TRADE_STATUS_ERROR") == refusal(await merchant.refund("1.00", "R1"))

    @pytest.mark.parametrize(("days", "code"), [(91, "10000"), (92, "40004")])
    async def test_within_three_months(self, merchant, clock, days, code):
        """
        A payment of 23 November can be given back until 23 February and not then.
        """
        await merchant.scan("zhang")
        clock.advance(days=days)
        content = await merchant.refund("1.00", "R1")

        assert code == content["code"]
        assert content.get("sub_code") in {None, "ACQ.TRADE_HAS_FINISHED"}

    async def test_a_final_trade_says_so(self, merchant, clock):
        """
        After three months a paid trade is finished and still cannot be paid again.
        """
        await merchant.scan("zhang")
        clock.advance(days=92)

        assert "TRADE_FINISHED" == (await merchant.query())["trade_status"]
        assert ("40004", "ACQ.TRADE_HAS_SUCCESS") == refusal(await merchant.scan("zhang"))
