"""What reaches the observer of a real visit, over real HTTP."""

from integrations.nhsa.memory import Credential, Subject, decode
from integrations.spi import (
    Linked,
    Scene,
)
from tests.contract.nhsa.builders import (
    ZHANG,
)


class TestTranscripts:
    async def test_nothing_personal_reaches_the_observer(self, hospital, pharmacy, seen):
        """
        Names, numbers, tokens and secrets are gone from every exchange that was observed.
        """
        linked = await hospital.link(ZHANG)
        await hospital.show_code(ZHANG, Scene.OUTPATIENT_REGISTRATION)
        token = decode(hospital.credential, Credential).cert_no
        await hospital.do(hospital.registration())
        code = await pharmacy.mint(ZHANG)
        await pharmacy.obtain(ZHANG, code, Scene.PHARMACY_PURCHASE)
        secrets = (
            ZHANG.name,
            ZHANG.document_number,
            decode(linked.subject, Subject).psn_no,
            token,
            code.text,
            "0123456789abcdef",
            "440100H4401060000100000001",
            "示范市纺织厂",
        )
        text = "".join(f"{one.request}{one.response}{one.reference}" for one in seen)

        assert isinstance(linked, Linked)
        assert {"grant.ectoken", "1101", "2201", "ec.query"} == {one.operation for one in seen}
        assert [] == [secret for secret in secrets if secret in text]
