"""
Transcripts without anything personal or secret.
"""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.health_card.scrubbing import scrub

CANARY = "canary440104198807213314"


class TestScrub:
    def test_request(self):
        """
        Of a request the method and the step of care stay.
        """
        body = {"qrCode": CANARY, "medStepCode": "010101", "terminalCode": CANARY, "x": {}}
        text = msgspec.json.encode({"method": "getPersonInfoByQrCode", "body": body}).decode()

        assert {
            "method": "getPersonInfoByQrCode",
            "body": {
                "qrCode": "***",
                "medStepCode": "010101",
                "terminalCode": "***",
                "***": "***",
            },
        } == msgspec.json.decode(scrub(f"POST / HTTP/1.1\r\nHost: x\r\n\r\n{text}"))

    @pytest.mark.parametrize("text", ["李明", "[]", "5", '{"a":', "[" * 3_000])
    def test_not_understood(self, text):
        """
        What is not understood is withheld as a whole.
        """
        assert "***" == scrub(text)

    def test_nothing(self):
        """
        Nothing stays nothing.
        """
        assert "" == scrub("\r\n")

    def test_heads_without_end(self):
        """
        A partner that sends head after head does not keep us busy.
        """
        assert "***" == scrub("GET /\n\n" * 100_000)

    @given(st.text())
    def test_idempotent(self, text):
        """
        Scrubbing twice is scrubbing once.
        """
        assert scrub(text) == scrub(scrub(text))

    @given(
        st.dictionaries(
            st.sampled_from(["method", "returnCode", "name", "medStepCode", "body", CANARY]),
            st.sampled_from([CANARY, [CANARY], {"body": {"name": CANARY}}, {"method": CANARY}]),
        )
    )
    def test_no_name_lets_a_person_through(self, members):
        """
        Under whatever name it stands, what is personal does not come through.
        """
        assert CANARY not in scrub(msgspec.json.encode(members).decode())
