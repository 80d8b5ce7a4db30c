"""alipay.trade.pay, by scanned code and by agreement."""

import pytest

from tests.unit.integrations.alipay.sandbox.merchant import refusal


class TestScannedCode:
    async def test_is_paid_at_once(self, merchant):
        """
        A small amount under a fresh code is paid and leaves the balance.
        """
        content = await merchant.scan("zhang", "88.88")

        assert ("10000", "88.88") == (content["code"], content["buyer_pay_amount"])
        assert "2026-11-23 10:00:00" == content["gmt_payment"]
        assert 500000 - 8888 == await merchant.balance("zhang")

    async def test_answers_under_the_method_name(self, merchant):
        """
        The content stands in the member that is named after the method.
        """
        await merchant.scan("zhang")

        assert "alipay_trade_pay_response" == merchant.member

    async def test_is_void_after_success(self, merchant):
        """
        A code that paid cannot pay another trade.
        """
        code = await merchant.barcode("zhang")
        await merchant.charge_code(code, no="T1")

        assert ("40004", "ACQ.PAYMENT_AUTH_CODE_INVALID") == refusal(
            await merchant.charge_code(code, no="T2")
        )

    async def test_is_void_after_failure(self, merchant):
        """
        A code that was declined for want of money cannot be used for a smaller amount.
        """
        code = await merchant.barcode("zhao")
        first = await merchant.charge_code(code, "100.00", "T1")
        second = await merchant.charge_code(code, "1.00", "T2")

        assert ("40004", "ACQ.BUYER_BALANCE_NOT_ENOUGH") == refusal(first)
        assert ("40004", "ACQ.PAYMENT_AUTH_CODE_INVALID") == refusal(second)
        assert 300 == await merchant.balance("zhao")

    async def test_a_declined_payment_leaves_no_trade(self, merchant):
        """
        After a decline the number is free: a query finds no trade, another payer may pay.
        """
        await merchant.scan("zhao", "100.00")

        assert ("40004", "ACQ.TRADE_NOT_EXIST") == refusal(await merchant.query())
        assert "10000" == (await merchant.scan("zhang", "100.00"))["code"]

    @pytest.mark.parametrize(("seconds", "code"), [(59, "10000"), (60, "40004")])
    async def test_lives_sixty_seconds(self, merchant, clock, seconds, code):
        """
        A code pays within sixty seconds of its making and not at sixty.
        """
        auth_code = await merchant.barcode("zhang")
        clock.advance(seconds=seconds)

        assert code == (await merchant.charge_code(auth_code))["code"]

    @pytest.mark.parametrize(
        "code", ["2812345678901234", "2412345678901234567", "3112345678901234567", "28", "x" * 18]
    )
    async def test_unknown_or_foreign_codes_are_invalid(self, merchant, code):
        """
        A code of another family, of a wrong length or never issued is an invalid code.
        """
        assert ("40004", "ACQ.PAYMENT_AUTH_CODE_INVALID") == refusal(
            await merchant.charge_code(code)
        )

    @pytest.mark.parametrize(
        ("fields", "sub_code"),
        [
            ({"auth_code": ""}, "ACQ.AUTH_TOKEN_IS_NOT_EXIST"),
            ({"scene": "security_code"}, "ACQ.UN_SUPPORT_TRADE_SCENE"),
            ({"scene": ""}, "ACQ.UN_SUPPORT_TRADE_SCENE"),
            ({"product_code": "GENERAL_WITHHOLDING"}, "ACQ.ACCESS_FORBIDDEN"),
            ({"buyer_id": "2088100000000002"}, "ACQ.PAYER_UNMATCHED"),
            ({"total_amount": 10.0}, "ACQ.INVALID_PARAMETER"),
            ({"total_amount": "10.001"}, "ACQ.INVALID_PARAMETER"),
            ({"total_amount": "1e2"}, "ACQ.INVALID_PARAMETER"),
            ({"total_amount": "１０"}, "ACQ.INVALID_PARAMETER"),
            ({"total_amount": "-1.00"}, "ACQ.INVALID_PARAMETER"),
            ({"total_amount": "0.00"}, "ACQ.TOTAL_FEE_EXCEED"),
            ({"total_amount": "100000000.01"}, "ACQ.TOTAL_FEE_EXCEED"),
            ({"out_trade_no": "T-1"}, "ACQ.INVALID_PARAMETER"),
            ({"out_trade_no": ""}, "ACQ.INVALID_PARAMETER"),
            ({"out_trade_no": "T" * 65}, "ACQ.INVALID_PARAMETER"),
            ({"out_trade_no": "T1\n"}, "ACQ.INVALID_PARAMETER"),
            ({"subject": "a/b"}, "ACQ.INVALID_PARAMETER"),
            ({"subject": "a=b"}, "ACQ.INVALID_PARAMETER"),
            ({"subject": "a&b"}, "ACQ.INVALID_PARAMETER"),
            ({"subject": ""}, "ACQ.INVALID_PARAMETER"),
            ({"subject": "x" * 257}, "ACQ.INVALID_PARAMETER"),
            ({"timeout_express": "0m"}, "ACQ.INVALID_PARAMETER"),
            ({"timeout_express": "16d"}, "ACQ.INVALID_PARAMETER"),
            ({"timeout_express": "1.5h"}, "ACQ.INVALID_PARAMETER"),
        ],
    )
    async def test_malformed_orders_are_refused(self, merchant, fields, sub_code):
        """
        An order that breaks a rule of its fields is refused with that rule's code.
        """
        assert ("40004", sub_code) == refusal(await merchant.scan("zhang", **fields))
        assert 500000 == await merchant.balance("zhang")


class TestSameNumber:
    async def test_paid_is_not_paid_again(self, merchant):
        """
        A second payment with a paid number is refused and moves no money.
        """
        await merchant.scan("zhang")

        assert ("40004", "ACQ.TRADE_HAS_SUCCESS") == refusal(await merchant.scan("zhang"))
        assert 499000 == await merchant.balance("zhang")

    @pytest.mark.parametrize("fields", [{"total": "10.01"}, {"subject": "药费"}])
    async def test_differing_order_is_inconsistent(self, merchant, fields):
        """
        The same number with another amount or subject contradicts the first trade.
        """
        await merchant.scan("zhang")

        assert ("40004", "ACQ.CONTEXT_INCONSISTENT") == refusal(
            await merchant.scan("zhang", **fields)
        )

    async def test_closed_stays_closed(self, merchant):
        """
        A cancelled number cannot be paid any more.
        """
        await merchant.scan("wang")
        await merchant.cancel()

        assert ("40004", "ACQ.TRADE_HAS_CLOSE") == refusal(await merchant.scan("wang"))

    async def test_waiting_is_answered_again(self, merchant):
        """
        The same code sent again while the buyer types finds the same waiting trade.
        """
        code = await merchant.barcode("wang")
        first = await merchant.charge_code(code)
        again = await merchant.charge_code(code)

        assert "10003" == first["code"]
        assert first == again

    async def test_waiting_with_a_fresh_code_of_the_same_buyer(self, merchant):
        """
        A fresh code of the same buyer is answered with the waiting trade.
        """
        first = await merchant.scan("wang")

        assert first == await merchant.scan("wang")

    async def test_waiting_for_another_buyer(self, merchant):
        """
        Another buyer cannot take over a waiting trade.
        """
        await merchant.scan("wang")

        assert ("40004", "ACQ.TRADE_BUYER_NOT_MATCH") == refusal(await merchant.scan("zhang"))

    async def test_waiting_with_a_code_that_is_void(self, merchant):
        """
        A void code does not find a waiting trade that it did not open.
        """
        await merchant.scan("wang")

        assert ("40004", "ACQ.PAYMENT_AUTH_CODE_INVALID") == refusal(
            await merchant.charge_code("281234567890123456")
        )


class TestAgreement:
    async def test_is_charged_without_asking(self, merchant):
        """
        A charge by agreement is paid at once, above the limit of password-free payment too.
        """
        agreement = await merchant.agreement("zhang")
        content = await merchant.charge(agreement["agreement_no"], "1500.00")

        assert "10000" == content["code"]
        assert 350000 == await merchant.balance("zhang")

    async def test_declines_without_balance(self, merchant):
        """
        Zhao's three yuan do not cover a registration fee.
        """
        agreement = await merchant.agreement("zhao")

        assert ("40004", "ACQ.BUYER_BALANCE_NOT_ENOUGH") == refusal(
            await merchant.charge(agreement["agreement_no"], "3.01")
        )

    @pytest.mark.parametrize(("total", "code"), [("200.00", "10000"), ("200.01", "40004")])
    async def test_limit_per_payment(self, merchant, total, code):
        """
        A charge may reach the agreed limit and not pass it.
        """
        agreement = await merchant.agreement("zhang", single_limit_fen=20000)
        content = await merchant.charge(agreement["agreement_no"], total)

        assert code == content["code"]
        assert content.get("sub_code") in {None, "ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED"}

    async def test_unknown_agreement(self, merchant):
        """
        A number that nobody signed is no agreement.
        """
        assert ("40004", "ACQ.AGREEMENT_NOT_EXIST") == refusal(await merchant.charge("2026"))

    async def test_stopped_agreement(self, merchant):
        """
        A stopped agreement refuses, and charges again when it is resumed.
        """
        number = (await merchant.agreement("zhang"))["agreement_no"]
        await merchant.control("POST", f"agreements/{number}/stop")
        stopped = await merchant.charge(number)
        await merchant.control("POST", f"agreements/{number}/resume")

        assert ("40004", "ACQ.AGREEMENT_STATUS_NOT_NORMAL") == refusal(stopped)
        assert "10000" == (await merchant.charge(number))["code"]

    async def test_expired_agreement(self, merchant, clock):
        """
        An agreement beyond its last day is invalid.
        """
        number = (await merchant.agreement("zhang", valid_days=1))["agreement_no"]
        clock.advance(days=1)

        assert ("40004", "ACQ.AGREEMENT_INVALID") == refusal(await merchant.charge(number))

    async def test_needs_its_product(self, merchant):
        """
        An agreement is charged under its own product code only.
        """
        number = (await merchant.agreement("zhang"))["agreement_no"]

        assert ("40004", "ACQ.ACCESS_FORBIDDEN") == refusal(
            await merchant.charge(number, product_code="FACE_TO_FACE_PAYMENT")
        )

    async def test_a_person_who_is_always_asked(self, merchant):
        """
        A buyer whose every payment is checked lets a charge by agreement wait.
        """
        number = (await merchant.agreement("wang"))["agreement_no"]

        assert "10003" == (await merchant.charge(number))["code"]
        assert 300000 == await merchant.balance("wang")
