"""
Settlement steps of the wallet beside the same commits by hand, in turns.
"""

from typing import Final

from msgspec import Struct

from bench import telling
from bench.crew import Crew, crew
from bench.deployment import variables
from bench.findings import Ratio, Series, Target, at_least, ratio
from bench.ground import Ground
from bench.stage import Wallet, make_keys
from bench.steps import Driven, Workshop
from bench.yard import Yard

WALLET: Final = "steps of the wallet, PostgreSQL"
BY_HAND: Final = "the same commits by pgbench"
_UNIT: Final = "committed settlement steps per second"
_LIMIT: Final = 0.25
_POOL: Final = 16  # a pool's refusals are another measurement


class Pace(Struct, frozen=True, kw_only=True):
    """
    How it goes.

    Attributes:
        rounds: how many.
        settlements: that the wallet finishes in each.
        seconds: that the script runs in each.
        workers: processes that do the steps.
    """

    rounds: int
    settlements: int
    seconds: int
    workers: int


class Steps(Struct, frozen=True, kw_only=True):
    """
    What was found of them.
    """

    series: list[Series]
    ratio: Ratio
    target: Target


async def measured(place: Ground, plan: Pace) -> Steps:
    """
    Measure both in turns.
    """
    folder = place.folder / "steps"
    folder.mkdir()
    make_keys(folder / "keys.json")
    wallet = Wallet(
        place.database("steps"),
        folder / "keys.json",
        plan.settlements,
        inline_seconds=0,
        database_pool=_POOL,
    )
    await wallet.prepare()
    async with crew(variables(wallet.given), plan.workers) as workers:
        await _driven(wallet, workers, plan)
    yard = Yard(place, "steps", wallet.desk)
    wallets, by_hand, commits = [], [], 0.0
    async with crew(variables(wallet.given), plan.workers) as workers:
        await _driven(wallet, workers, plan)  # warms
        for number in range(1, plan.rounds + 1):
            driven = await _driven(wallet, workers, plan)
            wallets.append(driven.rate)
            commits = driven.commits / driven.settlements
            telling.note(number, plan.rounds, WALLET, f"{driven.rate:.0f}/s")
            by_hand.append(yard.rate(plan.seconds))
            telling.note(number, plan.rounds, BY_HAND, f"{by_hand[-1]:.0f}/s")
    head = "commits per settlement"
    more = {head: f"{commits:.1f}", "workers": f"{plan.workers}"}
    ours = Series(name=WALLET, unit=_UNIT, values=wallets, more=more)
    theirs = Series(name=BY_HAND, unit=_UNIT, values=by_hand, more={head: f"{yard.commits}"})
    divided = ratio(ours, theirs)
    return Steps(
        series=[ours, theirs],
        ratio=divided,
        target=at_least(f"{WALLET} ÷ {BY_HAND}", divided.median, _LIMIT),
    )


async def _driven(wallet: Wallet, workers: Crew, plan: Pace) -> Driven:
    shop = Workshop(wallet, workers)
    try:
        return await shop.drive(plan.settlements)
    finally:
        await shop.close()
