"""
What Alipay's answers mean, row by row of the vectors.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.alipay import mapping
from integrations.alipay.context import Call
from integrations.alipay.rules import LISTED, REFUSALS, is_payment_code, masked_label
from integrations.spi import Charged, ChargeUndone, Declined, Refunded, Succeeded, Unknown

FOLDER = Path(__file__).parents[3] / "vectors" / "alipay"
OUTCOMES = json.loads((FOLDER / "outcomes.json").read_text())
ANSWERS = json.loads((FOLDER / "answers.json").read_text())
NOW = datetime(2026, 11, 22, 4, 0, 5, tzinfo=UTC)

CALLS = {
    "charge": Call(
        method="alipay.trade.pay", biz_content="{}", out_trade_no="FW1", amount_minor=11_782
    ),
    "cancel_charge": Call(method="alipay.trade.cancel", biz_content="{}", out_trade_no="FW1"),
    "refund": Call(
        method="alipay.trade.refund",
        biz_content="{}",
        out_trade_no="FW1",
        out_request_no="RF1",
        amount_minor=2_000,
    ),
}


def told(result):
    """
    The kind of an outcome, and its code, reason, or what its result says.
    """
    inner = getattr(result, "result", None)
    match inner:
        case ChargeUndone(refunded=refunded):
            text = f"refunded={refunded}"
        case Refunded(amount_minor=amount_minor):
            text = f"amount_minor={amount_minor}"
        case _:
            text = getattr(result, "code", "") or getattr(result, "reason", "")
    return [type(result).__name__, text]


def reply(content):
    return mapping.read(json.dumps(content).encode())


class TestPerformed:
    @pytest.mark.parametrize("row", OUTCOMES, ids=[row["why"] for row in OUTCOMES])
    def test_vector(self, row):
        """
        Each answer gives the outcome that the vector says.
        """
        outcome = mapping.performed(CALLS[row["operation"]], reply(row["content"]), NOW)

        assert row["expect"] == told(outcome)

    def test_charged(self):
        """
        The charge says when and under which number of Alipay.
        """
        outcome = mapping.performed(CALLS["charge"], reply(OUTCOMES[0]["content"]), NOW)

        at = datetime(2026, 11, 22, 4, 0, 1, tzinfo=UTC)
        charged = Charged(amount_minor=11_782, provider_reference="2026", at=at)
        assert Succeeded(result=charged, continuation=b'{"trade_no":"2026"}') == outcome

    def test_without_a_time(self):
        """
        A payment time that is not told is now.
        """
        outcome = mapping.performed(CALLS["charge"], reply(OUTCOMES[1]["content"]), NOW)

        assert NOW == outcome.result.at

    @given(
        st.sampled_from(["charge", "cancel_charge", "refund"]),
        st.from_regex(r"\A[0-9]{5}\Z").filter(lambda code: code not in {"10000", "10003"}),
        st.text(max_size=128),
    )
    def test_unlisted_is_never_a_fact(self, operation, code, sub_code):
        """
        Whatever is not listed is unknown.
        """
        call = CALLS[operation]
        listed = code == "40004" and sub_code in LISTED[call.method]

        outcome = mapping.performed(call, mapping.Reply(code=code, sub_code=sub_code), NOW)

        assert isinstance(outcome, Declined if listed else Unknown)

    def test_listed_codes_are_of_the_catalogue(self):
        """
        Every listed sub-code means a code of the catalogue.
        """
        codes = {code for table in LISTED.values() for code in table.values()}

        assert set() == codes - REFUSALS.keys()


class TestStates:
    @pytest.mark.parametrize("row", ANSWERS, ids=[row["why"] for row in ANSWERS])
    def test_vector(self, row):
        """
        Each answer to a query says what the vector says.
        """
        call, content = CALLS[row["operation"]], reply(row["content"])
        answer = {
            "charge": lambda: mapping.charge_state(
                call, content, NOW, undone=row.get("undone", False)
            ),
            "cancel_charge": lambda: mapping.cancel_state(call, content),
            "refund": lambda: mapping.refund_state(call, content),
        }[row["operation"]]()

        assert row["expect"] == told(answer)


class TestConfirmed:
    @pytest.mark.parametrize(
        ("content", "stands"),
        [
            ({"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}, True),
            ({"code": "10000", "out_trade_no": "FW1", "trade_status": "TRADE_CLOSED"}, True),
            ({"code": "10000", "out_trade_no": "FW2", "trade_status": "TRADE_CLOSED"}, False),
            ({"code": "10000", "trade_status": "TRADE_CLOSED"}, False),
            ({"code": "10000", "trade_status": "WAIT_BUYER_PAY"}, False),
            ({"code": "10000", "trade_status": "TRADE_SUCCESS"}, False),
            ({"code": "20000"}, False),
        ],
    )
    def test_only_when_nothing_is_open(self, content, stands):
        """
        A refusal stands only when there is no trade or it is closed.
        """
        declined = Declined(code="CODE_REJECTED")

        outcome = mapping.confirmed(CALLS["charge"], declined, reply(content))

        assert stands == (declined == outcome)
        assert stands or isinstance(outcome, Unknown)


class TestRead:
    @pytest.mark.parametrize(
        "text",
        [b"", b"{}", b"[]", b'{"code":10000}', b'{"code":"' + b"1" * 17 + b'"}', b"[" * 100_000],
    )
    def test_of_another_shape(self, text):
        """
        What is no answer is none.
        """
        assert mapping.read(text) is None

    def test_shows_nothing(self):
        """
        An answer's text form shows nothing of it.
        """
        assert "Reply(…)" == repr(reply({"code": "10000", "alipay_logon_id": "li"}))


class TestRules:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2500000000000000", True),
            ("30" + "9" * 22, True),
            ("250000000000000", False),
            ("30" + "9" * 23, False),
            ("2400000000000000", False),
            ("3100000000000000", False),
            ("２500000000000000", False),
            ("2500000000000000\n", False),
        ],
    )
    def test_payment_code(self, text, expected):
        """
        Sixteen to twenty-four digits that begin with 25 to 30 are a payment code.
        """
        assert expected == is_payment_code(text)

    @pytest.mark.parametrize(
        ("name", "label"),
        [("138****8001", "支付宝 138****8001"), ("13800138001", "支付宝"), ("", "支付宝")],
    )
    def test_label(self, name, label):
        """
        An account that is not masked is not shown.
        """
        assert label == masked_label(name)
