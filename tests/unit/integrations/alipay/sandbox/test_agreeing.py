"""Agreements: asked for, ended, and by whom."""

import pytest

from tests.unit.integrations.alipay.sandbox.merchant import refusal

QUERY = "alipay.user.agreement.query"
UNSIGN = "alipay.user.agreement.unsign"
GONE = ("40004", "USER_AGREEMENT_NOT_EXIST")


class TestAgreementQuery:
    async def test_by_number(self, merchant):
        """
        A live agreement is found by its number.
        """
        number = (await merchant.agreement("zhang", external_agreement_no="W1"))["agreement_no"]
        content = await merchant.call(QUERY, {"agreement_no": number})

        assert ("NORMAL", "W1") == (content["status"], content["external_agreement_no"])
        assert ("2088100000000001", "138****8000") == (
            content["principal_id"],
            content["alipay_logon_id"],
        )

    async def test_by_who_signed_what(self, merchant):
        """
        A live agreement is found by product and the merchant's own number or the user.
        """
        number = (await merchant.agreement("zhang", external_agreement_no="W1"))["agreement_no"]
        product = {"personal_product_code": "GENERAL_WITHHOLDING_P"}
        by_number = await merchant.call(QUERY, product | {"external_agreement_no": "W1"})
        by_user = await merchant.call(QUERY, product | {"alipay_user_id": "2088100000000001"})
        other = await merchant.call(
            QUERY, product | {"external_agreement_no": "W1", "sign_scene": "INDUSTRY|OTHER"}
        )

        assert [number, number] == [by_number["agreement_no"], by_user["agreement_no"]]
        assert GONE == refusal(other)

    async def test_without_an_own_number(self, merchant):
        """
        An agreement the merchant gave no number has none in the answer.
        """
        number = (await merchant.agreement("zhang"))["agreement_no"]
        content = await merchant.call(QUERY, {"agreement_no": number})

        assert "external_agreement_no" not in content

    @pytest.mark.parametrize("biz", [{}, {"personal_product_code": "X"}, {"agreement_no": 5}])
    async def test_has_to_name_one(self, merchant, biz):
        """
        A question that names no agreement is malformed.
        """
        assert ("40004", "ACQ.INVALID_PARAMETER") == refusal(await merchant.call(QUERY, biz))

    async def test_unknown(self, merchant):
        """
        A number that nobody signed is no agreement.
        """
        assert GONE == refusal(await merchant.call(QUERY, {"agreement_no": "2026"}))


class TestUnsign:
    async def test_ends_it_for_good(self, merchant):
        """
        After its end an agreement is not found, not charged and not ended again.
        """
        number = (await merchant.agreement("zhang"))["agreement_no"]
        ended = await merchant.call(UNSIGN, {"agreement_no": number})

        assert "10000" == ended["code"]
        assert GONE == refusal(await merchant.call(QUERY, {"agreement_no": number}))
        assert GONE == refusal(await merchant.call(UNSIGN, {"agreement_no": number}))
        assert ("40004", "ACQ.AGREEMENT_NOT_EXIST") == refusal(await merchant.charge(number))

    async def test_by_the_person(self, merchant):
        """
        A person can end an agreement on the phone.
        """
        number = (await merchant.agreement("zhang"))["agreement_no"]
        await merchant.control("POST", f"agreements/{number}/unsign")

        assert GONE == refusal(await merchant.call(QUERY, {"agreement_no": number}))


class TestSigning:
    async def test_once_at_a_time(self, merchant):
        """
        A person has one live agreement of a kind, and may sign anew after its end.
        """
        number = (await merchant.agreement("zhang"))["agreement_no"]
        await merchant.control("POST", "agreements", {"person": "zhang"}, status=409)
        await merchant.control("POST", f"agreements/{number}/unsign")

        assert number != (await merchant.agreement("zhang"))["agreement_no"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"person": "nobody"}, 404),
            ({"person": "zhang", "app_id": "2021999999999999"}, 404),
            ({"person": "zhang", "limit": 5}, 400),
            ({"person": "zhang", "single_limit_fen": -1}, 400),
            ({}, 400),
        ],
    )
    async def test_refuses_nonsense(self, merchant, body, status):
        """
        Unknown people and applications and misspelt terms are refused.
        """
        await merchant.control("POST", "agreements", body, status=status)
