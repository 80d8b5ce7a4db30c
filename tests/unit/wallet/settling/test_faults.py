"""What insurer and payer may do to us: never a second one, never a lost one."""

from datetime import timedelta

import pytest

from wallet.calls.turns import Turns, Waiting
from wallet.errors import StateConflictError
from wallet.settling.service import Offered

UNSURE = ["cut_before", "cut_after", "hang", "hang_before", "crash", "wrong_type"]


def state(folder):
    return folder.settlement.state


def assert_books_agree(desk, folder, balances):
    """
    Insurer, payer and ledger tell the same of one settlement.
    """
    live = sum(split.fund_minor for split in desk.insurer.live.values())

    assert 0 == sum(balances.values())
    assert live == balances.get(("insurer:fund", "CNY"), 0)
    assert desk.payer.net == balances.get(("provider:payer", "CNY"), 0)
    assert len(desk.insurer.ever_settled) == len(set(desk.insurer.ever_settled))
    assert len(desk.insurer.live) <= 1
    assert folder.locked is False


class TestPayerFaults:
    @pytest.mark.parametrize("fault", UNSURE)
    async def test_an_unknown_charge(self, desk, fault):
        """
        A charge nobody knows of locks the visit and is closed by a query, once, either way.
        """
        desk.payer.fail("charge", fault)
        folder = await desk.settled()
        assert folder.locked
        assert ("charging", "unknown") == (state(folder).phase, state(folder).status)
        with pytest.raises(StateConflictError):
            await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
        processed = fault in {"cut_after", "hang"}
        until = "completed" if processed else "cash_due"
        closed = await desk.work_off(folder, until=until)

        assert until == state(closed).phase
        assert (4_500 if processed else 0) == desk.payer.net
        assert 1 == desk.payer.times("charge")
        assert_books_agree(desk, closed, await desk.balances())

    async def test_a_partner_that_bears_little(self, desk):
        """
        Where others have used up the turns, the query waits for its own, and closes all the same.
        """
        desk.conductor._pacing._turns = turns = Turns(per_second=1)
        desk.payer.fail("charge", "cut_after")
        folder = await desk.settled()
        begun, other = (
            desk.clock.now(),
            Waiting(
                integration_id=desk.payer.manifest.id,
                doubtful_at=desk.clock.now(),
                young_for=timedelta(minutes=1),
                turn_at=None,
            ),
        )
        async with desk.database.transaction() as session:
            others = [await turns.take(session, other, begun) for _ in range(20)]
        desk.clock.advance(5)
        await desk.loop.run_due()
        early = list(desk.payer.queried)
        closed = await desk.work_off(folder, until="completed")

        assert ([], "completed") == (early, state(closed).phase)
        assert desk.clock.now() >= others[-1]
        assert 1 == len(desk.payer.queried)

    async def test_a_pending_charge_that_is_paid(self, desk):
        """
        A payer who types the password in time completes the settlement.
        """
        desk.payer.fail("charge", "pending")
        folder = await desk.settled()
        assert folder.locked
        desk.clock.advance(10)
        desk.payer.pay()
        closed = await desk.work_off(folder, until="completed")

        assert 4_500 == desk.payer.net
        assert [] == [each for each in desk.payer.performed if each[0] == "cancel_charge"]
        assert_books_agree(desk, closed, await desk.balances())

    async def test_a_pending_charge_nobody_pays(self, desk):
        """
        After the budget it is cancelled right after the last query, then asked about again.
        """
        desk.payer.fail("charge", "pending")
        folder = await desk.settled()
        closed = await desk.work_off(folder, until="cash_due")

        assert "CLOSED" == state(closed).reason
        assert 1 == desk.payer.times("cancel_charge")
        assert ("charge") == desk.payer.queried[-1][0]
        assert 0 == desk.payer.net
        assert 1 == len(desk.insurer.live)

    async def test_a_success_after_the_cancel(self, desk):
        """
        Money that is taken although the charge was cancelled goes back by itself, once.
        """
        desk.payer.fail("charge", "pending")
        desk.payer.fail("late_success", "yes")
        folder = await desk.settled()
        late = await desk.work_off(folder, until="cash_due")
        assert "CHARGED_LATE" == state(late).reason
        await desk.work_off(turns=5)
        closed = await desk.look(folder)

        assert 1 == len(desk.payer.given_back)
        assert 0 == desk.payer.net
        assert ["refunded"] == [refund.state.phase for refund in closed.refunds]
        assert 0 == (await desk.balances())["provider:payer", "CNY"]

    @pytest.mark.parametrize("fault", ["cut_before", "cut_after", "decline:NO", "not_sent"])
    async def test_an_unanswered_cancel(self, desk, fault):
        """
        A cancel that is not answered is repeated until a query closes the charge.
        """
        desk.payer.fail("charge", "pending")
        desk.payer.fail("cancel_charge", fault)
        folder = await desk.settled()
        closed = await desk.work_off(folder, until="cash_due")

        assert 0 == desk.payer.net
        assert_books_agree(desk, closed, await desk.balances())

    async def test_queries_without_an_answer(self, desk):
        """
        A query that is not answered decides nothing.
        """
        desk.payer.fail("charge", "cut_after")
        desk.payer.fail("query", *["unavailable"] * 5)
        folder = await desk.settled()
        closed = await desk.work_off(folder, until="completed")

        assert_books_agree(desk, closed, await desk.balances())

    async def test_a_declined_charge(self, desk):
        """
        A declined charge leaves the insurer alone; the cash part is due at the desk.
        """
        desk.payer.fail("charge", "decline:BALANCE_NOT_ENOUGH")
        folder = await desk.settled()
        assert ("cash_due", "BALANCE_NOT_ENOUGH") == (state(folder).phase, state(folder).reason)
        assert 1 == len(desk.insurer.live)
        name = desk.name_of(folder.settlement)
        code = Offered(method="code", code="2812345", amount_minor=4_500)
        closed = await desk.settling.tender(desk.intent(), name, code)

        assert "completed" == state(closed).phase
        assert_books_agree(desk, closed, await desk.balances())

    async def test_a_charge_that_never_leaves(self, desk):
        """
        A charge that cannot be sent is tried again as the same call, then given up for sure.
        """
        desk.payer.fail("charge", "not_sent", "not_sent")
        folder = await desk.settled()
        closed = await desk.work_off(folder, until="completed")
        references = {reference for done, reference in desk.payer.performed if done == "charge"}

        assert 1 == len(references)
        assert_books_agree(desk, closed, await desk.balances())

    async def test_a_provider_out_of_reach(self, desk):
        """
        A provider that cannot be reached leaves the cash part due.
        """
        desk.payer.fail("charge", *["not_sent"] * 3)
        folder = await desk.settled()
        closed = await desk.work_off(folder, until="cash_due")

        assert "PROVIDER_UNREACHABLE" == state(closed).reason

    @pytest.mark.parametrize("fault", ["prepare", "refuse"])
    async def test_a_charge_that_cannot_be_prepared(self, desk, fault):
        """
        An integration that crashes over a charge, or refuses it, has charged nothing.
        """
        desk.payer.fail(f"{fault}.charge", "crash")
        folder = await desk.settled()

        assert "cash_due" == state(folder).phase
        assert [] == desk.payer.performed

    async def test_securing_is_asked_again(self, desk):
        """
        A provider that does not answer at once is asked again, then the desk decides.
        """
        desk.payer.fail("secure", "unavailable", "unavailable", "unavailable")
        folder = await desk.settled()

        assert ("awaiting_approval", "UNAVAILABLE") == (state(folder).phase, state(folder).reason)


class TestInsurerFaults:
    @pytest.mark.parametrize("fault", UNSURE)
    async def test_an_unknown_settlement(self, desk, fault):
        """
        A settlement nobody knows of is asked about, then reversed for good; never done again.
        """
        desk.insurer.fail("settle", fault)
        folder = await desk.settled()
        assert folder.locked
        assert ("insuring", "unknown") == (state(folder).phase, state(folder).status)
        processed = fault in {"cut_after", "hang"}
        until = "completed" if processed else "cancelled"
        closed = await desk.work_off(folder, until=until)

        assert until == state(closed).phase
        assert 1 == desk.insurer.times("settle")
        assert (0 if processed else 1) == desk.insurer.times("reverse")
        assert_books_agree(desk, closed, await desk.balances())

    async def test_the_reversal_is_repeated(self, desk):
        """
        An unanswered reversal is repeated, then begun anew; nothing is settled meanwhile.
        """
        desk.insurer.fail("settle", "cut_before")
        desk.insurer.fail("reverse", "cut_before", "not_sent", "cut_after")
        folder = await desk.settled()
        closed = await desk.work_off(folder, until="cancelled")
        references = {each for done, each in desk.insurer.performed if done == "reverse"}

        assert 2 == len(references)
        assert 4 == desk.insurer.times("reverse")
        assert 1 == desk.insurer.times("settle")
        assert_books_agree(desk, closed, await desk.balances())

    async def test_a_refused_reversal(self, desk):
        """
        A refused reversal is followed by queries; what they do not decide is left to a person.
        """
        desk.insurer.fail("settle", "cut_before")
        desk.insurer.fail("reverse", "decline:NO")
        folder = await desk.settled()
        left = await desk.work_off(folder, until="review")
        assert left.locked
        await desk.reexamine()
        closed = await desk.work_off(folder, until="cancelled")

        assert 2 == desk.insurer.times("reverse")
        assert_books_agree(desk, closed, await desk.balances())

    async def test_a_refused_settlement(self, desk):
        """
        A refused settlement revokes the upload and charges nothing.
        """
        desk.insurer.fail("settle", "decline:INSURER_REFUSED")
        folder = await desk.settled()

        assert ("cancelled", "INSURER_REFUSED") == (state(folder).phase, state(folder).reason)
        assert set() == desk.insurer.uploads
        assert [] == desk.payer.performed

    async def test_a_query_that_says_no(self, desk):
        """
        A definite no of the query ends it without a reversal.
        """
        desk.insurer.fail("settle", "cut_before")
        desk.insurer.fail("query", "no")
        folder = await desk.settled()
        closed = await desk.work_off(folder, until="cancelled")

        assert 0 == desk.insurer.times("reverse")
        assert_books_agree(desk, closed, await desk.balances())

    @pytest.mark.parametrize("operation", ["upload", "pre_settle"])
    @pytest.mark.parametrize("fault", ["cut_before", "cut_after", "not_sent", "crash"])
    async def test_before_the_split_is_shown(self, desk, operation, fault):
        """
        Doubts before the split are resolved by revoking and doing it anew.
        """
        desk.insurer.fail(operation, fault)
        folder = await desk.open()
        shown = await desk.work_off(folder, until="awaiting_approval")

        assert "awaiting_approval" == state(shown).phase
        assert 1 == len(desk.insurer.uploads)

    @pytest.mark.parametrize("operation", ["upload", "pre_settle"])
    async def test_a_refusal_before_the_split(self, desk, operation):
        """
        What the insurer refuses before the split ends the settlement.
        """
        desk.insurer.fail(operation, "decline:BILL_REFUSED")
        folder = await desk.open()

        assert ("cancelled", "BILL_REFUSED") == (state(folder).phase, state(folder).reason)
        assert set() == desk.insurer.uploads

    @pytest.mark.parametrize("operation", ["upload", "pre_settle", "settle"])
    async def test_out_of_reach(self, desk, operation):
        """
        An insurer that cannot be reached is given up, for nothing was sent.
        """
        desk.insurer.fail(operation, *["not_sent"] * 5)
        folder = await desk.open()
        if operation == "settle":
            folder = await desk.confirm(folder)
        closed = await desk.work_off(folder, until="cancelled")

        assert "INSURER_UNREACHABLE" == state(closed).reason
        assert set() == desk.insurer.uploads

    @pytest.mark.parametrize("fault", ["cut_before", "cut_after", "hang", "crash"])
    async def test_an_unknown_cancel(self, desk, fault):
        """
        A cancel nobody knows of is asked about, reversed if need be, and done anew.
        """
        folder = await desk.settled("desk")
        desk.insurer.fail("cancel_settlement", fault)
        name = desk.name_of(folder.settlement)
        unsure = await desk.settling.cancel(desk.intent(), name)
        assert unsure.locked
        closed = await desk.work_off(folder, until="cancelled")

        assert {} == desk.insurer.live
        assert_books_agree(desk, closed, await desk.balances())

    async def test_a_refused_cancel(self, desk):
        """
        A cancel that the insurer refuses, after clearing for instance, is left to a person.
        """
        folder = await desk.settled("desk")
        desk.insurer.fail("cancel_settlement", "decline:CLEARED")
        left = await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
        left = await desk.work_off(folder, until="review")

        assert 1 == len(desk.insurer.live)
        assert "review" == state(left).phase

    @pytest.mark.parametrize("fault", ["cut_before", "cut_after", "not_sent"])
    async def test_an_unknown_revocation(self, desk, fault):
        """
        Revoking an upload is repeated until it is answered.
        """
        folder = await desk.open()
        desk.insurer.fail("revoke_upload", fault)
        await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
        await desk.work_off(folder, until="cancelled")

        assert set() == desk.insurer.uploads

    async def test_a_refused_revocation(self, desk):
        """
        An upload that cannot be revoked is left to a person, who may try again.
        """
        folder = await desk.open()
        desk.insurer.fail("revoke_upload", "decline:NO")
        left = await desk.settling.cancel(desk.intent(), desk.name_of(folder.settlement))
        assert "review" == state(left).phase
        await desk.reexamine()
        await desk.work_off(folder, until="cancelled")

        assert set() == desk.insurer.uploads
