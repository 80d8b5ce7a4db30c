"""What kind of history a seed means: who is in it, and which of all faults may happen at all.

Each history has a few kinds of faults only. Were every kind on everywhere, most histories would
die of the same one before they come to anything of interest.
"""

from msgspec import Struct

from tests.simulation.draws import Draws

_WIRES = (0, 0, 60, 200, 450)
_DEATHS = (0, 0, 6, 25)
_STILL = (0, 0, 8, 30)
_BUSY = (0, 0, 15)
_CUT = (0, 0, 15, 40)
_BILLS = ((10_000, 5_000), (5_000,), (33, 17, 12_000), (999,))
_REFUSALS = (
    *("",) * 12,
    "upload",
    "pre_settle",
    "settle",
    "cancel_settlement",
    "register",
    "charge",
    "reverse",
)


class Plan(Struct, frozen=True, kw_only=True):
    """
    What a history is made of.

    Attributes:
        odds: per thousand, how often a process dies or stands still, the database is busy or cuts
            a connection at a commit.
        wires: per thousand, how often a call of each partner goes wrong.
        lies: per thousand, how often a partner says that it did what it did not do.
        jumps: how far clocks may jump, in seconds.
        refuses: operations that a partner refuses for reasons of its own, for a while.
        hesitates: how often a buyer has to type a password, per thousand.
        late: the provider may say that it cancelled what it did not.
        acts: how many things the cashier does about a settlement, at most.
    """

    settled_by: str
    insured: bool
    paying: bool
    limit_minor: int
    alarmed: bool
    cash_percent: int
    grows_by: int
    bill: tuple[int, ...]
    odds: dict[str, int]
    wires: dict[str, int]
    lies: int
    jumps: int
    refuses: str
    hesitates: int
    late: bool
    settlements: int
    acts: int


def plan_of(draws: Draws) -> Plan:
    """
    Draw the plan of a history.
    """
    return Plan(
        settled_by=draws.of("plan.settled by", ("wallet",) * 9 + ("his",)),
        insured=draws.below("plan.uninsured", 12) != 1,
        paying=draws.below("plan.no agreement", 6) != 1,
        limit_minor=draws.of("plan.limit", (1_000_000, 1_000_000, 0)),
        alarmed=draws.below("plan.alarm", 12) == 1,
        cash_percent=draws.of("plan.cash percent", (30, 0, 100, 30, 7)),
        grows_by=draws.of("plan.cash grows", (0, 0, 0, 40)),
        bill=draws.of("plan.bill", _BILLS),
        odds={
            "dies": draws.of("plan.processes die", _DEATHS),
            "still": draws.of("plan.processes stand still", _STILL),
            "busy": draws.of("plan.database is busy", _BUSY),
            "cut": draws.of("plan.commits are cut", _CUT),
        },
        wires={
            "insurer": draws.of("plan.insurer's wire", _WIRES),
            "provider": draws.of("plan.provider's wire", _WIRES),
        },
        lies=draws.of("plan.partners lie", (*(0,) * 9, 60)),
        jumps=draws.of("plan.clocks jump", (0, 0, 0, 30, 900)),
        refuses=draws.of("plan.somebody refuses", (*_REFUSALS, "refund", "cancel_charge")),
        hesitates=draws.of("plan.buyers hesitate", (0, 0, 500)),
        late=draws.below("plan.late success", 4) == 1,
        settlements=1 + draws.of("plan.settlements", (0, 0, 1)),
        acts=3 + draws.below("plan.acts", 6),
    )
