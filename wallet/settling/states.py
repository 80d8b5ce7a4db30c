"""
The state of a settlement: a plain value.

docs/settlement.md draws the machine.
"""

from typing import Literal

from msgspec import Struct

Phase = Literal[
    "draft",
    "pre_settling",
    "awaiting_approval",
    "securing",
    "insuring",
    "charging",
    "cash_due",
    "completed",
    "cancelling",
    "cancelled",
    "review",
]
PHASES: tuple[Phase, ...] = (
    "draft",
    "pre_settling",
    "awaiting_approval",
    "securing",
    "insuring",
    "charging",
    "cash_due",
    "completed",
    "cancelling",
    "cancelled",
    "review",
)
Status = Literal["due", "sent", "unknown"]
STATUSES: tuple[Status, ...] = ("due", "sent", "unknown")
Step = Literal[
    "",
    "upload",
    "revoke_upload",
    "pre_settle",
    "secure",
    "settle",
    "reverse",
    "tender",
    "cancel_settlement",
    "refunds",
]
STEPS: tuple[Step, ...] = (
    "",
    "upload",
    "revoke_upload",
    "pre_settle",
    "secure",
    "settle",
    "reverse",
    "tender",
    "cancel_settlement",
    "refunds",
)


ASKED = frozenset({"settle", "cancel_settlement"})
LARGEST_TRIES = 3


class IllegalMoveError(Exception):
    """
    An event that cannot happen in this state: a fault of ours, never hidden.
    """


class State(Struct, frozen=True, kw_only=True):
    """
    Where a settlement stands.

    Attributes:
        phase, status, step: what is going on; `step` is the call or task of the phase.
        insurer: who settles with the insurer: ``wallet``, ``his`` (the hospital's system reports
            it), or ``nobody`` (the patient pays all).
        upload: whether the bill's lines lie at the insurer.
        settled: whether the split stands: ``none``, ``standing``, ``undone``.
        route: how the cash part is met: by the payer's ``agreement`` or at the ``desk``.
        cash_minor: the cash part as last told.
        shown_minor: the cash part that was confirmed.
        limit_minor: up to where the shown code needs no approval.
        alarmed: the device that showed the code is under a clone alarm.
        confirmed: the cashier agreed to what was shown.
        approved_minor: up to where the resident approved with the device's key.
        tendered_minor: what tenders have met.
        refunds_open: refunds through a provider that are not decided.
        refunds_failed: refunds that a provider refused.
        last_query: one more query decides, or a person has to.
        tries: how often this step was tried.
        resume_phase: where `review` came from.
        reason: why it was cancelled, why it waits, or what a person has to look at.
    """

    phase: Phase
    status: Status = "due"
    step: Step = ""
    insurer: Literal["wallet", "his", "nobody"]
    upload: Literal["none", "unknown", "done"] = "none"
    settled: Literal["none", "standing", "undone"] = "none"
    route: Literal["", "agreement", "desk"] = ""
    cash_minor: int = 0
    shown_minor: int = 0
    limit_minor: int = 0
    alarmed: bool = False
    confirmed: bool = False
    approved_minor: int = -1
    tendered_minor: int = 0
    refunds_open: int = 0
    refunds_failed: int = 0
    last_query: bool = False
    tries: int = 0
    resume_phase: Phase | Literal[""] = ""
    reason: str = ""

    @property
    def due_minor(self) -> int:
        """
        What of the cash part is not met.
        """
        return self.cash_minor - self.tendered_minor

    @property
    def approval_required(self) -> bool:
        """
        Tell whether an approval with the device's key is missing.
        """
        if self.approved_minor >= self.cash_minor:
            return False
        if self.alarmed:
            return True
        if self.route != "agreement":
            return False
        grown = self.settled == "standing" and self.cash_minor > self.shown_minor
        return grown or self.cash_minor > self.limit_minor

    @property
    def in_flight(self) -> bool:
        """
        Tell whether something outside is under way, so that nobody may interfere.
        """
        moving = {"draft", "pre_settling", "securing", "insuring", "charging", "cancelling"}
        return self.phase in moving

    @property
    def over(self) -> bool:
        """
        Tell whether nothing happens by itself any more.
        """
        return self.phase in {"completed", "cancelled"} and self.refunds_open == 0
