"""
From requests to business parameters.
"""

from datetime import UTC, datetime

import msgspec
import pytest

from integrations.alipay import requests
from integrations.alipay.context import AlipayPartyProfile
from integrations.spi import CancelCharge, Charge, Numbers, PartyView, Prepared, Refund, Refused

PROFILE = AlipayPartyProfile(seller_id="2088000000000001", store_id="S1")
NUMBERS = Numbers(serial=7, sequence=1, instant=datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
SUBJECT = '{"agreement_no":"20261122000000001"}'


def charge(**changes):
    plain = {"amount_minor": 11_782, "hospital": "示范市第一人民医院", "terminal": "T1"}
    return requests.prepare(Charge(**plain | changes), NUMBERS, PROFILE)


def content(prepared):
    return msgspec.json.decode(msgspec.json.decode(prepared.payload)["biz_content"])


class TestCharge:
    def test_by_agreement(self):
        """
        A charge by agreement names the agreement, the store and a neutral subject.
        """
        prepared = charge(subject=SUBJECT)

        assert {
            "out_trade_no": "FW202611230000000000000000000000007",
            "total_amount": "117.82",
            "subject": "医疗服务",
            "seller_id": "2088000000000001",
            "store_id": "S1",
            "terminal_id": "T1",
            "timeout_express": "3m",
            "product_code": "GENERAL_WITHHOLDING",
            "agreement_params": {"agreement_no": "20261122000000001"},
        } == content(prepared)
        assert ("charge", "FW202611230000000000000000000000007") == (
            prepared.operation,
            prepared.reference,
        )

    def test_by_code(self):
        """
        A charge by code names the code and how it was read.
        """
        sent = content(charge(code="280000000000000001"))

        assert ("FACE_TO_FACE_PAYMENT", "bar_code", "280000000000000001") == (
            sent["product_code"],
            sent["scene"],
            sent["auth_code"],
        )

    def test_names_nobody(self):
        """
        Neither the hospital nor anything of the visit is sent.
        """
        assert "示范" not in str(content(charge(subject=SUBJECT)))

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"subject": SUBJECT, "amount_minor": 0}, "AMOUNT_INVALID"),
            ({"subject": SUBJECT, "amount_minor": -1}, "AMOUNT_INVALID"),
            ({"subject": SUBJECT, "amount_minor": 10_000_000_001}, "AMOUNT_INVALID"),
            ({}, "NOT_BOUND"),
            ({"subject": "{}"}, "NOT_BOUND"),
            ({"subject": '{"agreement_no":"a b"}'}, "NOT_BOUND"),
            ({"subject": SUBJECT, "code": "280000000000000001"}, "CODE_REJECTED"),
            ({"code": "10"}, "CODE_REJECTED"),
        ],
    )
    def test_refused(self, changes, code):
        """
        What cannot be charged is refused before anything is sent.
        """
        assert Refused(code) == charge(**changes)


class TestUndoing:
    def test_cancel(self):
        """
        A cancel goes by the charge's own number.
        """
        prepared = requests.prepare(CancelCharge(original="FW1"), NUMBERS, PROFILE)

        assert ("cancel_charge", "FW1", {"out_trade_no": "FW1"}) == (
            prepared.operation,
            prepared.reference,
            content(prepared),
        )

    def test_refund(self):
        """
        A refund has a number of its own.
        """
        request = Refund(original="FW1", amount_minor=2_000, charged_minor=11_782)

        prepared = requests.prepare(request, NUMBERS, PROFILE)

        assert {
            "out_trade_no": "FW1",
            "refund_amount": "20.00",
            "out_request_no": "RF202611230000000000000000000000007",
        } == content(prepared)

    @pytest.mark.parametrize("amount_minor", [0, -1, 11_783])
    def test_refund_of_what_was_not_paid(self, amount_minor):
        """
        No more than was paid can be asked back.
        """
        request = Refund(original="FW1", amount_minor=amount_minor, charged_minor=11_782)

        assert Refused("AMOUNT_INVALID") == requests.prepare(request, NUMBERS, PROFILE)


class TestCallOf:
    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"{}",
            b'{"method":"alipay.user.agreement.unsign","biz_content":"","out_trade_no":""}',
        ],
    )
    def test_not_ours(self, payload):
        """
        A payload that is not a committed call of ours is none.
        """
        prepared = Prepared(operation="charge", reference="FW1", payload=payload)

        assert requests.call_of(prepared) is None

    def test_ours(self):
        """
        A committed call is read back as it was.
        """
        call = requests.call_of(charge(subject=SUBJECT))

        assert ("alipay.trade.pay", 11_782) == (call.method, call.amount_minor)


class TestProfileOf:
    @pytest.mark.parametrize(
        "profile",
        [
            b"",
            b"[]",
            b"\xff",
            b'{"seller_id":"1","unknown":1}',
            b'{"seller_id":"1","app_id":"2","private_key_pem":"x","alipay_public_key_pem":"y"}',
        ],
    )
    def test_unusable(self, profile):
        """
        A profile that cannot be used is none.
        """
        party = PartyView(id="p", name="n", kind="hospital", profile=profile)

        assert requests.profile_of(party) is None


class TestSignPage:
    @pytest.mark.parametrize(("url", "glue"), [("https://a/b", "?"), ("https://a/b?c=d", "&")])
    def test_joined(self, url, glue):
        """
        The page's own query stays.
        """
        assert f"{url}{glue}sign=a%2Bb" == requests.sign_page(url, {"sign": "a+b"})
