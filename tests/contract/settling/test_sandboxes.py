"""Settlements over real HTTP against the partners' sandboxes: once, or not at all."""

import pytest

from tests.contract.nhsa.builders import bill_of
from tests.fixtures.desks import DETAILS
from wallet.settling.opening import Wish
from wallet.settling.returns import Return
from wallet.settling.service import Confirmation, Offered

PAY = "alipay.trade.pay"


def state(folder):
    return folder.settlement.state


async def shown(desk):
    visit = await desk.visit()
    wish = Wish(presentation=await desk.scan_of_zhang(), bill=bill_of(), use_account=False)
    return await desk.settling.open(desk.intent(), visit, wish)


async def settled(desk, cash_by="agreement"):
    return await desk.confirm(await shown(desk), cash_by)


async def rest(desk, folder, *, turns=80):
    """
    Let the worker go on until the settlement rests.
    """
    for _ in range(turns):
        folder = await desk.look(folder)
        if not folder.locked and state(folder).phase in {"completed", "cancelled", "cash_due"}:
            return folder
        if await desk.loop.run_due() == 0:
            desk.clock.advance(5)
    return folder


async def held(desk):
    """
    What both partners' own books hold: live settlements, and what the payer is out of pocket.
    """
    insurer, provider = await desk.world.books(), await desk.partner.books()
    live = [row for row in insurer["settlements"] if is_live(row)]
    paid = sum(row["paid_fen"] - row["refunded_fen"] for row in provider["trades"])
    return len(live), paid


def is_live(row):
    return row["status"] == "settled" and not row["cancels"]


async def assert_agree(desk, folder):
    live, paid = await held(desk)
    balances = await desk.balances()
    standing = state(folder).settled == "standing"

    assert int(standing) == live
    assert balances.get(("provider:alipay", "CNY"), 0) == paid
    assert 0 == sum(balances.values())


async def silence(desk):
    """
    Twenty minutes without the insurer, then an hour with it.
    """
    for minute in range(80):
        desk.clock.advance(60)
        await desk.loop.run_due()
        if minute == 20:
            async with desk.world.http.delete("/_sandbox/faults") as answer:
                assert answer.ok


class TestRealPartners:
    async def test_completes(self, real):
        """
        Registered, uploaded, settled and charged over real HTTP; the books agree.
        """
        folder = await settled(real)

        assert "completed" == state(folder).phase
        assert state(folder).cash_minor > 0
        await assert_agree(real, folder)

    async def test_is_returned(self, real):
        """
        The whole is cancelled at the insurer, the money goes back, the upload is revoked.
        """
        folder = await settled(real)
        name = real.name_of(folder.settlement)
        gone = await real.returns.give_back(real.intent(), name, Return())
        gone = await rest(real, gone)

        assert "cancelled" == state(gone).phase
        await assert_agree(real, gone)

    async def test_returns_a_line(self, real):
        """
        What remains of a returned bill is settled anew with a fresh scan.
        """
        folder = await settled(real)
        lines = frozenset({folder.settlement.bill.lines[0].number})
        wish = Return(lines=lines, presentation=await real.scan_of_zhang(), use_account=False)
        gone = await real.returns.give_back(real.intent(), real.name_of(folder.settlement), wish)
        gone = await rest(real, gone)
        async with real.database.reading() as session:
            key = (folder.settlement.resident_id, gone.settlement.replaced_by)
            following = await real.counter.folder(session, key)
        following = await real.work_off(following, until="awaiting_approval")
        done = await real.confirm(following)

        assert "completed" == state(done).phase
        await assert_agree(real, done)

    @pytest.mark.parametrize(
        ("fault", "until"),
        [
            ({"kind": "answer", "code": "20000", "processed": True}, "completed"),
            ({"kind": "answer", "code": "20000", "processed": False}, "cash_due"),
            ({"kind": "cut_before_response"}, "completed"),
            ({"kind": "cut_after_request"}, "cash_due"),
            ({"kind": "wrong_signature"}, "completed"),
        ],
    )
    async def test_a_charge_in_doubt(self, real, fault, until):
        """
        20000, a cut after or before it charged, a wrong signature: once or not at all.
        """
        await real.partner.fault(operation=PAY, **fault)
        folder = await settled(real)
        assert folder.locked
        closed = await rest(real, folder)

        assert until == state(closed).phase
        await assert_agree(real, closed)

    @pytest.mark.slow
    async def test_a_charge_that_hangs(self, real):
        """
        A provider that never answers keeps the desk no longer than its patience.
        """
        await real.partner.fault(operation=PAY, kind="hang", seconds=30)
        folder = await settled(real)
        assert folder.locked
        await real.inline.close()
        closed = await rest(real, folder)

        assert state(closed).phase in {"completed", "cash_due"}
        await assert_agree(real, closed)

    @pytest.mark.parametrize(
        ("kind", "until"),
        [("cut_before_response", "completed"), ("cut_after_request", "cancelled")],
    )
    async def test_a_settlement_in_doubt(self, real, kind, until):
        """
        An insurer that is cut after or before it settled: one settlement or none.
        """
        folder = await shown(real)
        await real.world.fault(kind, "2207", times=1)
        said = Confirmation(cash_minor=state(folder).cash_minor, cash_by="agreement")
        unsure = await real.settling.confirm(real.intent(), real.name_of(folder.settlement), said)
        assert unsure.locked
        closed = await rest(real, unsure)

        assert until == state(closed).phase
        await assert_agree(real, closed)

    @pytest.mark.parametrize("kind", ["cut_before_response", "cut_after_request"])
    async def test_a_cancel_in_doubt(self, real, kind):
        """
        A cancel that is cut leaves nothing settled in the end.
        """
        due = await settled(real, "desk")
        await real.world.fault(kind, "2208", times=1)
        unsure = await real.settling.cancel(real.intent(), real.name_of(due.settlement))
        closed = await rest(real, unsure)

        assert "cancelled" == state(closed).phase
        await assert_agree(real, closed)

    @pytest.mark.parametrize("kind", ["cut_before_response", "cut_after_request"])
    async def test_a_reversal_in_doubt(self, real, kind):
        """
        A reversal that is cut comes to an end, although the platform hears no message twice.
        """
        folder = await shown(real)
        await real.world.fault("cut_after_request", "2207", times=1)
        await real.world.fault(kind, "2601", times=2)
        said = Confirmation(cash_minor=state(folder).cash_minor, cash_by="agreement")
        name = real.name_of(folder.settlement)
        unsure = await real.settling.confirm(real.intent(), name, said)
        closed = await rest(real, unsure, turns=300)

        assert "cancelled" == state(closed).phase
        await assert_agree(real, closed)

    @pytest.mark.parametrize("kind", ["cut_before_response", "cut_after_request"])
    @pytest.mark.parametrize("operation", ["2204", "2206"])
    async def test_before_the_split(self, real, operation, kind):
        """
        What is cut before the split is done anew until the split is shown.
        """
        await real.world.fault(kind, operation, times=1)
        folder = await real.work_off(await shown(real), until="awaiting_approval")

        assert "awaiting_approval" == state(folder).phase

    async def test_a_registration_after_a_long_silence(self, real):
        """
        A platform that was away for long still gets the registration, in a message of today.
        """
        await real.world.fault("cut_after_request", "2201", times=0)
        scan = await real.scan_of_zhang()
        visit = await real.visits.open(real.intent(), scan, DETAILS)
        await silence(real)
        async with real.database.reading() as session:
            opened = await real.visits.records.get(session, visit.resident_id, visit.visit_id)

        assert opened.state.registered

    async def test_a_reversal_after_a_long_silence(self, real):
        """
        A platform that was away for long still gets the reversal, in a message of today.
        """
        folder = await shown(real)
        await real.world.fault("cut_after_request", "2207", times=0)
        await real.world.fault("cut_after_request", "2601", times=0)
        said = Confirmation(cash_minor=state(folder).cash_minor, cash_by="agreement")
        await real.settling.confirm(real.intent(), real.name_of(folder.settlement), said)
        await silence(real)
        closed = await rest(real, folder)

        assert "cancelled" == state(closed).phase
        await assert_agree(real, closed)

    @pytest.mark.parametrize("kind", ["cut_before_response", "cut_after_request"])
    async def test_a_refund_in_doubt(self, real, kind):
        """
        A refund that is cut goes back once.
        """
        folder = await settled(real)
        await real.partner.fault(operation="alipay.trade.refund", kind=kind)
        name = real.name_of(folder.settlement)
        await real.returns.give_back(real.intent(), name, Return())
        closed = await rest(real, folder)

        assert "cancelled" == state(closed).phase
        await assert_agree(real, closed)

    async def test_a_scanned_payment_code(self, real):
        """
        Somebody else's payment code meets the cash part.
        """
        due = await settled(real, "desk")
        offered = Offered(
            method="code",
            code=await real.partner.barcode("zhou"),
            amount_minor=state(due).due_minor,
        )
        done = await real.settling.tender(real.intent(), real.name_of(due.settlement), offered)

        assert "completed" == state(done).phase
        await assert_agree(real, done)
