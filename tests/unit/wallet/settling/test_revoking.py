"""Revoking an upload when nobody knows whether it was revoked."""

from hypothesis import given
from hypothesis import strategies as st

from integrations.spi import Undone
from wallet.calls.events import Committed, Done, Doubtful
from wallet.settling.actions import Begin, Repeat
from wallet.settling.machine import apply, decide
from wallet.settling.states import State

REVOKING = State(
    phase="cancelling", step="revoke_upload", insurer="wallet", upload="done", settled="undone"
)
DOUBT = Doubtful(operation="revoke_upload")


def doubted(times):
    """
    Return the actions that followed each of so many doubts in a row, and the state then.
    """
    state, actions = REVOKING, []
    for _ in range(times):
        if decide(state) == Begin("revoke_upload"):
            state = apply(state, Committed(operation="revoke_upload"))
        state = apply(state, DOUBT)
        actions.append(decide(state))
    return actions, state


class TestDoubtedRevocation:
    def test_a_message_that_is_never_heard_again(self):
        """
        An insurer that refuses to repeat its answer is asked anew, not with the same message.
        """
        actions, _ = doubted(2)

        assert [Repeat("revoke_upload"), Begin("revoke_upload")] == actions

    def test_new_messages_become_rare(self):
        """
        While the insurer is out of reach few messages are made, and there is always a next one.
        """
        actions, _ = doubted(64)
        anew = [place for place, action in enumerate(actions, 1) if action != actions[0]]

        assert [2, 4, 8, 16, 32, 64] == anew

    @given(times=st.integers(min_value=1, max_value=40))
    def test_it_ends_when_the_insurer_answers(self, times):
        """
        However long the doubt lasted, an answer ends it.
        """
        _, state = doubted(times)
        if decide(state) == Begin("revoke_upload"):
            state = apply(state, Committed(operation="revoke_upload"))
        done = Done(operation="revoke_upload", result=Undone(), continuation=b"")

        assert "cancelled" == apply(state, done).phase

    def test_uploads_are_not_tried_for_ever(self):
        """
        An upload that is never answered is given up after some tries, each revoked first.
        """
        state, uploads = State(phase="draft", insurer="wallet"), 0
        while state.phase != "cancelling":
            state = apply(state, Committed(operation="upload"))
            state = apply(state, Doubtful(operation="upload"))
            uploads += 1
            state = apply(state, Committed(operation="revoke_upload"))
            done = Done(operation="revoke_upload", result=Undone(), continuation=b"")
            state = apply(state, done)
            if state.phase == "cancelled":
                break

        assert 3 == uploads
        assert "INSURER_UNREACHABLE" == state.reason
