"""Our message out, the platform's answer in."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.nhsa.context import InstitutionProfile
from integrations.nhsa.envelope import (
    COMPANION,
    LAST_SEQUENCE,
    QUESTION,
    Desk,
    compose,
    fits,
    message_id,
    parse_answer,
    question_id,
)
from tests.contract.nhsa.builders import profile_at

PROFILE = msgspec.convert(profile_at("http://fsi.example"), InstitutionProfile)
NOW = datetime(2026, 11, 20, 16, 30, 5, tzinfo=UTC)
MSGID = "H44010600001202611210030050001"


def composed(content, **desk):
    message = compose(PROFILE, "2207", MSGID, at=NOW, desk=Desk(**desk), content=content)
    return msgspec.json.decode(message.body)


class TestMessageId:
    def test_is_of_china(self):
        """
        Institution, China Standard Time (already tomorrow), four digits: thirty characters.
        """
        msgid = message_id(PROFILE, NOW, 1)

        assert (MSGID, 30) == (msgid, len(msgid))

    @given(st.integers(1, LAST_SEQUENCE), st.integers(1, LAST_SEQUENCE), st.binary(max_size=8))
    def test_calls_companions_and_questions_never_collide(self, one, other, random):
        """
        The three kinds of messages take their digits from three ranges.
        """
        call = message_id(PROFILE, NOW, one)
        companion = message_id(PROFILE, NOW, other + COMPANION)
        question = question_id(PROFILE, NOW, random)

        assert 3 == len({call, companion, question})
        assert 30 == len(companion) == len(question)
        assert QUESTION <= int(question[-4:]) <= 9999


class TestCompose:
    def test_all_fields(self):
        """
        The envelope has the interface's fields and no others.
        """
        body = composed({"data": {}}, operator="OP01", place="430100", reader="RDR-0001")

        assert {
            "infno": "2207",
            "msgid": MSGID,
            "mdtrtarea_admvs": "440100",
            "insuplc_admdvs": "430100",
            "recer_sys_code": "YBXT",
            "dev_no": "RDR-0001",
            "dev_safe_info": "",
            "cainfo": "",
            "signtype": "",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "OP01",
            "opter_name": "融合码",
            "inf_time": "2026-11-21 00:30:05",
            "fixmedins_code": "H44010600001",
            "fixmedins_name": "示范市第一人民医院",
            "sign_no": "440100H4401060000100000001",
            "enc_type": "",
            "input": {"data": {}},
        } == body

    def test_operator_by_default(self):
        """
        Where no desk is involved the profile's operator speaks.
        """
        assert "wallet" == composed({})["opter"]


class TestFits:
    @pytest.mark.parametrize(("characters", "short"), [(39_992, True), (39_993, False)])
    def test_characters(self, characters, short):
        """
        An input of more than 40 000 characters is too long; Chinese counts by character.
        """
        assert short == fits({"a": "药" * characters})


class TestParseAnswer:
    @pytest.mark.parametrize("infcode", [b"0", b'"0"'])
    def test_code_as_number_and_as_text(self, infcode):
        """
        The gateways disagree on the type of the result code.
        """
        answer = parse_answer(b'{"infcode":' + infcode + b',"output":{"a":1.50}}')

        assert ("0", b'{"a":1.50}', False) == (answer.infcode, answer.output, answer.signed)

    def test_nulls(self):
        """
        Texts and output may be null.
        """
        answer = parse_answer(
            b'{"infcode":-1,"err_msg":null,"output":null,"cainfo":null,"signtype":null}'
        )

        assert ("-1", "", b"null", False) == (
            answer.infcode,
            answer.err_msg,
            answer.output,
            answer.signed,
        )

    @pytest.mark.parametrize("field", ["cainfo", "signtype"])
    def test_claimed_signature(self, field):
        """
        An answer that fills a signature field claims to be signed.
        """
        raw = msgspec.json.encode({"infcode": 0, field: "SM3"})

        assert parse_answer(raw).signed is True

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"null",
            b"[]",
            b"{}",
            b"<html>",
            b'{"infcode":null}',
            b'{"infcode":true}',
            '{"infcode":"李明4401"}'.encode(),
            b'{"infcode":0.0}',
            b'{"infcode":12345}',
            b'{"infcode":' + b"9" * 5000 + b"}",
            b'{"infcode":"123456789"}',
            b'{"infcode":0,"err_msg":7}',
            b'{"infcode":0,"err_msg":"\xff"}',
            b'{"infcode":0,"output":' + b"[" * 5000,
            b'{"infcode":0',
        ],
    )
    def test_malformed(self, raw):
        """
        Anything else is no answer.
        """
        assert parse_answer(raw) is None

    @given(st.binary(max_size=100))
    def test_total(self, raw):
        """
        Any bytes are an answer or none.
        """
        assert parse_answer(raw) is None or raw
