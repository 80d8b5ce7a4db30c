"""Partners that are away for long: what they may have done is not forgotten."""

from wallet.settling.service import Offered


def state(folder):
    return folder.settlement.state


async def until_decided(desk, visit):
    """
    Let the worker go on with a registration for some minutes; return the visit.
    """
    for _ in range(200):
        seen = await desk.visits.get(desk.caller(), visit)
        if seen.state.phase != "registering":
            break
        if await desk.loop.run_due() == 0:
            desk.clock.advance(2)
    return seen


async def paid_too_late(desk, how):
    """
    Settle a bill whose charge is found out only after it was cancelled; its refund is under way.
    """
    desk.payer.fail("charge", how)
    folder = await desk.settled()
    desk.payer.fail("late_success", "yes")
    desk.payer.fail("refund", *["cut_before"] * 6)
    while not state(folder).refunds_open:
        if await desk.loop.run_due() == 0:
            desk.clock.advance(5)
        folder = await desk.look(folder)
    return folder


class TestRegistration:
    async def test_not_reached_again(self, desk):
        """
        A registration that may have arrived stays in doubt until the insurer is back.
        """
        desk.insurer.fail("register", "cut_after", *["not_sent"] * 60)
        desk.insurer.fail("query", *["unavailable"] * 200)
        visit = await desk.visit()
        before = await until_decided(desk, visit)
        desk.insurer.faults["register"].clear()
        desk.clock.advance(600)
        after = await until_decided(desk, visit)

        assert ("registering", "open", True) == (
            before.state.phase,
            after.state.phase,
            after.state.registered,
        )

    async def test_not_heard_again(self, desk):
        """
        That a repetition is refused says nothing of the first one; the insurer is asked.
        """
        desk.insurer.fail("register", "cut_after", "cut_before", "decline:CREDENTIAL_EXPIRED")
        desk.insurer.fail("query", *["unavailable"] * 40)
        visit = await desk.visit()
        seen = await until_decided(desk, visit)

        assert ("open", True) == (seen.state.phase, seen.state.registered)
        assert "wallet" == state(await desk.open(visit)).insurer


class TestLateRefund:
    async def test_goes_on_while_the_rest_is_reviewed(self, desk):
        """
        Money that came too late goes back, though the insurer refuses the cancellation meanwhile.
        """
        folder = await paid_too_late(desk, "pending")
        desk.insurer.fail("cancel_settlement", "decline:CLEARED")
        desk.insurer.fail("query", *["no"] * 40)
        await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
        folder = await desk.work_off(folder, until="review")
        desk.payer.faults["refund"].clear()
        for _ in range(20):
            desk.clock.advance(600)
            await desk.loop.run_due()
        folder = await desk.look(folder)

        assert ("review", ["refunded"], 0) == (
            state(folder).phase,
            [each.state.phase for each in folder.refunds],
            desk.payer.net,
        )

    async def test_goes_on_while_nobody_knows_of_the_rest(self, desk):
        """
        Money that came too late goes back, though the insurer has not been heard of for hours.
        """
        folder = await paid_too_late(desk, "pay_later")
        desk.insurer.fail("cancel_settlement", "cut_before")
        desk.insurer.fail("reverse", *["cut_before"] * 90)
        desk.insurer.fail("query", *["unavailable"] * 90)
        await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
        desk.payer.faults["refund"].clear()
        for _ in range(20):
            desk.clock.advance(600)
            await desk.loop.run_due()
        folder = await desk.look(folder)

        assert ("cancelling", "unknown", ["refunded"], 0) == (
            state(folder).phase,
            state(folder).status,
            [each.state.phase for each in folder.refunds],
            desk.payer.net,
        )


class TestTime:
    async def test_to_collect_after_a_long_doubt(self, desk):
        """
        A charge that was in doubt for an hour, and never was, leaves the desk its time for cash.
        """
        desk.payer.fail("charge", "pay_later")
        desk.payer.fail("query", *["unavailable"] * 300)
        folder = await desk.settled()
        for _ in range(40):
            desk.clock.advance(90)
            await desk.loop.run_due()
        assert "charging" == state(await desk.look(folder)).phase
        desk.payer.faults["query"].clear()
        due = await desk.work_off(folder, until="cash_due")
        left = due.settlement.deadline_at - desk.clock.now()
        name = desk.name_of(folder.settlement)
        cash = Offered(method="cash", amount_minor=4_500)
        paid = await desk.settling.tender(desk.intent(), name, cash)

        assert (True, "completed") == (left.total_seconds() > 1_700, state(paid).phase)

    async def test_to_agree_after_a_long_doubt(self, desk):
        """
        A split that came late is shown for half an hour like any other.
        """
        desk.insurer.fail("pre_settle", "cut_before")
        folder = await desk.open()
        desk.clock.advance(3_600)
        shown = await desk.work_off(folder, until="awaiting_approval")
        left = shown.settlement.deadline_at - desk.clock.now()

        assert ("awaiting_approval", True) == (state(shown).phase, left.total_seconds() > 1_700)
