"""Trades that wait for their buyer: confirmed, declined, decided late, run out of time."""

import pytest


class TestWaiting:
    async def test_above_the_password_free_limit(self, merchant):
        """
        One fen above the limit of password-free payment the buyer is asked.
        """
        at_limit = await merchant.scan("zhang", "1000.00", "T1")
        above = await merchant.scan("zhang", "1000.01", "T2")

        assert ["10000", "10003"] == [at_limit["code"], above["code"]]
        assert "WAIT_BUYER_PAY" == (await merchant.query("T2"))["trade_status"]
        assert 400000 == await merchant.balance("zhang")

    async def test_a_person_who_is_never_asked(self, merchant):
        """
        A buyer who is never asked pays any amount at once.
        """
        await merchant.control("PATCH", "people/zhou", {"asks_buyer": "never"})

        assert "10000" == (await merchant.scan("zhou", "9000.00"))["code"]

    async def test_confirmed(self, merchant):
        """
        When the buyer confirms, the trade is paid.
        """
        await merchant.scan("wang")
        await merchant.control("POST", "trades/T1/confirm")
        content = await merchant.query()

        assert ("TRADE_SUCCESS", "10.00") == (content["trade_status"], content["buyer_pay_amount"])
        assert 299000 == await merchant.balance("wang")

    async def test_declined(self, merchant):
        """
        When the buyer turns away, the trade is closed and unpaid.
        """
        await merchant.scan("wang")
        await merchant.control("POST", "trades/T1/decline")

        assert "TRADE_CLOSED" == (await merchant.query())["trade_status"]
        assert 300000 == await merchant.balance("wang")

    async def test_confirmed_without_the_money_left(self, merchant):
        """
        A buyer whose money went elsewhere meanwhile closes the trade by confirming.
        """
        await merchant.scan("wang")
        await merchant.control("PATCH", "people/wang", {"balance_fen": 999})
        await merchant.control("POST", "trades/T1/confirm")

        assert "TRADE_CLOSED" == (await merchant.query())["trade_status"]

    @pytest.mark.parametrize(
        ("person", "status"), [("liu", "TRADE_SUCCESS"), ("sun", "TRADE_CLOSED")]
    )
    async def test_decides_after_a_while(self, merchant, clock, person, status):
        """
        A person with a habit decides after five seconds, not before.
        """
        await merchant.scan(person)
        clock.advance(seconds=4)
        early = (await merchant.query())["trade_status"]
        clock.advance(seconds=1)

        assert ["WAIT_BUYER_PAY", status] == [early, (await merchant.query())["trade_status"]]

    @pytest.mark.parametrize(
        ("express", "seconds"),
        [("", 180), ("1m", 60), ("2h", 7200), ("1d", 86400), ("1c", 14 * 3600)],
    )
    async def test_closes_by_itself(self, merchant, clock, express, seconds):
        """
        A trade nobody decides closes at the end of its time, three minutes if none was given.
        """
        await merchant.scan("wang", timeout_express=express)
        clock.advance(seconds=seconds - 1)
        early = (await merchant.query())["trade_status"]
        clock.advance(seconds=1)

        assert ["WAIT_BUYER_PAY", "TRADE_CLOSED"] == [
            early,
            (await merchant.query())["trade_status"],
        ]

    async def test_a_decision_after_the_end_comes_too_late(self, merchant, clock):
        """
        A habit that is slower than the trade's time finds the trade closed.
        """
        await merchant.control("PATCH", "people/liu", {"decides_after_seconds": 61})
        await merchant.scan("liu", timeout_express="1m")
        clock.advance(seconds=120)

        assert "TRADE_CLOSED" == (await merchant.query())["trade_status"]
