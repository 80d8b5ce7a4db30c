"""
How long a settlement waits for people before it is undone by itself.
"""

from datetime import timedelta
from typing import Final

from wallet.parties.words import PartySettings
from wallet.settling.states import State

AWAITING: Final = timedelta(minutes=30)
LIMITED: Final = frozenset({"awaiting_approval", "cash_due"})


def begins(before: State, after: State) -> bool:
    """
    Tell whether time begins to run anew: the split stands, or people are waited for again.

    What an outcome that was not known has taken of the time is nobody's fault at the desk.
    """
    if before.settled == "none" and after.settled == "standing":
        return True
    return after.phase != before.phase and after.phase in LIMITED


def lasting(state: State, party: PartySettings) -> timedelta:
    """
    Return how long: once the split stands as long as the party wants, half an hour before.
    """
    if state.settled == "standing":
        return timedelta(seconds=party.cash_due_seconds)
    return AWAITING
