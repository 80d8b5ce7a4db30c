"""The person's side, the books, and the settings."""

import asyncio

import msgspec
import pytest

from integrations.alipay.sandbox import AlipaySandboxSettings, default_settings, make_keys
from tests.unit.integrations.alipay.sandbox.merchant import refusal


class TestPerson:
    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("POST", "barcodes", {"person": "nobody"}, 404),
            ("POST", "barcodes", {}, 400),
            ("POST", "trades/T9/confirm", None, 404),
            ("POST", "trades/T9/confirm", {"later": True}, 400),
            ("POST", "agreements/1/stop", None, 404),
            ("PATCH", "people/nobody", {"balance_fen": 1}, 404),
            ("PATCH", "people/zhang", {"balance_fen": -1}, 400),
            ("PATCH", "people/zhang", {"key": "li"}, 400),
        ],
    )
    async def test_refuses_what_cannot_be(self, merchant, method, path, body, status):
        """
        Unknown people, trades and agreements and impossible values are refused.
        """
        await merchant.control(method, path, body, status=status)

    @pytest.mark.parametrize("body", [None, {"late": True}])
    async def test_a_paid_trade_is_not_decided_again(self, merchant, body):
        """
        A paid trade has nothing left to decide, not even late.
        """
        await merchant.scan("zhang")
        await merchant.control("POST", "trades/T1/confirm", body, status=409)
        await merchant.control("POST", "trades/T1/decline", body, status=409)

        assert 499000 == await merchant.balance("zhang")

    async def test_codes_are_alipays(self, merchant):
        """
        A minted code has eighteen digits and begins with 28, and no two are alike.
        """
        codes = {await merchant.barcode("zhang") for _ in range(5)}

        assert 5 == len(codes)
        assert all(len(code) == 18 and code.isdigit() and code[:2] == "28" for code in codes)


class TestBooks:
    async def test_tell_trades_and_refunds_in_fen(self, merchant):
        """
        The books show each trade and refund by the caller's number and by Alipay's.
        """
        trade_no = (await merchant.scan("zhang", "10.00"))["trade_no"]
        await merchant.refund("4.00", "R1")
        books = await merchant.books()

        assert [("T1", trade_no, "TRADE_SUCCESS", 1000, 1000, 400)] == [
            tuple(
                row[name]
                for name in (
                    "out_trade_no",
                    "trade_no",
                    "status",
                    "total_fen",
                    "paid_fen",
                    "refunded_fen",
                )
            )
            for row in books["trades"]
        ]
        assert [("T1", "R1", 400, "refund")] == [
            (row["out_trade_no"], row["out_request_no"], row["amount_fen"], row["by"])
            for row in books["refunds"]
        ]

    async def test_no_money_is_made_or_lost(self, merchant):
        """
        What people paid and did not get back is what their balances lack.
        """
        before = sum(row["balance_fen"] for row in (await merchant.books())["people"])
        await merchant.scan("zhang", "123.45", "T1")
        await merchant.scan("li", "77.00", "T2")
        await merchant.scan("zhao", "77.00", "T3")
        await merchant.refund("23.45", "R1", "T1")
        await merchant.cancel("T2")
        books = await merchant.books()

        kept = sum(row["paid_fen"] - row["refunded_fen"] for row in books["trades"])
        assert before - kept == sum(row["balance_fen"] for row in books["people"])

    async def test_ten_desks_at_once_charge_once(self, merchant):
        """
        Of ten concurrent charges under one number exactly one takes money.
        """
        number = (await merchant.agreement("zhang"))["agreement_no"]
        answers = await asyncio.gather(*(merchant.charge(number, "10.00") for _ in range(10)))
        codes = sorted(refusal(content) for content in answers if content["code"] != "10000")

        assert [("40004", "ACQ.TRADE_HAS_SUCCESS")] * 9 == codes
        assert 499000 == await merchant.balance("zhang")


class TestSettings:
    def test_are_read_back_from_json(self):
        """
        Settings survive the way through a file.
        """
        settings = default_settings(make_keys())
        text = msgspec.json.encode(settings)

        assert settings == msgspec.json.decode(text, type=AlipaySandboxSettings)

    def test_make_keys_when_none_are_given(self):
        """
        Without keys the settings bring fresh ones, the merchant's private key included.
        """
        app = default_settings().apps[0]

        assert app.merchant_private_key is not None
        assert app.merchant_private_key != app.alipay_private_key

    def test_do_not_show_their_secrets(self):
        """
        No private key appears in what is printed of keys or settings.
        """
        keys = make_keys()
        shown = repr(keys) + repr(default_settings(keys))

        assert "PRIVATE" not in shown
        assert "redacted" in shown
