"""
Transcripts without anything personal or secret.
"""

from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.alipay.scrubbing import scrub

TRANSCRIPT = (
    Path(__file__).parents[3] / "vectors" / "alipay" / "transcript_answer.txt"
).read_text()
ORDER = "FW202611221200000000000000000000001"
CANARY = "canary440104198807213314"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


class TestScrub:
    def test_answer(self):
        """
        Of an answer the code, our number, the amount and the time stay.
        """
        scrubbed = msgspec.json.decode(scrub(TRANSCRIPT))

        content = scrubbed["alipay_trade_pay_response"]
        assert {"code": "10000", "total_amount": "117.82"}.items() <= content.items()
        kept = [value for value in content.values() if value != "***"]
        assert not [text for text in ("李明", "2088", "138", "4401") if text in str(kept)]
        assert "***" == scrubbed["sign"]

    def test_request(self):
        """
        Of a request the method, our number and the amount stay, however it is encoded.
        """
        biz_content = {
            "out_trade_no": ORDER,
            "total_amount": "1.00",
            "auth_code": "280000000000000001",
            "agreement_params": {"agreement_no": "2026"},
        }
        form = {
            "method": "alipay.trade.pay",
            "biz_content": msgspec.json.encode(biz_content).decode(),
            "sign": "abc",
        }

        assert {
            "method": "alipay.trade.pay",
            "biz_content": {
                "out_trade_no": ORDER,
                "total_amount": "1.00",
                "auth_code": "***",
                "agreement_params": {"agreement_no": "***"},
            },
            "sign": "***",
        } == msgspec.json.decode(scrub("POST /gateway.do HTTP/1.1\r\n\r\n" + urlencode(form)))

    @pytest.mark.parametrize("text", ["<html>李明</html>", "[1]", '"a=b"', "null", "\x00"])
    def test_not_understood(self, text):
        """
        What is not understood is withheld as a whole.
        """
        assert "***" == scrub(text)

    @pytest.mark.parametrize("text", ["", " \n", "GET / HTTP/1.1\r\n\r\n"])
    def test_nothing(self, text):
        """
        Nothing stays nothing.
        """
        assert "" == scrub(text)

    def test_heads_without_end(self):
        """
        A partner that sends head after head does not keep us busy.
        """
        assert "***" == scrub("GET /\n\n" * 100_000)

    def test_too_deep(self):
        """
        A nest of nests is withheld.
        """
        text = '{"biz_content":' * 900 + "{}" + "}" * 900

        assert 10 > scrub(text).count("biz_content")

    @given(st.text() | JSON.map(lambda value: msgspec.json.encode(value).decode()))
    def test_idempotent(self, text):
        """
        Scrubbing twice is scrubbing once.
        """
        assert scrub(text) == scrub(scrub(text))

    @given(
        st.dictionaries(
            st.sampled_from(["code", "sub_code", "msg", "out_trade_no", "status", "x", CANARY]),
            st.sampled_from([CANARY, {"name": CANARY}, [CANARY], f"10000 {CANARY}"]),
        ),
        st.sampled_from(["", "alipay_trade_pay_response", "biz_content"]),
    )
    def test_no_name_lets_a_person_through(self, members, around):
        """
        Under whatever name it stands, what is personal does not come through.
        """
        value = {around: members} if around else members

        assert CANARY not in scrub(msgspec.json.encode(value).decode())
