"""Transcripts without anything personal or secret."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.nhsa.scrubbing import scrub
from tests.unit.integrations.nhsa.recorded import recorded

CANARIES = (
    "张秀英",
    "440106195603124028",
    "13800138000",
    "44010000001000000001",
    "440100ec0123456789abcdef0123456789abcd",
    "440100D15600000540106A1B2C3D4E01",
    "440100H4401060000100000001",
    "9c1185a5c5e9fc54612808977ee8f548b2258d31cafe0123456789abcdef0123",
    "0123456789abcdef0123456789abcdef",
    "s3cr3t-of-the-gateway",
    "I10.x00 特发性高血压",
)
SENSITIVE_KEYS = (
    "psn_no",
    "psn_name",
    "certno",
    "mdtrt_cert_no",
    "card_sn",
    "sign_no",
    "cainfo",
    "ecToken",
    "idNo",
    "userName",
    "ecQrCode",
    "tel",
    "secret",
    "opter_name",
    "err_msg",
    "data",
    "dise_name",
    "grant_ref",
    "what_nobody_knows",
)
HARMLESS = (
    ("infno", "2207"),
    ("msgid", "H44010600001202611201000030004"),
    ("infcode", 0),
    ("medfee_sumamt", 133.5),
    ("setl_id", "440100202611201000030000000007"),
)

canary = st.sampled_from(CANARIES)
leaf = st.one_of(canary, canary.map(lambda text: f"人员{text}，请核对"), st.none(), st.booleans())
node = st.recursive(
    st.dictionaries(st.sampled_from(SENSITIVE_KEYS), leaf, max_size=4),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from((*SENSITIVE_KEYS, "input", "output")), inner, max_size=3),
        st.lists(inner, max_size=3),
        inner.map(lambda value: {"data": json.dumps(value, ensure_ascii=False)}),
    ),
    max_leaves=8,
)
line = st.one_of(
    canary,
    canary.map(lambda text: f"x-tif-signature: {text}"),
    canary.map(lambda text: f"GET /{text} HTTP/1.1"),
    node.map(lambda value: json.dumps(value, ensure_ascii=False)),
    node.map(lambda value: json.dumps(value, ensure_ascii=True, indent=1)),
    node.map(lambda value: json.dumps(value, ensure_ascii=False)[:-3]),
    canary.map(lambda text: json.dumps({text: text}, ensure_ascii=False)),
    st.sampled_from(["", "POST /fsi/api/2207", "HTTP/1.1 200 OK", "{", "]", '"']),
)
transcript = st.lists(line, max_size=6).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", " ", ""]).map(lambda glue: glue.join(lines))
)


class TestScrub:
    @given(transcript)
    def test_nothing_is_left(self, text):
        """
        Wherever a name, number, token or secret stands, it is gone.
        """
        scrubbed = scrub(text)

        assert [] == [secret for secret in CANARIES if secret in scrubbed]

    @given(st.one_of(transcript, st.text(max_size=200)))
    def test_idempotent(self, text):
        """
        Scrubbing twice changes nothing more.
        """
        once = scrub(text)

        assert once == scrub(once)

    @given(st.sampled_from(HARMLESS), node)
    def test_harmless_values_stay(self, pair, rest):
        """
        Ids, codes and amounts by which a message can be followed stay.
        """
        key, value = pair
        scrubbed = scrub(json.dumps({key: value, "input": rest}, ensure_ascii=False))

        assert str(value) == json.loads(scrubbed)[key]

    def test_recorded_transcript(self):
        """
        A whole exchange keeps its shape, its ids and its amounts, and nothing else.
        """
        scrubbed = scrub(recorded("transcript.txt").decode())
        lines = scrubbed.split("\n")

        assert "POST /fsi/api/2207 HTTP/1.1" == lines[0]
        assert {"***"} == set(lines[1:7])
        assert "HTTP/1.1 200 OK" in lines
        assert '"medfee_sumamt": "133.50"' in scrubbed
        assert '"err_msg": "***"' in scrubbed
        assert "李收费" not in scrubbed
        assert [] == [secret for secret in CANARIES if secret in scrubbed]

    @pytest.mark.parametrize("value", ["13800138000", "440106195603124028", "440106560312402"])
    def test_personal_number_under_a_harmless_key(self, value):
        """
        A value that looks like an ID or phone number goes even under a harmless key.
        """
        assert '{"med_type": "***"}' == scrub(json.dumps({"med_type": value}))

    def test_long_value_under_a_harmless_key(self):
        """
        A value longer than any id goes.
        """
        assert '{"setl_id": "***"}' == scrub(json.dumps({"setl_id": "a" * 41}))

    def test_empty(self):
        """
        Nothing stays nothing.
        """
        assert "" == scrub("")

    def test_too_deep(self):
        """
        What cannot be read is given up.
        """
        assert "\n***" == scrub("[" * 100_000)

    def test_without_end(self):
        """
        A partner that sends value after value, or more than a transcript holds, is not followed.
        """
        assert "[]" * 16 + "\n***" == scrub("[]" * 500_000)
        assert "***" == scrub("[]" * 600_000)
