"""Returning a settlement, whole or in part."""

import pytest

from tests.fixtures.desks import bill_of
from wallet.errors import NotFoundError, StateConflictError
from wallet.presentations.errors import HandleMismatchError
from wallet.settling.approvals import approval_text
from wallet.settling.errors import BillInvalidError
from wallet.settling.opening import Reported
from wallet.settling.returns import Net, Return
from wallet.settling.service import Offered


def state(folder):
    return folder.settlement.state


class TestWhole:
    async def test_by_its_original_route(self, desk):
        """
        The insurer is cancelled first, then the payer gets the money back.
        """
        folder = await desk.settled()
        name = desk.name_of(folder.settlement)
        gone = await desk.returns.give_back(desk.intent(), name, Return())

        assert "cancelled" == state(gone).phase
        assert 0 == desk.payer.net
        assert {} == desk.insurer.live
        assert {0} == set((await desk.balances()).values())
        kinds = [each.entry.kind for each in (await desk.journal.of_resident(4711)).entries]
        assert ["refunded", "settlement_undone", "charged", "settled"] == kinds

    async def test_no_refund_before_the_insurer_is_definite(self, desk):
        """
        While it is not known whether the insurer has cancelled, nothing goes back.
        """
        folder = await desk.settled()
        desk.insurer.fail("cancel_settlement", "cut_before")
        name = desk.name_of(folder.settlement)
        unsure = await desk.returns.give_back(desk.intent(), name, Return())
        assert unsure.locked
        assert 4_500 == desk.payer.net
        await desk.work_off(folder, until="cancelled")

        assert 0 == desk.payer.net

    async def test_cash_is_paid_out_at_the_desk(self, desk):
        """
        What was paid in cash is paid out by the desk, which confirms it once.
        """
        due = await desk.settled("desk")
        name = desk.name_of(due.settlement)
        cash = Offered(method="cash", amount_minor=4_500)
        await desk.settling.tender(desk.intent(), name, cash)
        gone = await desk.returns.give_back(desk.intent(), name, Return())
        (refund,) = gone.refunds
        assert "payout" == refund.state.phase
        refund_name = desk.counter.name("rfd", "party:7", 4711, refund.refund_id)
        paid = await desk.returns.pay_out(desk.intent(), name, refund_name, "K1")

        assert "refunded" == paid.refunds[0].state.phase
        assert {0} == set((await desk.balances()).values())
        with pytest.raises(StateConflictError):
            await desk.returns.pay_out(desk.intent(), name, refund_name, "K1")

    async def test_another_settlements_refund(self, desk):
        """
        A refund belongs to its settlement.
        """
        visit = await desk.visit()
        first = await desk.settled(visit=visit)
        second = await desk.settled(visit=visit)
        name = desk.name_of(first.settlement)
        gone = await desk.returns.give_back(desk.intent(), name, Return())
        refund_name = desk.counter.name("rfd", "party:7", 4711, gone.refunds[0].refund_id)
        with pytest.raises(StateConflictError):
            await desk.returns.pay_out(
                desk.intent(), desk.name_of(second.settlement), refund_name, "K1"
            )
        with pytest.raises(NotFoundError):
            await desk.returns.pay_out(desk.intent(), name, name, "K1")

    async def test_what_is_not_completed(self, desk):
        """
        Only what is completed is returned.
        """
        folder = await desk.open()
        with pytest.raises(StateConflictError):
            await desk.returns.give_back(desk.intent(), desk.name_of(folder.settlement), Return())

    async def test_twice(self, desk):
        """
        A settlement is returned once.
        """
        folder = await desk.settled()
        name = desk.name_of(folder.settlement)
        await desk.returns.give_back(desk.intent(), name, Return())
        with pytest.raises(StateConflictError):
            await desk.returns.give_back(desk.intent(), name, Return())

        assert 0 == desk.payer.net

    @pytest.mark.parametrize(
        "fault", ["cut_before", "cut_after", "not_sent", "hang", "crash", "wrong_type"]
    )
    async def test_an_unknown_refund(self, desk, fault):
        """
        A refund nobody knows of is asked about and repeated with identical ids: once in effect.
        """
        folder = await desk.settled()
        desk.payer.fail("refund", fault)
        name = desk.name_of(folder.settlement)
        await desk.returns.give_back(desk.intent(), name, Return())
        gone = await desk.work_off(folder, until="cancelled")
        references = {each for done, each in desk.payer.performed if done == "refund"}

        assert "cancelled" == state(gone).phase
        assert 1 == len(references)
        assert 0 == desk.payer.net

    async def test_a_refused_refund(self, desk):
        """
        A refund that the provider refuses is left to a person, and can be tried again.
        """
        folder = await desk.settled()
        desk.payer.fail("refund", "decline:TRADE_TOO_OLD")
        name = desk.name_of(folder.settlement)
        left = await desk.returns.give_back(desk.intent(), name, Return())
        assert ("review", "REFUND_REFUSED") == (state(left).phase, state(left).reason)
        await desk.reexamine()
        await desk.work_off(folder, until="cancelled")

        assert 0 == desk.payer.net


class TestLines:
    async def test_the_net_is_shown_beforehand(self, desk):
        """
        Before anything moves the desk sees what it would come to.
        """
        folder = await desk.settled()
        wish = Return(lines=frozenset({"L1"}))
        net = await desk.returns.preview(desk.caller(), desk.name_of(folder.settlement), wish)

        expected = Net(
            returned_minor=10_000,
            back_minor=4_500,
            remaining_minor=5_000,
            cash_minor=1_500,
            net_minor=3_000,
        )
        assert expected == net
        assert 1 == len(desk.insurer.live)

    async def test_the_remainder_is_settled_anew(self, desk):
        """
        The whole is undone, then what remains is settled with the fresh scan.
        """
        folder = await desk.settled()
        name = desk.name_of(folder.settlement)
        wish = Return(lines=frozenset({"L1"}), presentation=desk.scan())
        gone = await desk.returns.give_back(desk.intent(), name, wish)
        assert "cancelled" == state(gone).phase
        async with desk.database.reading() as session:
            key = (4711, gone.settlement.replaced_by)
            following = await desk.counter.folder(session, key)
        shown = await desk.work_off(following, until="awaiting_approval")
        assert 1_500 == state(shown).cash_minor
        done = await desk.confirm(shown)

        assert "completed" == state(done).phase
        assert 1_500 == desk.payer.net
        assert [5_000] == [split.total_minor for split in desk.insurer.live.values()]
        assert 0 == sum((await desk.balances()).values())

    async def test_every_line_is_the_whole(self, desk):
        """
        Returning every line is returning the whole.
        """
        folder = await desk.settled()
        wish = Return(lines=frozenset({"L1", "L2"}))
        name = desk.name_of(folder.settlement)
        gone = await desk.returns.give_back(desk.intent(), name, wish)

        assert "cancelled" == state(gone).phase
        assert gone.settlement.replaced_by is None

    async def test_only_what_is_free_remains(self, desk):
        """
        Where all that costs something is returned, nothing remains to be settled.
        """
        folder = await desk.settled(bill=bill_of(10_000, 0))
        wish = Return(lines=frozenset({"L1"}), presentation=desk.scan())
        name = desk.name_of(folder.settlement)
        gone = await desk.returns.give_back(desk.intent(), name, wish)

        assert ("cancelled", None) == (state(gone).phase, gone.settlement.replaced_by)
        assert {0} == set((await desk.balances()).values())

    async def test_it_needs_a_fresh_scan(self, desk):
        """
        Without a fresh scan nothing begins.
        """
        folder = await desk.settled()
        wish = Return(lines=frozenset({"L1"}))
        with pytest.raises(HandleMismatchError):
            await desk.returns.give_back(desk.intent(), desk.name_of(folder.settlement), wish)

        assert 1 == len(desk.insurer.live)

    async def test_an_unknown_line(self, desk):
        """
        A line that is not on the bill is named.
        """
        folder = await desk.settled()
        wish = Return(lines=frozenset({"L9"}))
        with pytest.raises(BillInvalidError) as refusal:
            await desk.returns.preview(desk.caller(), desk.name_of(folder.settlement), wish)

        assert {"problem": "LINE_UNKNOWN", "line": "L9"} == refusal.value.members

    async def test_where_the_hospital_settles(self, desk):
        """
        Where the HIS settles, lines are not returned here.
        """
        desk.parties.given = {"settled_by": "his"}
        split = desk.insurer.split(15_000, 30)
        opened = await desk.open(reported=Reported(settlement_reference="S", split=split))
        folder = await desk.confirm(opened)
        wish = Return(lines=frozenset({"L1"}), presentation=desk.scan())
        name = desk.name_of(folder.settlement)
        with pytest.raises(StateConflictError):
            await desk.returns.give_back(desk.intent(), name, wish)
        gone = await desk.returns.give_back(desk.intent(), name, Return())

        assert "cancelled" == state(gone).phase
        assert 0 == desk.payer.net

    async def test_without_an_insurer(self, desk):
        """
        A self-paid bill is returned in part as well.
        """
        folder = await desk.settled(self_pay=True)
        wish = Return(lines=frozenset({"L1"}), presentation=desk.scan())
        gone = await desk.returns.give_back(desk.intent(), desk.name_of(folder.settlement), wish)
        async with desk.database.reading() as session:
            key = (4711, gone.settlement.replaced_by)
            following = await desk.counter.folder(session, key)
        done = await desk.confirm(following)

        assert "completed" == state(done).phase
        assert 5_000 == desk.payer.net

    async def test_the_remainder_given_up(self, desk):
        """
        The desk may cancel what remains while the whole is still being undone.
        """
        folder = await desk.settled()
        desk.insurer.fail("cancel_settlement", "cut_before")
        wish = Return(lines=frozenset({"L1"}), presentation=desk.scan())
        visit = (await desk.look(folder)).settlement.visit_id
        unsure = await desk.returns.give_back(desk.intent(), desk.name_of(folder.settlement), wish)
        following = desk.counter.name("set", "party:7", 4711, unsure.settlement.replaced_by)
        given_up = await desk.settling.cancel(desk.intent(), following)
        assert "cancelled" == state(given_up).phase
        await desk.work_off(folder, until="cancelled")
        async with desk.database.reading() as session:
            left = await desk.visits.records.get(session, 4711, visit)

        assert left.open_settlement_id is None
        assert 0 == left.standing

    async def test_one_line_of_two_bills(self, desk):
        """
        A return concerns its own bill.
        """
        visit = await desk.visit()
        first = await desk.settled(visit=visit)
        await desk.settled(visit=visit, bill=bill_of(700))
        desk.insurer.final_percent = None
        net = await desk.returns.preview(desk.caller(), desk.name_of(first.settlement), Return())

        assert 15_000 == net.returned_minor

    async def test_the_remainder_approved_before_its_turn(self, desk):
        """
        What remains is not approved, nor given up for its age, while the whole is being undone.
        """
        folder = await desk.settled(self_pay=True)
        desk.payer.fail("refund", *["cut_before"] * 40)
        wish = Return(lines=frozenset({"L1"}), presentation=desk.scan())
        unsure = await desk.returns.give_back(desk.intent(), desk.name_of(folder.settlement), wish)
        async with desk.database.reading() as session:
            key = (4711, unsure.settlement.replaced_by)
            following = await desk.counter.folder(session, key)
        name, version = desk.approvals.name(following), following.settlement.version
        message = approval_text(name, version, state(following).cash_minor, following.payee)
        desk.devices.right = (message, b"signature")
        with pytest.raises(StateConflictError):
            await desk.approvals.approve(4711, name, 1, version, b"signature")
        desk.clock.advance(1_900)
        await desk.loop.run_due()
        assert "awaiting_approval" == state(await desk.look(following)).phase
        desk.payer.faults["refund"].clear()
        await desk.work_off(folder, until="cancelled")

        assert "completed" == state(await desk.confirm(following)).phase
