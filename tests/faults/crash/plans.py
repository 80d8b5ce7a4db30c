"""From a seed to what happens in a run: the same seed is always the same run."""

import hashlib
from collections.abc import Sequence
from typing import Literal, TypeVar

from msgspec import Struct

from tests.faults.crash.scenarios import reaching
from wallet.settling.failpoints import FAILPOINTS

T = TypeVar("T")
Victim = Literal["server", "worker"]
DATABASES = ("sqlite", "postgres")
EACH_ONCE = len(DATABASES) * len(FAILPOINTS)
"""So many seeds in a row hit every failpoint on both databases."""
VICTIMS: tuple[Victim, ...] = ("server", "worker")
_INTENTS = ("visit.", "_intent_commit")
_POLLED = ("_query", "expiry.")
_ENCORE_OF = 4


class Draws:
    """
    Numbers that a seed decides.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count = 0

    def below(self, limit: int) -> int:
        """
        Return a number from 0 to `limit` - 1.
        """
        self._count += 1
        text = f"{self._seed}:{self._count}".encode()
        return int.from_bytes(hashlib.sha256(text).digest()[:8]) % limit

    def of(self, choices: Sequence[T]) -> T:
        """
        Return one of them.
        """
        return choices[self.below(len(choices))]


class Plan(Struct, frozen=True, kw_only=True):
    """
    One run.

    Attributes:
        seed: where it comes from.
        database: ``sqlite`` or ``postgres``.
        victim: which process is armed. A server that is slow leaves steps to the worker, so the
            worker is armed with it; a worker that is the victim gets every step.
        failpoint: where it dies.
        encore: where what was started in its place dies again, or empty.
        scenario: what goes on at the desk.
        quantity: how much of a thing the bill is about.
    """

    seed: int
    database: str
    victim: Victim
    failpoint: str
    encore: str
    scenario: str
    quantity: int


REGRESSIONS = (
    # an insurer cut off after it had revoked an upload refused the repeated message for ever
    Plan(
        seed=-1,
        database="sqlite",
        victim="server",
        failpoint="tenders.before_intent_commit",
        encore="",
        scenario="insurer cut after it undid",
        quantity=3,
    ),
)
"""Runs that once went wrong, under seeds below zero; the numbers of others move with the lists."""


def plan_of(seed: int) -> Plan:
    """
    Return the run of a seed; below zero those of `REGRESSIONS`.

    Twice `EACH_ONCE` seeds in a row hit every failpoint in each process that can get there.
    """
    if seed < 0:
        return REGRESSIONS[-seed - 1]
    draws = Draws(seed)
    index, database = divmod(seed, len(DATABASES))
    turn, place = divmod(index, len(FAILPOINTS))
    failpoint = FAILPOINTS[place]
    candidates = victims(failpoint)
    return Plan(
        seed=seed,
        database=DATABASES[database],
        victim=candidates[(place + turn + database) % len(candidates)],
        failpoint=failpoint,
        encore=draws.of(FAILPOINTS) if draws.below(_ENCORE_OF) == 0 else "",
        scenario=draws.of(reaching(failpoint)),
        quantity=1 + draws.below(3),
    )


def victims(failpoint: str) -> tuple[Victim, ...]:
    """
    Return the processes that can get there: requests come to servers, times to workers.
    """
    if any(part in failpoint for part in _INTENTS):
        return ("server",)
    if any(part in failpoint for part in _POLLED):
        return ("worker",)
    return VICTIMS


def seeds(count: int, database: str, victim: Victim) -> list[int]:
    """
    Return the seeds, `count` of them and the regressions, on that database and of that victim.
    """
    return [
        seed
        for seed in range(-len(REGRESSIONS), count)
        if (plan_of(seed).database, plan_of(seed).victim) == (database, victim)
    ]
