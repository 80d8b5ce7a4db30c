"""The machines of tenders, refunds and visits: total, and illegal moves are faults."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.spi import ChargeUndone, Refunded, Registered
from wallet.calls.events import Committed, Done, Doubtful, Failed, Undetermined, Unsent
from wallet.settling import refunding, tendering
from wallet.settling.actions import Ask, Begin, Repeat, Rest, Resume
from wallet.settling.refunding import REFUND_PHASES, RefundState
from wallet.settling.states import STATUSES
from wallet.settling.states import IllegalMoveError as IllegalSettlementMoveError
from wallet.settling.tendering import TENDER_PHASES, TENDER_STEPS, TenderState
from wallet.visiting import machine as visiting
from wallet.visiting.machine import VISIT_PHASES, VisitState
from wallet.visiting.machine import IllegalMoveError as IllegalVisitMoveError

TENDERS = st.builds(
    TenderState,
    phase=st.sampled_from(TENDER_PHASES),
    status=st.sampled_from(STATUSES),
    step=st.sampled_from(TENDER_STEPS),
    acknowledged=st.booleans(),
    cancels=st.integers(0, 2),
)
REFUNDS = st.builds(
    RefundState,
    phase=st.sampled_from(REFUND_PHASES),
    status=st.sampled_from(STATUSES),
    repeating=st.booleans(),
    tries=st.integers(0, 3),
)
VISITS = st.builds(
    VisitState,
    phase=st.sampled_from(VISIT_PHASES),
    status=st.sampled_from(STATUSES),
    registered=st.booleans(),
    repeating=st.booleans(),
    tries=st.integers(0, 40),
)


def events(operation, result):
    return st.sampled_from(
        [
            Committed(operation=operation),
            Done(operation=operation, result=result, continuation=b""),
            Failed(operation=operation, code="NO", refused=True),
            Failed(operation=operation, code="NO", refused=False),
            Unsent(operation=operation, attempts=1),
            Unsent(operation=operation, attempts=9),
            Doubtful(operation=operation),
            Undetermined(operation=operation, exhausted=False),
            Undetermined(operation=operation, exhausted=True),
        ]
    )


UNDONE = ChargeUndone(refunded=False)


class TestTender:
    @given(TENDERS, events("charge", UNDONE) | events("cancel_charge", UNDONE))
    def test_is_total(self, state, event):
        """
        Any event moves a tender or is refused as illegal; what is decided never moves again.
        """
        tendering.decide(state)
        try:
            after = tendering.apply(state, event)
        except IllegalSettlementMoveError:
            return

        assert state.open
        assert after.phase in TENDER_PHASES
        assert after.late == (after.phase == "charged" and state.phase == "cancelling")

    def test_only_a_query_closes_a_cancelled_charge(self):
        """
        However the cancel ends, the charge is asked about afterwards.
        """
        cancelling = TenderState(phase="cancelling", step="cancel_charge", status="sent")
        for event in (
            Done(operation="cancel_charge", result=UNDONE, continuation=b""),
            Failed(operation="cancel_charge", code="NO", refused=True),
            Doubtful(operation="cancel_charge"),
        ):
            after = tendering.apply(cancelling, event)

            assert after.open
            undone = isinstance(event, Done)
            assert Ask("charge", undone=undone) == tendering.decide(after)

    def test_waits_for_a_cancel_that_did_not_leave(self):
        """
        A cancel that was not sent is performed again.
        """
        cancelling = TenderState(phase="cancelling", step="cancel_charge", status="sent")
        after = tendering.apply(cancelling, Unsent(operation="cancel_charge", attempts=9))

        assert Resume("cancel_charge") == tendering.decide(after)

    def test_a_cancel_that_was_never_made_is_made(self):
        """
        Where no cancel could be prepared, the next round tries again.
        """
        asking = TenderState(phase="cancelling", step="ask", status="unknown")
        event = Undetermined(operation="charge", exhausted=True)

        assert Begin("cancel_charge") == tendering.decide(tendering.apply(asking, event))
        asked = TenderState(phase="cancelling", step="ask", status="unknown", cancels=1)
        assert Repeat("cancel_charge") == tendering.decide(tendering.apply(asked, event))


class TestRefund:
    @given(REFUNDS, events("refund", Refunded(amount_minor=1)))
    def test_is_total(self, state, event):
        """
        Any event moves a refund or is refused as illegal.
        """
        refunding.decide(state)
        try:
            after = refunding.apply(state, event)
        except IllegalSettlementMoveError:
            return

        assert "refunding" == state.phase
        assert after.phase in REFUND_PHASES

    def test_what_did_not_happen_is_begun_anew(self):
        """
        A refund that definitely did not happen is made anew, three times at most.
        """
        state, no = RefundState(), Failed(operation="refund", code="NO", refused=False)
        begun = []
        while "refunding" == state.phase:
            begun.append(refunding.decide(state))
            state = refunding.apply(state, Committed(operation="refund"))
            state = refunding.apply(state, Doubtful(operation="refund"))
            state = refunding.apply(state, no)

        assert [Begin("refund")] * 3 == begun
        assert "review" == state.phase

    @pytest.mark.parametrize("phase", ["refunding", "refunded", "review"])
    def test_only_a_payout_is_paid_out(self, phase):
        """
        What goes back through a provider is not paid out at the desk.
        """
        with pytest.raises(IllegalSettlementMoveError):
            refunding.paid_out(RefundState(phase=phase))

    def test_only_what_was_left_is_reopened(self):
        """
        Only a refund that was left to a person is tried again.
        """
        with pytest.raises(IllegalSettlementMoveError):
            refunding.reopened(RefundState(phase="refunded"))

        assert RefundState() == refunding.reopened(RefundState(phase="review", tries=3))
        assert Rest() == refunding.decide(RefundState(phase="payout"))


class TestVisit:
    @given(
        VISITS,
        events("register", Registered(visit_reference="M"))
        | events("cancel_registration", Registered(visit_reference="M")),
    )
    def test_is_total(self, state, event):
        """
        Any event moves a visit or is refused as illegal.
        """
        try:
            after = visiting.apply(state, event)
        except IllegalVisitMoveError:
            return

        assert state.moving
        assert after.phase in VISIT_PHASES

    @pytest.mark.parametrize("move", [visiting.cancel, visiting.close, visiting.reexamine])
    def test_moves_of_people_need_their_phase(self, move):
        """
        A visit that is being registered is neither cancelled, closed nor examined again.
        """
        with pytest.raises(IllegalVisitMoveError):
            move(VisitState(phase="registering"))

    def test_repeats_and_begins_anew_by_turns(self):
        """
        What is never known is repeated and made anew by turns, then left to a person.
        """
        state = VisitState(phase="registering", status="unknown")
        turns = []
        while "registering" == state.phase:
            exhausted = Undetermined(operation="register", exhausted=True)
            state = visiting.apply(state, exhausted)
            turns.append(state.status)
            if state.status == "due":
                state = visiting.apply(state, Committed(operation="register"))
            if state.phase == "registering":
                state = visiting.apply(state, Doubtful(operation="register"))

        assert ["unknown", "due", "unknown", "due"] == turns[:4]
        assert "review" == state.phase
        assert "registering" == visiting.reexamine(state).phase
