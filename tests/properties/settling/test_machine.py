"""The settlement's machine under every event, and under histories that Hypothesis writes."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from integrations.spi import (
    PreSettled,
    Reversed,
    Settled,
    Split,
    Undone,
    Uploaded,
)
from tests.fakes.clock import START
from wallet.calls.events import Committed, Done, Doubtful, Failed, Undetermined, Unsent
from wallet.settling import machine
from wallet.settling.actions import (
    Ask,
    Begin,
    DriveRefunds,
    DriveTender,
    OpenRefunds,
    Repeat,
    Rest,
    Resume,
    SecureCash,
    StartTender,
    Wait,
)
from wallet.settling.happenings import (
    Approved,
    CancelAsked,
    Confirmed,
    Expired,
    NotSecured,
    Reexamined,
    RefundEnded,
    RefundReopened,
    RefundsOpened,
    Secured,
    Tendered,
    TenderEnded,
    TenderMoved,
    TenderStarted,
)
from wallet.settling.states import PHASES, STATUSES, STEPS, IllegalMoveError, State

TOTAL = 1_000
OPERATIONS = (
    "upload",
    "revoke_upload",
    "pre_settle",
    "settle",
    "cancel_settlement",
    "reverse",
)


def split(cash):
    return Split(
        total_minor=TOTAL,
        funds=(),
        account_minor=TOTAL - cash,
        mutual_aid_minor=0,
        hospital_minor=0,
        cash_minor=cash,
    )


def result(operation, cash):
    return {
        "upload": Uploaded(lines=1),
        "revoke_upload": Undone(),
        "pre_settle": PreSettled(split=split(cash)),
        "settle": Settled(split=split(cash), settlement_reference="S", at=START),
        "cancel_settlement": Undone(),
        "reverse": Reversed(),
    }[operation]


def call_events(operation, cash=300):
    return (
        Committed(operation=operation),
        Done(operation=operation, result=result(operation, cash), continuation=b""),
        Failed(operation=operation, code="NO", refused=True),
        Failed(operation=operation, code="NO", refused=False),
        Unsent(operation=operation, attempts=1),
        Unsent(operation=operation, attempts=99),
        Doubtful(operation=operation),
        Undetermined(operation=operation, exhausted=False),
        Undetermined(operation=operation, exhausted=True),
    )


EVENTS = (
    *(event for operation in OPERATIONS for event in call_events(operation)),
    Confirmed(route="agreement", alarmed=False),
    Confirmed(route="agreement", alarmed=True),
    Confirmed(route="desk", alarmed=False),
    Approved(),
    CancelAsked(reason="X"),
    Expired(),
    Secured(),
    NotSecured(code="NO", definite=True),
    NotSecured(code="NO", definite=False),
    TenderStarted(),
    TenderMoved(status="sent"),
    TenderMoved(status="unknown"),
    TenderMoved(status="due"),
    TenderEnded(met_minor=0, code="NO"),
    TenderEnded(met_minor=0, code="LATE", late=True),
    TenderEnded(met_minor=300),
    TenderEnded(met_minor=10**6),
    Tendered(amount_minor=100),
    Tendered(amount_minor=0),
    RefundsOpened(through_providers=0),
    RefundsOpened(through_providers=1),
    RefundEnded(refunded=True),
    RefundEnded(refunded=False),
    Reexamined(),
    RefundReopened(),
)
STATES = st.builds(
    State,
    phase=st.sampled_from(PHASES),
    status=st.sampled_from(STATUSES),
    step=st.sampled_from(STEPS),
    insurer=st.sampled_from(["wallet", "his", "nobody"]),
    upload=st.sampled_from(["none", "unknown", "done"]),
    settled=st.sampled_from(["none", "standing", "undone"]),
    route=st.sampled_from(["", "agreement", "desk"]),
    cash_minor=st.just(300),
    shown_minor=st.sampled_from([0, 200, 300]),
    limit_minor=st.sampled_from([0, 300]),
    alarmed=st.booleans(),
    confirmed=st.booleans(),
    approved_minor=st.sampled_from([-1, 200, 300]),
    tendered_minor=st.sampled_from([0, 100, 300]),
    refunds_open=st.integers(0, 2),
    refunds_failed=st.integers(0, 1),
    last_query=st.booleans(),
    tries=st.integers(0, 4),
    resume_phase=st.sampled_from(["", "insuring", "cancelling"]),
)


class TestApply:
    @given(STATES, st.sampled_from(EVENTS))
    @settings(max_examples=2_000)
    def test_is_total(self, state, event):
        """
        Any event in any state, sensible or not, either moves it or is refused as illegal.
        """
        try:
            after = machine.apply(state, event)
        except IllegalMoveError:
            return

        assert after.phase in PHASES
        assert after.status in STATUSES
        assert after.step in STEPS

    @given(STATES)
    def test_decide_is_total(self, state):
        """
        There is always something to do, somebody to wait for, or nothing left.
        """
        machine.decide(state)

    @pytest.mark.parametrize(
        "phase", ["pre_settling", "securing", "insuring", "charging", "cancelling", "review"]
    )
    def test_nobody_interferes(self, phase):
        """
        While something is under way no desk, resident or clock can interfere.
        """
        state = State(phase=phase, status="unknown", step="settle", insurer="wallet")
        for event in (
            Confirmed(route="desk", alarmed=False),
            Approved(),
            CancelAsked(reason="X"),
            Expired(),
            Tendered(amount_minor=1),
        ):
            with pytest.raises(IllegalMoveError):
                machine.apply(state, event)


class TestReachable:
    def test_every_reachable_state(self):
        """
        Over all states that can be reached, what must hold holds, and each can still end.
        """
        starts = [
            State(phase="draft", insurer="wallet", limit_minor=300),
            State(phase="awaiting_approval", insurer="nobody", cash_minor=300, limit_minor=0),
            State(
                phase="awaiting_approval",
                insurer="his",
                settled="standing",
                cash_minor=300,
                shown_minor=300,
            ),
        ]
        events = (
            *EVENTS,
            *(
                event
                for operation in ("pre_settle", "settle")
                for event in call_events(operation, 0)
            ),
            *call_events("settle", 400),
            TenderEnded(met_minor=400),
        )
        edges, seen, queue = {}, set(starts), list(starts)
        while queue:
            state = queue.pop()
            hold(state)
            for event in events:
                try:
                    after = machine.apply(state, event)
                except IllegalMoveError:
                    continue
                moves(state, after)
                after = canonical(after)
                edges.setdefault(after, set()).add(state)
                if after not in seen and after.refunds_open <= 1:
                    seen.add(after)
                    queue.append(after)

        ended = {state for state in seen if state.over}
        reaching, queue = set(ended), list(ended)
        while queue:
            for before in edges.get(queue.pop(), ()):
                if before in seen and before not in reaching:
                    reaching.add(before)
                    queue.append(before)
        assert seen == reaching
        assert {state.phase for state in seen} == set(PHASES)


def canonical(state):
    """
    Leave out what counts and words do not change.
    """
    return replace(
        state,
        reason="",
        tries=min(state.tries, 2),
        refunds_failed=min(state.refunds_failed, 1),
    )


def hold(state):
    """
    What holds in every state.
    """
    action = machine.decide(state)
    if state.phase == "charging":
        assert state.settled == "standing"
        agreed = max(state.shown_minor, state.approved_minor)
        assert state.route == "desk" or state.cash_minor <= agreed
    if state.phase in {"securing", "charging"} and state.route == "agreement":
        assert not state.approval_required
    if state.phase == "insuring":
        assert state.confirmed
        assert state.insurer == "wallet"
        assert state.settled == "none"
    if state.phase == "completed":
        assert state.due_minor == 0
        assert state.settled == "standing"
    if state.phase == "cancelled":
        assert state.settled != "standing"
        assert state.tendered_minor == 0
    if state.phase in {"awaiting_approval", "review"}:
        # money that came too late goes back whatever else a person has to look at
        late = state.phase == "review" and state.refunds_open
        assert isinstance(action, DriveRefunds if late else Wait)
    if state.over:
        assert isinstance(action, Rest)
    assert 0 <= state.tendered_minor <= state.cash_minor


def moves(before, after):
    """
    What holds of every move.
    """
    if after.settled == "undone" and before.settled == "standing" and before.insurer == "wallet":
        assert before.step == "cancel_settlement"
    if before.settled == "undone":
        assert after.settled == "undone"
    if after.step == "settle" and before.step != "settle" and after.status == "due":
        assert before.step in {"", "secure"}


class Histories(RuleBasedStateMachine):
    """
    An insurer and a payer that answer anything, and what they hold in truth.
    """

    def __init__(self):
        super().__init__()
        self.state = State(phase="draft", insurer="wallet", limit_minor=300)
        self.truth = {"settled": 0, "ruled_out": False, "taken": 0, "back": 0}
        self.settles = 0
        self.cash = 300

    def tell(self, event):
        self.state = machine.apply(self.state, event)

    @rule(
        outcome=st.sampled_from(["done", "lost_after", "lost_before", "refused", "not_sent"]),
        exhausted=st.booleans(),
        grown=st.booleans(),
    )
    def step(self, outcome, exhausted, grown):
        """
        Do what the machine decides, and let the outside answer in any way.
        """
        action = machine.decide(self.state)
        match action:
            case Begin(operation):
                if operation == "settle":
                    self.settles += 1
                self.tell(Committed(operation=operation))
                self.perform(operation, outcome, grown=grown)
            case Resume(operation) | Repeat(operation):
                self.perform(operation, outcome, grown=grown)
            case Ask(operation):
                self.ask(operation, exhausted=exhausted)
            case _:
                self.task(action, outcome)

    def task(self, action, outcome):
        match action:
            case SecureCash():
                refused = NotSecured(code="NO", definite=True)
                self.tell(refused if outcome == "refused" else Secured())
            case StartTender():
                self.tell(TenderStarted())
            case DriveTender():
                self.charge(outcome)
            case OpenRefunds():
                self.tell(RefundsOpened(through_providers=1))
            case DriveRefunds():
                self.truth["back"] = self.truth["taken"]
                self.tell(RefundEnded(refunded=True))

    def perform(self, operation, outcome, *, grown):
        if outcome in {"done", "lost_after"}:
            self.happen(operation, grown=grown)
        if outcome == "done":
            cash = self.cash
            self.tell(Done(operation=operation, result=result(operation, cash), continuation=b""))
        elif outcome == "refused":
            self.tell(Failed(operation=operation, code="NO", refused=True))
        elif outcome == "not_sent" and self.state.status == "sent":
            self.tell(Unsent(operation=operation, attempts=1))
        else:
            self.tell(Doubtful(operation=operation))

    def happen(self, operation, *, grown):
        if operation == "settle" and not self.truth["ruled_out"]:
            self.truth["settled"] = 1
            self.cash = 400 if grown else self.cash
        if operation == "cancel_settlement":
            self.truth["settled"] = 0
        if operation == "reverse" and self.state.phase == "insuring":
            self.truth |= {"settled": 0, "ruled_out": True}

    def ask(self, operation, *, exhausted):
        happened = (operation == "settle") == bool(self.truth["settled"])
        if happened:
            self.tell(
                Done(operation=operation, result=result(operation, self.cash), continuation=b"")
            )
        else:
            self.tell(Undetermined(operation=operation, exhausted=exhausted))

    def charge(self, outcome):
        if outcome == "done":
            self.truth["taken"] += self.state.due_minor
            self.tell(TenderEnded(met_minor=self.state.due_minor))
        else:
            self.tell(TenderEnded(met_minor=0, code="NO"))

    @precondition(lambda self: self.state.phase == "awaiting_approval")
    @rule(route=st.sampled_from(["agreement", "desk"]))
    def confirm(self, route):
        """
        The cashier confirms.
        """
        self.tell(Confirmed(route=route, alarmed=False))

    @precondition(lambda self: self.state.phase == "awaiting_approval")
    @rule()
    def approve(self):
        """
        The resident approves.
        """
        self.tell(Approved())

    @precondition(lambda self: self.state.phase in {"awaiting_approval", "cash_due", "completed"})
    @rule()
    def cancel(self):
        """
        The cashier cancels or returns.
        """
        self.tell(CancelAsked(reason="X"))

    @precondition(lambda self: self.state.phase == "cash_due")
    @rule()
    def pay_cash(self):
        """
        The patient pays what is due at the desk.
        """
        self.truth["taken"] += self.state.due_minor
        self.tell(Tendered(amount_minor=self.state.due_minor))

    @precondition(lambda self: self.state.phase == "review")
    @rule()
    def reexamine(self):
        """
        An operator has it asked again.
        """
        self.tell(Reexamined())

    @invariant()
    def settled_once(self):
        """
        The insurer is asked to settle once, whatever happens.
        """
        assert self.settles <= 1

    @invariant()
    def the_end_is_true(self):
        """
        When it is over, we believe what is true outside.
        """
        if self.state.phase == "completed":
            assert self.truth["settled"] == 1
            assert self.truth["taken"] - self.truth["back"] == self.state.cash_minor
        if self.state.phase == "cancelled":
            assert self.truth["settled"] == 0
            assert self.truth["taken"] == self.truth["back"]

    @invariant()
    def holds(self):
        """
        What holds in every reachable state holds.
        """
        hold(self.state)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


class TestPairs:
    def test_no_two_actions_at_once(self):
        """
        For each phase and step the machine decides one thing.
        """
        for phase, status, step in product(PHASES, STATUSES, STEPS):
            state = State(phase=phase, status=status, step=step, insurer="wallet")

            assert machine.decide(state) == machine.decide(state)
