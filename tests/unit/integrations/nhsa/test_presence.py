"""Evidence of presence, answer by answer."""

import msgspec
import pytest

from integrations.nhsa.memory import Credential, decode
from integrations.spi import (
    CardRead,
    DecodeRequest,
    FusedCode,
    PersonKey,
    Purpose,
    Refused,
    ScannedCode,
    Scene,
    UnavailableError,
)
from tests.contract.nhsa.builders import ZHANG, party_of, profile_at

SHOW = ("nhsa_ec", "id_card", "social_security_card")
CODE = ScannedCode(family="nhsa_ec", text="1" * 28)
TOKEN = {"ecToken": "TOKEN", "insuOrg": "440100"}
HOLDER = TOKEN | {
    "idNo": "44011119851224626x",
    "idType": "01",
    "userName": "孙丽",
    "gender": "2",
    "birthday": "1985.12.24",
}


def reply(data, code=0, message=""):
    return msgspec.json.encode({"code": code, "message": message, "data": data})


def decoded(**changes):
    return reply(msgspec.json.encode(HOLDER | changes).decode())


async def decode_code(desk, code=CODE):
    request = DecodeRequest(
        code=code,
        purpose=Purpose.REGISTRATION,
        scene=Scene.OUTPATIENT_REGISTRATION,
        party=desk.party,
        now=desk.clock(),
    )
    return await desk.plugin.decode(request)


class TestGrant:
    async def test_stated_expiry(self, desk, stub):
        """
        The token lives as long as its answer says.
        """
        stub.answers("ectoken", reply(TOKEN | {"expireTime": "2026-11-20 10:07:00"}))
        obtained = await desk.obtain(ZHANG, FusedCode(reference="scan1"))

        assert 420 == (obtained.expires_at - desk.clock()).total_seconds()

    async def test_assumed_expiry(self, desk, stub):
        """
        A token whose answer names no time lives as long as the profile assumes.
        """
        stub.answers("ectoken", reply(TOKEN))
        obtained = await desk.obtain(ZHANG, FusedCode(reference="scan1"))

        assert 600 == (obtained.expires_at - desk.clock()).total_seconds()

    async def test_question(self, desk, stub):
        """
        The grant names the person, the scene and our presentation.
        """
        stub.answers("ectoken", reply(TOKEN))
        await desk.obtain(ZHANG, FusedCode(reference="scan1"))
        (body,) = stub.bodies("ectoken")

        assert {
            "fixmedins_code": "H44010600001",
            "psn_name": "张秀英",
            "certno": "440106195603124028",
            "psn_cert_type": "01",
            "businessType": "01301",
            "grant_ref": "scan1",
        } == msgspec.json.decode(body)

    async def test_other_papers(self, desk):
        """
        The grant knows ID cards only.
        """
        foreigner = msgspec.structs.replace(ZHANG, document_type=PersonKey.PASSPORT)
        refused = await desk.obtain(foreigner, FusedCode(reference="scan1"))

        assert Refused("CREDENTIAL_REQUIRED", SHOW) == refused

    @pytest.mark.parametrize(
        ("answer", "text"),
        [
            (b"<html>", "malformed"),
            (b'{"data":{}}', "malformed"),
            (reply(None), "malformed"),
            (reply({"ecToken": "", "insuOrg": ""}), "malformed"),
            (reply(None, 7777), "code 7777"),
            (reply(None, 1005), "code 1005"),
            (401, "http_401"),
        ],
    )
    async def test_no_answer(self, desk, stub, answer, text):
        """
        What cannot be read or is not listed is unavailable.
        """
        stub.answers("ectoken", answer)

        with pytest.raises(UnavailableError, match=rf"\Agrant\.ectoken: {text}\Z"):
            await desk.obtain(ZHANG, FusedCode(reference="scan1"))

    async def test_refused(self, desk, stub):
        """
        A listed refusal is a refusal.
        """
        stub.answers("ectoken", reply(None, "2001", "未查询到"))
        refused = await desk.obtain(ZHANG, FusedCode(reference="scan1"))

        assert Refused("NOT_INSURED") == refused


class TestScan:
    async def test_person(self, desk, stub):
        """
        Number, sex and birthday are as ours are written.
        """
        stub.answers("query", decoded())
        person = (await decode_code(desk)).person

        assert ("44011119851224626X", "F", "1985-12-24") == (
            person.document_number,
            person.sex,
            str(person.birth_date),
        )

    async def test_sparse_answer(self, desk, stub):
        """
        Sex and birthday may be missing.
        """
        stub.answers("query", decoded(gender="", birthday="", idType=""))
        person = (await decode_code(desk)).person

        assert ("U", None) == (person.sex, person.birth_date)

    async def test_other_papers(self, desk, stub):
        """
        A person with other papers cannot be named by us.
        """
        stub.answers("query", decoded(idType="90"))

        assert Refused("CREDENTIAL_REFUSED", SHOW) == await decode_code(desk)

    @pytest.mark.parametrize(
        "answer",
        [
            reply(HOLDER),
            reply("not json"),
            reply("{}"),
            decoded(idNo=""),
            decoded(userName=""),
            decoded(ecToken="T" * 65),
        ],
    )
    async def test_malformed(self, desk, stub, answer):
        """
        An answer that is not whole is none.
        """
        stub.answers("query", answer)

        with pytest.raises(UnavailableError, match=r"\Aec\.query: malformed\Z"):
            await decode_code(desk)

    async def test_unsigned_and_for_the_scene(self, desk, stub):
        """
        The component is asked with institution, scene and the scanned text.
        """
        stub.answers("query", decoded())
        await decode_code(desk)
        body = msgspec.json.decode(stub.bodies("query")[0])

        assert ("ec.query", "H44010600001") == (body["transType"], body["orgId"])
        assert ("01101", "1" * 28) == (body["data"]["businessType"], body["data"]["ecQrCode"])

    async def test_not_offered(self, desk, stub):
        """
        Without a component, and without cards, the 医保码 is still what to show.
        """
        desk.party = party_of(profile_at(stub.base, ec_query_url="", readers=[]))

        assert Refused("CREDENTIAL_REQUIRED", ("nhsa_ec",)) == await decode_code(desk)

    async def test_cards_only(self, desk, stub):
        """
        Where codes cannot be decoded, cards are named.
        """
        desk.party = party_of(profile_at(stub.base, ec_query_url=""))
        refused = await desk.obtain(None, CODE)

        assert Refused("CREDENTIAL_REQUIRED", SHOW[1:]) == refused

    async def test_other_family(self, desk):
        """
        Codes of other families are no evidence.
        """
        refused = await desk.obtain(ZHANG, ScannedCode(family="alipay", text="28"))

        assert Refused("CREDENTIAL_REFUSED", SHOW) == refused


class TestCard:
    @pytest.mark.parametrize(
        "changes",
        [
            {"reader": "RDR-9999"},
            {"card": "passport"},
            {"number": ""},
            {"card": "social_security_card", "serial": ""},
        ],
    )
    async def test_not_a_credential(self, desk, changes):
        """
        Only a registered reader makes a number a credential; a social-security card has a serial.
        """
        values = {"reader": "RDR-0001", "card": "id_card", "number": ZHANG.document_number}
        refused = await desk.obtain(ZHANG, CardRead(**(values | changes)))

        assert Refused("CREDENTIAL_REFUSED", SHOW) == refused

    async def test_somebody_else(self, desk):
        """
        The card must be the resident's.
        """
        card = CardRead(reader="RDR-0001", card="id_card", number="440104198807213314")

        assert Refused("PERSON_MISMATCH") == await desk.obtain(ZHANG, card)

    async def test_credential(self, desk):
        """
        The credential names reader and number; an ID card has no serial.
        """
        number = "44011119851224626x"
        card = CardRead(reader="RDR-0001", card="id_card", number=number, serial="S")
        credential = decode((await desk.obtain(None, card)).credential, Credential)

        assert ("02", "44011119851224626X", "", "RDR-0001") == (
            credential.cert_type,
            credential.cert_no,
            credential.card_sn,
            credential.reader,
        )
