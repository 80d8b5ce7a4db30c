"""Mistakes that histories of tests/simulation found; each kept as small as it can be told."""

import pytest
from msgspec.structs import replace

from integrations.spi import RevokeUpload, Undone
from tests.fixtures.desks import PARTY, RESIDENT
from wallet.calls.events import Done, Doubtful, Failed
from wallet.calls.outside import Order
from wallet.calls.service import Subject
from wallet.settling import machine
from wallet.settling.actions import Begin
from wallet.settling.happenings import Reexamined
from wallet.settling.returns import Return
from wallet.settling.states import State
from wallet.visiting import machine as visiting
from wallet.visiting.machine import VisitState
from wallet.work.errors import LeaseLostError
from wallet.work.service import Lease

UPLOADING = State(phase="pre_settling", step="upload", status="sent", insurer="wallet")


def revoking():
    """
    Return an order to take an upload back.
    """
    return Order(
        party_id=PARTY,
        integration_id="insurer",
        request=RevokeUpload(subject="s", credential=b"c", batch="B1", operator="OP1"),
        continuation=b"",
    )


def state(folder):
    return folder.settlement.state


class TestRefusedCancel:
    async def test_asked_about_again(self, desk):
        """
        A cancel that was refused, and is asked about again, is in the end reversed and made anew.
        """
        folder = await desk.work_off(await desk.settled(), until="completed")
        desk.insurer.fail("cancel_settlement", "decline:NO")
        await desk.returns.give_back(desk.intent(), desk.name_of(folder.settlement), Return())
        folder = await desk.work_off(folder, until="review")
        await desk.reexamine()
        folder = await desk.work_off(folder, until="cancelled")

        assert ("cancelled", "undone") == (state(folder).phase, state(folder).settled)
        assert {} == desk.insurer.live


class TestCancelThatNeverBegan:
    def test_begins(self):
        """
        What could not even be prepared is begun when it is asked about again.
        """
        waits = State(
            phase="review",
            resume_phase="cancelling",
            step="cancel_settlement",
            status="due",
            insurer="wallet",
            settled="standing",
        )
        again = machine.apply(waits, Reexamined())

        assert Begin("cancel_settlement") == machine.decide(again)


class TestDoubtedRegistration:
    @pytest.mark.parametrize("phase", ["registering", "cancelling"])
    def test_cannot_be_made_anew(self, phase):
        """
        A registration in doubt is not settled by a second message that could not be prepared.
        """
        operation = VisitState(phase=phase).operation
        anew = VisitState(phase=phase, status="due", tries=2)
        refused = Failed(operation=operation, code="NOT_PREPARED", refused=True)
        after = visiting.apply(anew, refused)

        assert (phase, "unknown") == (after.phase, after.status)


class TestNewestCall:
    async def test_when_clocks_differ(self, desk):
        """
        The call that was committed last is the newest, though its machine's clock is behind.
        """
        subject, request = Subject("settlement", 1), revoking()
        async with desk.database.transaction() as session:
            view = await desk.calls.view(session, request.party_id, request.integration_id)
            await desk.calls.prepare(session, RESIDENT, subject, request, view)
            desk.clock.advance(-60)
            last = await desk.calls.prepare(session, RESIDENT, subject, request, view)
            found = await desk.calls.latest(session, RESIDENT, subject, "revoke_upload")

        assert last == found


class TestOpenTender:
    async def test_gone_meanwhile(self, desk):
        """
        A worker that stood still, and finds that another one ended the tender, leaves it alone.
        """
        folder = await desk.work_off(await desk.settled(), until="completed")
        lease = Lease(
            resident_id=RESIDENT,
            kind="settlement",
            subject_id=folder.settlement.settlement_id,
            owner="stood still",
            fence=1,
            wakes=0,
            attempts=1,
        )
        with pytest.raises(LeaseLostError):
            await desk.loop._stepper._handlers["settlement"]._drive_tender(lease)


class TestDoubtedUpload:
    def test_refused_anew(self):
        """
        Lines may lie there whose first message was in doubt, though the second was refused.
        """
        doubted = machine.apply(UPLOADING, Doubtful(operation="upload"))
        done = Done(operation="revoke_upload", result=Undone(), continuation=b"")
        anew = machine.apply(replace(doubted, status="sent"), done)
        refused = Failed(operation="upload", code="REPEATED", refused=True)
        after = machine.apply(replace(anew, status="sent"), refused)

        assert ("cancelling", "revoke_upload") == (after.phase, after.step)

    def test_refused_at_first(self):
        """
        An upload that was refused at once left nothing there.
        """
        refused = Failed(operation="upload", code="REFUSED", refused=True)

        assert "cancelled" == machine.apply(UPLOADING, refused).phase

    def test_cannot_be_revoked(self):
        """
        That a revocation could not even be prepared does not say that nothing lies there.
        """
        doubted = machine.apply(UPLOADING, Doubtful(operation="upload"))
        unprepared = Failed(operation="revoke_upload", code="NOT_PREPARED", refused=True)
        undoing = machine.apply(doubted, unprepared)
        left = machine.apply(undoing, unprepared)

        assert Begin("revoke_upload") == machine.decide(undoing)
        assert ("review", "cancelling", "unknown") == (left.phase, left.resume_phase, left.upload)
        assert Begin("revoke_upload") == machine.decide(machine.apply(left, Reexamined()))

    def test_nothing_to_revoke(self):
        """
        The insurer's word that nothing lies there does.
        """
        doubted = machine.apply(UPLOADING, Doubtful(operation="upload"))
        refused = Failed(operation="revoke_upload", code="NOT_FOUND", refused=True)
        after = machine.apply(replace(doubted, status="sent"), refused)

        assert (Begin("upload"), "none") == (machine.decide(after), after.upload)
