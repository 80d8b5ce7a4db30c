"""Applying for cards, claiming, changing and looking at them."""

import msgspec
import pytest

from integrations.health_card.sandbox import (
    HealthCardSandboxSettings,
    default_settings,
    make_keys,
)
from integrations.health_card.sandbox.books import is_id_number, seeded_people
from tests.unit.integrations.health_card.sandbox.hospital import ZHANG, ZHOU

CREATE = "createVmcardQRcode"
PERSON = "getPersonInfo"


class TestCreate:
    async def test_gives_a_card(self, hospital):
        """
        An application gives the card's number, the person's index and a printed code.
        """
        datas = await hospital.datas(CREATE, hospital.application("周杰", ZHOU))

        assert {64} == {len(datas["erhcCardNo"]), len(datas["empi"])}
        assert datas["qrCode"].startswith(datas["erhcCardNo"] + ":0:")

    async def test_the_index_is_a_digest(self, hospital):
        """
        The index is SM3 over name, document type and number, as OpenSSL computes it.
        """
        datas = await hospital.datas(PERSON, hospital.document())

        assert "41F57DC95CD6ABB4B3E0B8D4FC3AC5A6706D74781FED9EA793C3A6E0E91B2D7D" == datas["empi"]

    async def test_is_the_same_each_time(self, hospital):
        """
        Applying again finds the same card and adds none.
        """
        first = await hospital.datas(CREATE, hospital.application("周杰", ZHOU))
        again = await hospital.datas(CREATE, hospital.application("周杰", ZHOU))

        assert first == again
        assert 8 == len((await hospital.control("GET", "books"))["cards"])

    async def test_of_somebody_the_register_does_not_know(self, hospital):
        """
        A person outside the cast gets a card for a number that is well formed.
        """
        body = hospital.application("何新", "11010519491231002X", nation="01", address="东山口")
        card = await hospital.datas(CREATE, body)
        person = await hospital.datas(PERSON, {"erhcCardNo": card["erhcCardNo"]})

        assert ("01", "东山口", "1949-12-31", "2") == tuple(
            person[name] for name in ("nation", "address", "birthday", "sex")
        )
        assert hospital.sealed("何新") == person["name"]

    async def test_by_passport(self, hospital):
        """
        Another document needs no check digit and tells neither birthday nor sex.
        """
        body = hospital.application("ANNA", "E1234567", idCardTypeCode="03")
        card = await hospital.datas(CREATE, body)
        person = await hospital.datas(PERSON, {"erhcCardNo": card["erhcCardNo"]})

        assert ("03", hospital.sealed("E1234567")) == (person["idCardTypeCode"], person["idCode"])
        assert "birthday" not in person

    @pytest.mark.parametrize(
        ("name", "id_number", "fields", "code"),
        [
            ("周洁", ZHOU, {}, "2005"),
            ("张秀芳", ZHANG, {}, "2005"),
            ("周杰", "440112198304075176", {}, "2008"),
            ("周杰", "440112198313075175", {}, "2008"),
            ("周杰", "44011219830407517x", {}, "2008"),
            ("周杰", ZHOU, {"personnelType": "2"}, "1013"),
            ("周杰", ZHOU, {"personnelType": "3"}, "1002"),
            ("周杰", ZHOU, {"personnelType": None}, "1001"),
            ("周杰", ZHOU, {"name": None}, "1001"),
            ("周杰", ZHOU, {"idCode": ""}, "1001"),
            ("周杰", ZHOU, {"idCode": ZHOU}, "1011"),
            ("周杰", ZHOU, {"name": "周杰"}, "1011"),
            ("x" * 51, ZHOU, {}, "1002"),
        ],
    )
    async def test_refuses(self, hospital, name, id_number, fields, code):
        """
        A name that is not the number's, a bad number, a missing or unencrypted field.
        """
        assert code == await hospital.refusal(
            CREATE, hospital.application(name, id_number, **fields)
        )

    async def test_refuses_another_name_for_a_card_it_made(self, hospital):
        """
        Outside the cast the first application decides the name.
        """
        number = "11010519491231002X"
        await hospital.datas(CREATE, hospital.application("何新", number))

        assert "2005" == await hospital.refusal(CREATE, hospital.application("何旧", number))


class TestActivate:
    async def test_claims_the_code(self, hospital):
        """
        An institution fetches the code of somebody who has a card, as often as it likes.
        """
        first = await hospital.datas("activateVmcardQRcode", hospital.document())
        again = await hospital.datas("activateVmcardQRcode", hospital.document())
        books = await hospital.control("GET", "books")

        assert first == again
        assert [hospital.app.org_code] == books["cards"][0]["claimed_by"]

    async def test_needs_a_card(self, hospital):
        """
        Somebody without a card has nothing to fetch.
        """
        assert "2001" == await hospital.refusal("activateVmcardQRcode", hospital.document(ZHOU))


class TestHasRegistered:
    @pytest.mark.parametrize(
        ("id_number", "expected"), [(ZHANG, (1, "已注册")), (ZHOU, (0, "未注册"))]
    )
    async def test_says_so(self, hospital, id_number, expected):
        """
        The answer is a number and a word, 1 for a card and 0 for none.
        """
        datas = await hospital.datas("queryIfHasRegistered", hospital.document(id_number))

        assert expected == (datas["parameters"], datas["remarks"])

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({}, "1001"),
            ({"idCardTypeCode": "01"}, "1001"),
            ({"idCardTypeCode": "01", "idCode": ZHANG}, "1011"),
        ],
    )
    async def test_refuses_what_names_nobody(self, hospital, body, code):
        """
        A question without a person or with an unencrypted number is refused.
        """
        assert code == await hospital.refusal("queryIfHasRegistered", body)


class TestPersonInfo:
    async def test_by_document_and_by_card(self, hospital):
        """
        The same person is found by document and by card, personal fields under SM4.
        """
        by_document = await hospital.datas(PERSON, hospital.document())
        by_card = await hospital.datas(PERSON, {"erhcCardNo": by_document["erhcCardNo"]})

        assert by_document == by_card
        assert [
            hospital.sealed("张秀英"),
            hospital.sealed(ZHANG),
            hospital.sealed("13800138000"),
            "1956-03-12",
            "2",
        ] == [by_card[name] for name in ("name", "idCode", "phone", "birthday", "sex")]

    @pytest.mark.parametrize("body", [{"erhcCardNo": "0" * 64}, None])
    async def test_of_nobody(self, hospital, body):
        """
        An unknown card and a person without one are not found.
        """
        assert "2001" == await hospital.refusal(
            PERSON, hospital.document(ZHOU) if body is None else body
        )


class TestModify:
    async def test_changes_phone_and_address(self, hospital):
        """
        A new phone and address are told afterwards, what was not sent stays.
        """
        person = await hospital.datas(PERSON, hospital.document())
        card = {"erhcCardNo": person["erhcCardNo"]}
        await hospital.datas(
            "modifyVmcardInfo", card | {"phone": hospital.sealed("13900139001"), "nation": "01"}
        )
        await hospital.datas("modifyVmcardInfo", card | {"address": "中山二路"})
        changed = await hospital.datas(PERSON, card)

        assert (
            person
            | {
                "phone": hospital.sealed("13900139001"),
                "nation": "01",
                "address": "中山二路",
            }
            == changed
        )

    async def test_takes_the_right_name_as_proof(self, hospital):
        """
        Name and number may be sent along when they are the card's.
        """
        person = await hospital.datas(PERSON, hospital.document())
        body = {name: person[name] for name in ("erhcCardNo", "name", "idCode")}

        assert person["empi"] == (await hospital.datas("modifyVmcardInfo", body))["empi"]

    async def test_does_not_change_who_it_is(self, hospital):
        """
        Another name or number is refused.
        """
        person = await hospital.datas(PERSON, hospital.document())
        card = {"erhcCardNo": person["erhcCardNo"]}
        codes = [
            await hospital.refusal("modifyVmcardInfo", card | {"name": hospital.sealed("张三")}),
            await hospital.refusal("modifyVmcardInfo", card | {"idCode": hospital.sealed(ZHOU)}),
            await hospital.refusal("modifyVmcardInfo", card | {"phone": hospital.sealed("110")}),
            await hospital.refusal("modifyVmcardInfo", {"erhcCardNo": "0" * 64}),
            await hospital.refusal("modifyVmcardInfo", {}),
        ]

        assert ["2005", "2005", "1002", "2001", "1001"] == codes


class TestCast:
    def test_numbers_are_well_formed(self):
        """
        Each invented person's identity number has a right date and check digit.
        """
        assert all(is_id_number(person.id_number) for person in seeded_people())

    def test_sex_agrees_with_the_number(self):
        """
        The sex in the register is the one the identity number tells.
        """
        assert all(
            person.sex == ("1" if int(person.id_number[16]) % 2 else "2")
            for person in seeded_people()
        )


class TestSettings:
    def test_are_read_back_from_json(self):
        """
        Settings survive the way through a file.
        """
        settings = default_settings(make_keys())
        text = msgspec.json.encode(settings)

        assert settings == msgspec.json.decode(text, type=HealthCardSandboxSettings)

    def test_do_not_show_their_secrets(self):
        """
        No key appears in what is printed of keys or settings, nobody's name in what is of people.
        """
        keys = make_keys()
        shown = repr(keys) + repr(default_settings(keys)) + repr(seeded_people())

        assert keys.app_key not in shown
        assert keys.qr_key not in shown
        assert "张秀英" not in shown
