"""
Charges, cancels, refunds and the statement, against the running sandbox over real HTTP.
"""

from datetime import date

import pytest

from integrations.alipay.plugin import AlipayPlugin
from integrations.spi import (
    CancelCharge,
    Charged,
    ChargeUndone,
    Declined,
    DidNotHappen,
    Happened,
    NotSent,
    Pending,
    Refund,
    Refunded,
    Refused,
    Secured,
    SecureRequest,
    StillPending,
    Succeeded,
    UnavailableError,
    Undecided,
    Unknown,
)

PAY = "alipay.trade.pay"


class TestCharge:
    async def test_by_agreement(self, partner):
        """
        A charge by agreement takes exactly the amount from the payer.
        """
        prepared = partner.charge(11_782, subject=await partner.linked("li", "REF1"))

        outcome = await partner.perform(prepared)

        assert isinstance(outcome, Succeeded)
        assert isinstance(outcome.result, Charged)
        assert 11_782 == outcome.result.amount_minor
        assert partner.at == outcome.result.at
        row = (await partner.books())["trades"][0]
        assert (prepared.reference, 11_782, "TRADE_SUCCESS") == (
            row["out_trade_no"],
            row["paid_fen"],
            row["status"],
        )

    async def test_by_code(self, partner):
        """
        A scanned payment code pays.
        """
        prepared = partner.charge(500, code=await partner.barcode("li"))

        outcome = await partner.perform(prepared)

        assert isinstance(outcome, Succeeded)

    async def test_waits_for_the_password(self, partner):
        """
        A payer who is asked for the password leaves the charge pending until the answer.
        """
        prepared = partner.charge(500, subject=await partner.linked("wang", "REF1"))

        assert isinstance(await partner.perform(prepared), Pending)
        assert StillPending() == await partner.query(prepared)
        await partner.post(f"/_sandbox/trades/{prepared.reference}/confirm", {})
        assert isinstance(await partner.query(prepared), Happened)

    async def test_balance(self, partner):
        """
        A payer without enough money is a definite refusal.
        """
        prepared = partner.charge(301, subject=await partner.linked("zhao", "REF1"))

        outcome = await partner.perform(prepared)

        assert (
            Declined(code="BALANCE_INSUFFICIENT", partner_code="ACQ.BUYER_BALANCE_NOT_ENOUGH")
            == outcome
        )

    async def test_void_code(self, partner):
        """
        A payment code that nobody shows is a definite refusal.
        """
        prepared = partner.charge(500, code="280000000000000001")

        outcome = await partner.perform(prepared)

        assert isinstance(outcome, Declined)
        assert "CODE_REJECTED" == outcome.code

    async def test_over_the_agreements_limit(self, partner):
        """
        What the agreement does not cover is a definite refusal.
        """
        subject = await partner.linked("li", "REF1", single_limit_fen=1000)

        outcome = await partner.perform(partner.charge(1001, subject=subject))

        assert isinstance(outcome, Declined)
        assert "AMOUNT_OVER_LIMIT" == outcome.code

    async def test_repeated(self, partner):
        """
        A paid charge that is performed again stays unknown, is found by the query, and takes once.
        """
        prepared = partner.charge(500, subject=await partner.linked("li", "REF1"))
        await partner.perform(prepared)

        again = await partner.perform(prepared)

        assert isinstance(again, Unknown)
        assert isinstance(await partner.query(prepared), Happened)
        assert [500] == [row["paid_fen"] for row in (await partner.books())["trades"]]

    async def test_refused_while_an_earlier_one_waits(self, partner):
        """
        A repetition refused for its used-up agreement is not a refusal of the trade that waits.
        """
        subject = await partner.linked("wang", "REF1")
        prepared = partner.charge(500, subject=subject)
        await partner.perform(prepared)
        await partner.alipay.unlink(subject)

        again = await partner.perform(prepared)

        assert isinstance(again, Unknown)
        assert StillPending() == await partner.query(prepared)


class TestFaults:
    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "cut_before_response"},
            {"kind": "wrong_signature"},
            {"kind": "answer", "code": "20000", "processed": True},
            {"kind": "answer", "code": "ACQ.SYSTEM_ERROR", "processed": True},
            {"kind": "answer", "code": "ACQ.NEVER_HEARD_OF", "processed": True},
            {"kind": "answer", "code": "ACQ.BUYER_BALANCE_NOT_ENOUGH", "processed": True},
            {"kind": "answer", "code": "40006", "processed": True},
        ],
    )
    async def test_done_but_not_told(self, partner, fault):
        """
        Whatever hides that a charge was done makes it unknown, and the query tells the truth.
        """
        prepared = partner.charge(500, subject=await partner.linked("li", "REF1"))
        await partner.fault(operation=PAY, **fault)

        outcome = await partner.perform(prepared)

        assert isinstance(outcome, Unknown)
        assert isinstance(await partner.query(prepared), Happened)

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "cut_after_request"},
            {"kind": "lie"},
            {"kind": "answer", "code": "20000", "processed": False},
        ],
    )
    async def test_not_done(self, partner, fault):
        """
        A charge that was not done is never told as a fact before its cancel was acknowledged.
        """
        prepared = partner.charge(500, subject=await partner.linked("li", "REF1"))
        await partner.fault(operation=PAY, **fault)
        await partner.perform(prepared)
        cancel = partner.prepared(CancelCharge(original=prepared.reference))

        assert isinstance(await partner.query(prepared), Undecided)
        assert isinstance(await partner.perform(cancel), Succeeded)
        assert DidNotHappen(code="TRADE_CLOSED") == await partner.query(prepared, undone=True)

    async def test_nobody_listens(self, partner):
        """
        A gateway that cannot be reached was sent nothing.
        """
        prepared = partner.charge(500, code="280000000000000001")
        alipay = AlipayPlugin().open(partner.environment(gateway_url="http://127.0.0.1:1/x"))

        outcome = await alipay.perform(prepared, partner.party())

        assert isinstance(outcome, NotSent)
        await alipay.close()

    async def test_late_success(self, partner):
        """
        A trade that is paid after its cancel is told as paid.
        """
        prepared = partner.charge(500, subject=await partner.linked("wang", "REF1"))
        await partner.perform(prepared)
        await partner.perform(partner.prepared(CancelCharge(original=prepared.reference)))
        await partner.post(f"/_sandbox/trades/{prepared.reference}/confirm", {"late": True})

        assert isinstance(await partner.query(prepared, undone=True), Happened)


class TestCancel:
    async def test_gives_the_money_back(self, partner):
        """
        Cancelling a paid charge gives all of it back, however often it is asked for.
        """
        prepared = partner.charge(500, subject=await partner.linked("li", "REF1"))
        await partner.perform(prepared)
        cancel = partner.prepared(CancelCharge(original=prepared.reference))

        first, second = await partner.perform(cancel), await partner.perform(cancel)

        assert first == second
        assert isinstance(first, Succeeded)
        assert ChargeUndone(refunded=True) == first.result
        assert [500] == [row["amount_fen"] for row in (await partner.books())["refunds"]]
        assert isinstance(await partner.query(cancel), Happened)

    async def test_cannot_be_told_while_paid(self, partner):
        """
        The query of a cancel that was not made leaves it open.
        """
        prepared = partner.charge(500, subject=await partner.linked("li", "REF1"))
        await partner.perform(prepared)
        cancel = partner.prepared(CancelCharge(original=prepared.reference))

        assert isinstance(await partner.query(cancel), Undecided)

    async def test_too_late(self, partner):
        """
        A charge of yesterday is refunded, not cancelled.
        """
        prepared = partner.charge(500, subject=await partner.linked("li", "REF1"))
        await partner.perform(prepared)
        partner.pass_time(days=1)

        outcome = await partner.perform(
            partner.prepared(CancelCharge(original=prepared.reference))
        )

        assert isinstance(outcome, Declined)
        assert "TOO_LATE" == outcome.code


class TestRefund:
    async def test_part_by_part(self, partner):
        """
        Parts go back once each, also when a part is performed twice.
        """
        prepared = partner.charge(500, subject=await partner.linked("li", "REF1"))
        await partner.perform(prepared)
        part = partner.prepared(
            Refund(original=prepared.reference, amount_minor=200, charged_minor=500)
        )
        rest = partner.prepared(
            Refund(original=prepared.reference, amount_minor=300, charged_minor=500)
        )

        first = await partner.perform(part)
        again = await partner.perform(part)

        assert isinstance(first, Succeeded)
        assert Refunded(amount_minor=200) == first.result
        assert isinstance(again, Pending)
        assert isinstance(await partner.query(part), Happened)
        assert isinstance(await partner.query(rest), Undecided)
        assert isinstance(await partner.perform(rest), Succeeded)
        assert [200, 300] == [row["amount_fen"] for row in (await partner.books())["refunds"]]

    async def test_more_than_is_left(self, partner):
        """
        More than is left of a charge is a definite refusal.
        """
        prepared = partner.charge(500, subject=await partner.linked("li", "REF1"))
        await partner.perform(prepared)
        half = Refund(original=prepared.reference, amount_minor=300, charged_minor=500)
        first = await partner.perform(partner.prepared(half))
        second = await partner.perform(partner.prepared(half))

        assert isinstance(first, Succeeded)
        assert isinstance(second, Declined)
        assert "AMOUNT_INVALID" == second.code

    async def test_of_nothing(self, partner):
        """
        A refund of a trade that is not known is a definite refusal.
        """
        refund = partner.prepared(Refund(original="FW1", amount_minor=300, charged_minor=500))

        outcome = await partner.perform(refund)

        assert isinstance(outcome, Declined)
        assert "REFUND_REFUSED" == outcome.code


class TestSecure:
    def request(self, partner, subject, amount_minor, **party):
        return SecureRequest(
            subject=subject,
            amount_minor=amount_minor,
            party=partner.party(**party),
            now=partner.at,
        )

    async def test_stands(self, partner):
        """
        A standing agreement secures the amount.
        """
        subject = await partner.linked("li", "REF1")

        secured = await partner.alipay.secure(self.request(partner, subject, 500))

        assert isinstance(secured, Secured)

    async def test_stopped(self, partner):
        """
        A stopped agreement secures nothing.
        """
        subject = await partner.linked("li", "REF1")
        number = (await partner.books())["agreements"][0]["agreement_no"]
        await partner.post(f"/_sandbox/agreements/{number}/stop", {})

        refused = await partner.alipay.secure(self.request(partner, subject, 500))

        assert Refused("AGREEMENT_ENDED") == refused

    async def test_over_the_arranged_limit(self, partner):
        """
        What is above the limit arranged with Alipay is refused before the insurer settles.
        """
        subject = await partner.linked("li", "REF1")
        alipay = AlipayPlugin().open(partner.environment(single_limit_minor=499))

        refused = await alipay.secure(self.request(partner, subject, 500))

        assert Refused("AMOUNT_OVER_LIMIT") == refused
        await alipay.close()


class TestStatement:
    async def test_of_yesterday(self, partner):
        """
        The statement names each charge and refund by our own numbers, in positive fen.
        """
        prepared = partner.charge(11_782, subject=await partner.linked("li", "REF1"))
        await partner.perform(prepared)
        refund = partner.prepared(
            Refund(original=prepared.reference, amount_minor=782, charged_minor=11_782)
        )
        await partner.perform(refund)
        partner.pass_time(days=1)

        rows = await partner.alipay.statement(date(2026, 11, 22), partner.party())

        assert [
            ("charge", prepared.reference, 11_782),
            ("refund", refund.reference, 782),
        ] == [(row.kind, row.reference, row.total_minor) for row in rows]

    async def test_not_made_yet(self, partner):
        """
        The statement of today cannot be had.
        """
        with pytest.raises(UnavailableError):
            await partner.alipay.statement(date(2026, 11, 22), partner.party())
