"""From registration to settlement and all the way back, over real HTTP."""

import pytest

from integrations.spi import (
    PreSettled,
    Registered,
    Scene,
    Settled,
    Succeeded,
    Undone,
    Uploaded,
)
from tests.contract.nhsa.world import LI, PHARMACY_LINES, ZHANG, bill_of


class TestHospital:
    async def test_forward_and_back(self, hospital):
        """
        Register, upload, pre-settle, settle; then cancel, revoke, cancel the registration.
        """
        bill = bill_of()
        await hospital.link(ZHANG)
        await hospital.show_code(ZHANG, Scene.OUTPATIENT_REGISTRATION)
        registered = await hospital.do(hospital.registration())
        await hospital.show_code(ZHANG, Scene.OUTPATIENT_SETTLEMENT)
        uploaded = await hospital.do(hospital.upload(bill))
        shown = await hospital.do(hospital.pre_settlement(bill))
        settled = await hospital.do(hospital.settlement(bill, shown.result.split))
        cancelled = await hospital.do(hospital.settlement_undo())
        revoked = await hospital.do(hospital.upload_undo())
        closed = await hospital.do(hospital.registration_undo())

        steps = (registered, uploaded, shown, settled, cancelled, revoked, closed)
        results = [type(step.result) for step in steps]
        assert [Registered, Uploaded, PreSettled, Settled, Undone, Undone, Undone] == results
