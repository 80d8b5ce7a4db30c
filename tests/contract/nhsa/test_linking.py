"""Binding a person to an insurance and proving who they are, over real HTTP."""

import pytest

from integrations.nhsa.memory import Subject, decode
from integrations.spi import ChoiceRequired, Proved, Refused, UnavailableError, Unlinked
from tests.contract.nhsa.builders import LIU, SUN, WANG, ZHANG, ZHOU, person


class TestLink:
    async def test_one_insurance(self, hospital):
        """
        Somebody insured once is bound to that insurance.
        """
        linked = await hospital.link(WANG)
        subject = decode(linked.subject, Subject)

        assert "城乡居民基本医疗保险 · 430100" == linked.label
        assert ("390", "430100") == (subject.insutype, subject.insuplc_admdvs)

    async def test_two_insurances(self, hospital):
        """
        Somebody insured twice is asked, and the answer is taken.
        """
        asked = await hospital.link(LIU)
        keys = [choice.key for choice in asked.choices]
        linked = await hospital.link(LIU, choice=keys[1])

        assert ["310-440100", "390-430100"] == keys
        assert isinstance(asked, ChoiceRequired)
        assert "390" == decode(linked.subject, Subject).insutype

    async def test_choice_that_is_none_of_them(self, hospital):
        """
        An unknown choice asks again.
        """
        assert isinstance(await hospital.link(LIU, choice="999-999999"), ChoiceRequired)

    async def test_paused(self, hospital):
        """
        A paused insurance is not bound.
        """
        assert Refused("SUSPENDED") == await hospital.link(SUN)

    async def test_uninsured(self, hospital):
        """
        Somebody without insurance is not bound.
        """
        assert Refused("NOT_INSURED") == await hospital.link(ZHOU)

    async def test_wrong_name(self, hospital):
        """
        A name that is not the number's is refused.
        """
        somebody = person("张秀丽", ZHANG.document_number, "F")

        assert Refused("PERSON_MISMATCH") == await hospital.link(somebody)

    async def test_platform_down(self, hospital):
        """
        A platform that does not answer is unavailable.
        """
        await hospital.fault("cut_after_request", "1101")

        with pytest.raises(UnavailableError, match=r"\A1101: connection\Z"):
            await hospital.link(ZHANG)

    async def test_grant_down(self, hospital):
        """
        A grant that does not answer is unavailable.
        """
        await hospital.fault("cut_after_request", "grant.ectoken")

        with pytest.raises(UnavailableError, match=r"\Agrant\.ectoken: connection\Z"):
            await hospital.link(ZHANG)


class TestUnlink:
    async def test_asks_nobody(self, hospital):
        """
        The insurer keeps no binding, so releasing one is done at once.
        """
        assert Unlinked() == await hospital.plugin.unlink("whatever")


class TestProve:
    async def test_known_person(self, hospital):
        """
        Name and number that agree with the records are proved at the lowest level.
        """
        assert Proved(level=1) == await hospital.plugin.prove(ZHANG)

    async def test_wrong_name(self, hospital):
        """
        A name that is not the number's is not proved.
        """
        somebody = person("张秀丽", ZHANG.document_number, "F")

        assert Refused("PERSON_MISMATCH") == await hospital.plugin.prove(somebody)
