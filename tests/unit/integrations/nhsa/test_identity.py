"""Linking, proving and verdicts, answer by answer."""

import msgspec
import pytest

from integrations.spi import (
    DecodeRequest,
    PartyView,
    Purpose,
    Refused,
    ScannedCode,
    Scene,
    UnavailableError,
    Valid,
)
from tests.contract.nhsa.builders import LI, ZHANG
from tests.unit.integrations.nhsa.stub import refusal

SHOW = ("nhsa_ec", "id_card", "social_security_card")
CODE = ScannedCode(family="nhsa_ec", text="1" * 28)
TOKEN = {"ecToken": "TOKEN", "insuOrg": "440100"}
PERSON = {
    "baseinfo": {"psn_no": "P1", "certno": ZHANG.document_number, "psn_name": ZHANG.name},
    "insuinfo": [{"insutype": "310", "insuplc_admdvs": "440100", "psn_insu_stas": "1"}],
}


def reply(data, code=0, message=""):
    return msgspec.json.encode({"code": code, "message": message, "data": data})


async def decode_code(desk, code=CODE):
    request = DecodeRequest(
        code=code,
        purpose=Purpose.REGISTRATION,
        scene=Scene.OUTPATIENT_REGISTRATION,
        party=desk.party,
        now=desk.clock(),
    )
    return await desk.plugin.decode(request)


class TestLink:
    @pytest.fixture(autouse=True)
    def granted(self, stub):
        stub.answers("ectoken", reply(TOKEN))

    async def test_records_of_somebody_else(self, desk, stub):
        """
        A token that opens another person's records neither links nor proves.
        """
        other = PERSON["baseinfo"] | {"certno": LI.document_number}
        stub.answers("1101", PERSON | {"baseinfo": other})

        assert Refused("PERSON_MISMATCH") == await desk.link(ZHANG)
        assert Refused("PERSON_MISMATCH") == await desk.plugin.prove(ZHANG)

    async def test_refused_records(self, desk, stub):
        """
        Records that are refused neither link nor prove.
        """
        stub.answers("1101", refusal(2001))

        assert Refused("NOT_INSURED") == await desk.link(ZHANG)
        assert Refused("NOT_INSURED") == await desk.plugin.prove(ZHANG)

    async def test_several_without_details(self, desk, stub):
        """
        The label of a scheme that no table names is its code.
        """
        row = PERSON["insuinfo"][0] | {"insutype": "510"}
        stub.answers("1101", PERSON | {"insuinfo": [row]})

        assert "510 · 440100" == (await desk.link(ZHANG)).label


class TestValidate:
    async def test_regional_refusal(self, desk, stub):
        """
        The region's own code is understood here too.
        """
        stub.answers("1101", refusal(6666))

        assert Refused("BILL_REFUSED") == await desk.validate(Purpose.SETTLEMENT)

    async def test_refused_credential_says_what_to_show(self, desk, stub):
        """
        A refused credential names what would do.
        """
        stub.answers("1101", refusal(2014))

        assert Refused("CREDENTIAL_REFUSED", SHOW) == await desk.validate(Purpose.SETTLEMENT)

    async def test_malformed(self, desk, stub):
        """
        An answer that cannot be read is none.
        """
        stub.answers("1101", {"baseinfo": 1})

        with pytest.raises(UnavailableError, match=r"\A1101: malformed\Z"):
            await desk.validate(Purpose.SETTLEMENT)

    @pytest.mark.parametrize(
        ("purpose", "names"),
        [
            (Purpose.IDENTIFICATION, {"insutype_name", "local"}),
            (Purpose.PAYMENT, set()),
            (
                Purpose.REGISTRATION,
                {"insutype", "insutype_name", "place", "local", "person_type"},
            ),
        ],
    )
    async def test_releases(self, desk, stub, purpose, names):
        """
        Each purpose gets its own fields.
        """
        stub.answers("1101", PERSON)
        verdict = await desk.validate(purpose)

        assert isinstance(verdict, Valid)
        assert names == set(verdict.fields)

    async def test_without_a_binding(self, desk, stub):
        """
        With a credential alone, the only insurance counts; without either there is nothing.
        """
        stub.answers("1101", PERSON)
        shown = await desk.validate(Purpose.SETTLEMENT, subject="")
        nothing = await desk.validate(Purpose.IDENTIFICATION, subject="", credential=b"")

        assert "310" == shown.fields["insutype"]
        assert Refused("NOT_BOUND") == nothing

    async def test_foreign_subject(self, desk):
        """
        A subject that is none of ours is not bound.
        """
        refused = await desk.validate(Purpose.IDENTIFICATION, subject="agreement-1")

        assert Refused("NOT_BOUND") == refused

    async def test_party_without_a_profile(self, desk):
        """
        No call about insurance is made for an office.
        """
        desk.party = PartyView(id="p", name="n", kind="office")

        assert Refused("PARTY_NOT_DESIGNATED") == await desk.validate(Purpose.SETTLEMENT)
        assert Refused("PARTY_NOT_DESIGNATED") == await desk.obtain(ZHANG, CODE)
        assert Refused("PARTY_NOT_DESIGNATED") == await decode_code(desk)
