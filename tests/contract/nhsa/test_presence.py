"""Linking, credentials, decoding and verdicts, over real HTTP."""

import pytest

from integrations.nhsa.memory import Credential, decode
from integrations.spi import (
    CardRead,
    DecodeRequest,
    FusedCode,
    Obtained,
    Purpose,
    Refused,
    ScannedCode,
    Scene,
    UnavailableError,
    Valid,
)
from tests.contract.nhsa.builders import (
    LI,
    LIU,
    SUN,
    ZHANG,
    party_of,
    profile_at,
)

SHOW = ("nhsa_ec", "id_card", "social_security_card")


class TestObtain:
    async def test_fused_code(self, hospital):
        """
        Where the region grants it, a resolved fused code becomes an ecToken.
        """
        obtained = await hospital.obtain(ZHANG, FusedCode(reference="scan1"))
        credential = decode(obtained.credential, Credential)

        assert ("regional_grant", "01") == (obtained.method, credential.cert_type)
        assert obtained.expires_at == credential.expires_at

    async def test_fused_code_without_the_grant(self, pharmacy):
        """
        Elsewhere it is no credential, and the refusal says what would be.
        """
        refused = await pharmacy.obtain(ZHANG, FusedCode(reference="scan1"))

        assert Refused("CREDENTIAL_REQUIRED", SHOW) == refused

    async def test_fused_code_of_nobody_known(self, hospital):
        """
        The grant needs name and number.
        """
        refused = await hospital.obtain(None, FusedCode(reference="scan1"))

        assert Refused("CREDENTIAL_REQUIRED", SHOW) == refused

    async def test_grant_withdrawn_by_the_platform(self, hospital):
        """
        A profile that claims a grant which the bureau did not give is refused there.
        """
        await hospital.fault("answer", "grant.ectoken", code="8007", processed=False)
        refused = await hospital.obtain(ZHANG, FusedCode(reference="scan1"))

        assert Refused("CREDENTIAL_REQUIRED", SHOW) == refused

    async def test_social_security_card(self, hospital):
        """
        A card read by a registered reader settles as type 03, with its serial number.
        """
        async with hospital.http.post(
            "/_sandbox/card-reads", json={"certno": ZHANG.document_number}
        ) as answer:
            serial = (await answer.json())["card_sn"]
        card = CardRead(
            reader="RDR-0001",
            card="social_security_card",
            number=ZHANG.document_number,
            serial=serial,
        )
        obtained = await hospital.obtain(ZHANG, card)
        await hospital.link(ZHANG)
        verdict = await hospital.validate(Purpose.SETTLEMENT)

        assert "social_security_card" == obtained.method
        assert isinstance(verdict, Valid)

    async def test_scanned_code(self, pharmacy):
        """
        A scanned 医保码 becomes an ecToken.
        """
        code = await pharmacy.mint(ZHANG)
        obtained = await pharmacy.obtain(ZHANG, code, Scene.PHARMACY_PURCHASE)

        assert isinstance(obtained, Obtained)
        assert "nhsa_ec" == obtained.method

    async def test_scanned_code_of_somebody_else(self, pharmacy):
        """
        Another person's code is refused.
        """
        code = await pharmacy.mint(LI)
        refused = await pharmacy.obtain(ZHANG, code, Scene.PHARMACY_PURCHASE)

        assert Refused("PERSON_MISMATCH") == refused

    async def test_scanned_code_used_before(self, pharmacy):
        """
        A code that was decoded is void.
        """
        code = await pharmacy.mint(ZHANG)
        await pharmacy.obtain(ZHANG, code, Scene.PHARMACY_PURCHASE)
        refused = await pharmacy.obtain(ZHANG, code, Scene.PHARMACY_PURCHASE)

        assert Refused("CREDENTIAL_EXPIRED", SHOW) == refused


class TestDecode:
    async def decode(self, world, code, scene=Scene.OUTPATIENT_REGISTRATION):
        request = DecodeRequest(
            code=code,
            purpose=Purpose.REGISTRATION,
            scene=scene,
            party=world.party,
            now=world.clock(),
        )
        return await world.plugin.decode(request)

    async def test_names_the_person(self, hospital):
        """
        A 医保码 says who shows it, and brings a credential.
        """
        decoded = await self.decode(hospital, await hospital.mint(ZHANG))
        credential = decode(decoded.credential, Credential)

        assert ZHANG == decoded.person
        assert ("01", decoded.expires_at) == (credential.cert_type, credential.expires_at)

    async def test_unknown_code(self, hospital):
        """
        A code that the platform does not know is refused.
        """
        refused = await self.decode(hospital, ScannedCode(family="nhsa_ec", text="0" * 28))

        assert Refused("CREDENTIAL_REFUSED", SHOW) == refused

    async def test_other_family(self, hospital):
        """
        Codes of other families are not ours.
        """
        refused = await self.decode(hospital, ScannedCode(family="alipay", text="28" * 9))

        assert Refused("CREDENTIAL_REFUSED", SHOW) == refused

    async def test_component_down(self, hospital):
        """
        A decoding component that does not answer is unavailable.
        """
        await hospital.fault("cut_after_request", "ec.query")

        with pytest.raises(UnavailableError, match=r"\Aec\.query: connection\Z"):
            await self.decode(hospital, ScannedCode(family="nhsa_ec", text="0" * 28))


class TestValidate:
    async def test_identification_asks_nothing(self, hospital, seen):
        """
        To identify, what was bound is enough.
        """
        await hospital.link(ZHANG)
        seen.clear()
        verdict = await hospital.validate(Purpose.IDENTIFICATION, credential=b"")

        assert [] == seen
        assert "职工基本医疗保险" == verdict.fields["insutype_name"]

    @pytest.mark.parametrize("purpose", [Purpose.REGISTRATION, Purpose.SETTLEMENT])
    async def test_without_a_credential(self, hospital, purpose):
        """
        To register and to settle somebody must be present.
        """
        await hospital.link(ZHANG)

        assert Refused("CREDENTIAL_REQUIRED", SHOW) == await hospital.validate(purpose)

    async def test_with_a_card(self, hospital):
        """
        With a credential the platform says how the insurance stands now.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        verdict = await hospital.validate(Purpose.SETTLEMENT)

        assert (
            Valid(
                {
                    "insutype": "310",
                    "insutype_name": "职工基本医疗保险",
                    "place": "440100",
                    "local": True,
                    "person_type": "12",
                    "balance_minor": 321_055,
                }
            )
            == verdict
        )

    async def test_credential_of_somebody_else(self, hospital):
        """
        Another person's card does not vouch for the bound one.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(LI)

        assert Refused("PERSON_MISMATCH") == await hospital.validate(Purpose.SETTLEMENT)

    async def test_expired_credential(self, hospital):
        """
        A credential counts for its time only.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        hospital.clock.move(1_800)

        assert Refused("CREDENTIAL_EXPIRED", SHOW) == await hospital.validate(Purpose.SETTLEMENT)

    async def test_several_insurances_and_none_bound(self, hospital):
        """
        Somebody insured twice must have chosen.
        """
        await hospital.show_card(LIU)
        refused = await hospital.validate(Purpose.SETTLEMENT, subject="")

        assert Refused("CHOICE_REQUIRED", ("310-440100", "390-430100")) == refused

    async def test_paused_since(self, hospital):
        """
        An insurance that was paused after it was bound is suspended.
        """
        subject = '{"psn_no":"44010000001000000007","insutype":"310","insuplc_admdvs":"440100"}'
        await hospital.show_card(SUN)
        refused = await hospital.validate(Purpose.SETTLEMENT, subject=subject)

        assert Refused("SUSPENDED") == refused

    async def test_credential_of_another_institution(self, hospital, pharmacy):
        """
        A card read at the hospital counts for nothing at the pharmacy.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        refused = await pharmacy.validate(
            Purpose.SETTLEMENT, subject=hospital.subject, credential=hospital.credential
        )

        assert Refused("CREDENTIAL_REQUIRED", SHOW) == refused

    async def test_platform_answers_something_unlisted(self, hospital):
        """
        An unlisted result code is no verdict.
        """
        await hospital.link(ZHANG)
        await hospital.show_card(ZHANG)
        await hospital.fault("answer", "1101", code="7777")

        with pytest.raises(UnavailableError, match=r"\A1101: infcode 7777\Z"):
            await hospital.validate(Purpose.SETTLEMENT)

    async def test_party_without_a_profile(self, hospital):
        """
        An office without an insurance contract gets no verdict on insurance.
        """
        party = party_of(profile_at("http://127.0.0.1:1") | {"admvs": "nowhere"})
        refused = await hospital.validate(Purpose.IDENTIFICATION, party=party)

        assert Refused("PARTY_NOT_DESIGNATED") == refused
