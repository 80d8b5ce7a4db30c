"""
Between persons and the platform's fields.
"""

from datetime import date

import msgspec
import pytest

from integrations.health_card import crypto, mapping, rules
from integrations.health_card.context import Application
from integrations.spi import Person, PersonKey, Scene

KEY = "0123456789ABCDEFFEDCBA9876543210"
APPLICATION = Application(app_id="APP", key=KEY, org_code="ORG", app_record_no="REC")
NUMBER = "440106195603124028"
SECONDS = 1_795_320_000


def datas(**changes):
    plain = {
        "erhcCardNo": "A" * 64,
        "empi": "B" * 64,
        "name": crypto.encrypt("张秀英", KEY),
        "idCardTypeCode": "01",
        "idCode": crypto.encrypt(NUMBER, KEY),
        "phone": crypto.encrypt("13800138000", KEY),
        "birthday": "1956-03-12",
        "sex": "2",
    }
    return plain | changes


class TestRequest:
    def test_signed_and_sealed(self):
        """
        Head and body are signed, personal fields are sealed, empty ones are left out.
        """
        fields = {"name": "张秀英", "idCode": NUMBER, "phone": "", "personnelType": "1"}

        text = mapping.request(
            APPLICATION, "createVmcardQRcode", fields, nonce="N1", seconds=SECONDS
        )

        sent = msgspec.json.decode(text)
        head = {name: sent[name] for name in ("appId", "nonceStr", "timestamp", "version")}
        assert sent["headSign"] == crypto.signature(head, KEY)
        assert sent["bodySign"] == crypto.signature(sent["body"], KEY)
        assert str(SECONDS) == crypto.decrypt(sent["timestamp"], KEY)
        assert NUMBER == crypto.decrypt(sent["body"]["idCode"], KEY)
        assert {"appMode", "orgCode", "appRecordNo", "name", "idCode", "personnelType"} == sent[
            "body"
        ].keys()
        assert "张秀英".encode() not in text


class TestIsGenuine:
    def reply(self, **changes):
        plain = {
            "return_code": "0",
            "datas": {"parameters": 1},
            "sign_string": crypto.signature({"parameters": 1}, KEY),
            "timestamp": crypto.encrypt(str(SECONDS), KEY),
        }
        return mapping.Reply(**plain | changes)

    def genuine(self, reply, seconds=SECONDS):
        return mapping.is_genuine(reply, KEY, seconds=seconds, skew_seconds=300)

    def test_true(self):
        """
        An answer signed with the key and of now is genuine.
        """
        assert self.genuine(self.reply())
        assert self.genuine(self.reply(), SECONDS + 300)

    @pytest.mark.parametrize(
        "changes",
        [
            {"datas": {"parameters": 0}},
            {"datas": None},
            {"sign_string": ""},
            {"timestamp": ""},
            {"timestamp": crypto.encrypt("soon", KEY)},
            {"timestamp": crypto.encrypt("１", KEY)},
            {"timestamp": crypto.encrypt("1" * 12, KEY)},
        ],
    )
    def test_forged(self, changes):
        """
        Changed data, a missing signature or a time that is none are not genuine.
        """
        assert not self.genuine(self.reply(**changes))

    def test_old(self):
        """
        An old answer is not genuine.
        """
        assert not self.genuine(self.reply(), SECONDS + 301)


class TestReply:
    @pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"returnCode":[]}', b"[" * 100_000])
    def test_of_another_shape(self, text):
        """
        What is no answer is none.
        """
        assert mapping.reply(text) is None

    @pytest.mark.parametrize(
        ("text", "code"), [(b'{"returnCode":0}', 0), (b'{"returnCode":"0"}', "0")]
    )
    def test_code(self, text, code):
        """
        The return code comes as text or as number.
        """
        assert code == mapping.reply(text).return_code


class TestPerson:
    def test_opened(self):
        """
        The person behind a card is read with all that the platform tells.
        """
        found = mapping.card(datas(), KEY)

        assert Person(
            name="张秀英",
            document_type=PersonKey.ID_CARD,
            document_number=NUMBER,
            birth_date=date(1956, 3, 12),
            sex="F",
            phone="13800138000",
        ) == mapping.person(found)

    @pytest.mark.parametrize(
        "changes",
        [
            {"idCardTypeCode": "99"},
            {"name": ""},
            {"idCode": ""},
            {"idCode": crypto.encrypt("12345", KEY)},
        ],
    )
    def test_nobody(self, changes):
        """
        A person without name or known document is nobody.
        """
        assert mapping.person(mapping.card(datas(**changes), KEY)) is None

    @pytest.mark.parametrize(
        ("birthday", "expected"),
        [("19560312", date(1956, 3, 12)), ("1956-02-30", None), ("", None), ("56-3-12", None)],
    )
    def test_birthday(self, birthday, expected):
        """
        A birthday that cannot be read is not told.
        """
        found = mapping.card(datas(birthday=birthday), KEY)

        assert expected == mapping.person(found).birth_date

    def test_passport(self):
        """
        A passport's number is taken as it is.
        """
        changes = {"idCardTypeCode": "03", "idCode": crypto.encrypt("e12345678", KEY)}

        person = mapping.person(mapping.card(datas(**changes), KEY))

        assert (PersonKey.PASSPORT, "E12345678") == (person.document_type, person.document_number)


class TestCard:
    @pytest.mark.parametrize(
        "changes", [{"erhcCardNo": None}, {"erhcCardNo": ""}, {"empi": 5}, {"idCode": "xyz"}]
    )
    def test_none(self, changes):
        """
        An answer without a card, or with fields that do not open, names none.
        """
        assert mapping.card(datas(**changes), KEY) is None


class TestSubject:
    def test_round_trip(self):
        """
        A card is written as a subject and read back.
        """
        text = mapping.encode(mapping.card(datas(), KEY))

        assert ("A" * 64, "B" * 64) == (
            mapping.subject(text).erhc_card_no,
            mapping.subject(text).empi,
        )

    def test_without_index(self):
        """
        A card without a main index cannot be bound.
        """
        assert mapping.encode(mapping.card(datas(empi=""), KEY)) is None

    @pytest.mark.parametrize("text", ["", "{}", '{"erhc_card_no":"A:1","empi":"B"}', "[" * 3_000])
    def test_not_ours(self, text):
        """
        A subject that is not ours is none.
        """
        assert mapping.subject(text) is None


class TestRules:
    @pytest.mark.parametrize(
        ("kind", "number", "code"),
        [
            (PersonKey.ID_CARD, NUMBER, "01"),
            (PersonKey.RESIDENCE_PERMIT, "810000199408230021", "01"),
            (PersonKey.PASSPORT, "E1", "03"),
            (PersonKey.TRAVEL_PERMIT, "H12345678", "06"),
            (PersonKey.TRAVEL_PERMIT, "12345678", "07"),
            (PersonKey.FOREIGN_RESIDENT_CARD, "9", None),
            (PersonKey.BIRTH_CERTIFICATE, "X320101001", None),
        ],
    )
    def test_document(self, kind, number, code):
        """
        Each kind of document has the platform's code, or no card is issued on it.
        """
        assert code == rules.document_code(kind, number)

    @pytest.mark.parametrize("scene", list(Scene))
    def test_step(self, scene):
        """
        Each scene has a step of care, and the region's own goes before.
        """
        assert 6 == len(rules.step_of(scene, {}))
        assert "999999" == rules.step_of(scene, {scene: "999999"})

    def test_refusals(self):
        """
        A region's own code goes before the table; a code that nobody listed means nothing.
        """
        assert "NOT_REGISTERED" == rules.refusal_of("2001", {})
        assert "CARD_CANCELLED" == rules.refusal_of("2001", {"2001": "CARD_CANCELLED"})
        assert rules.refusal_of("2999", {}) is None
        assert rules.refusal_of("2999", {"2999": "NO_CODE_OF_OURS"}) is None

    def test_unknown_sex(self):
        """
        Another sex code is unknown.
        """
        assert "U" == rules.sex_of("9")
