"""
Settlement steps of the wallet beside the same commits by hand, in turns.
"""

from typing import Final

from msgspec import Struct

from bench import telling
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


class Steps(Struct, frozen=True, kw_only=True):
    """
    What was found of them.
    """

    series: list[Series]
    ratio: Ratio
    target: Target


async def measured(place: Ground, rounds: int, settlements: int, seconds: int) -> Steps:
    """
    Measure both in turns.

    Args:
        place: of the run.
        rounds: how many.
        settlements: that the wallet finishes in each.
        seconds: that the script runs in each.
    """
    folder = place.folder / "steps"
    folder.mkdir()
    make_keys(folder / "keys.json")
    wallet = Wallet(
        place.database("steps"),
        folder / "keys.json",
        settlements,
        inline_seconds=0,
        database_pool=_POOL,
    )
    await wallet.prepare()
    await _driven(wallet, settlements)  # warms, and leaves rows for the yardstick
    yard = Yard(place, "steps", wallet.desk)
    wallets, by_hand, commits = [], [], 0.0
    for number in range(1, rounds + 1):
        driven = await _driven(wallet, settlements)
        wallets.append(driven.rate)
        commits = driven.commits / driven.settlements
        telling.note(number, rounds, WALLET, f"{driven.rate:.0f}/s")
        by_hand.append(yard.rate(seconds))
        telling.note(number, rounds, BY_HAND, f"{by_hand[-1]:.0f}/s")
    head = "commits per settlement"
    ours = Series(name=WALLET, unit=_UNIT, values=wallets, more={head: f"{commits:.1f}"})
    theirs = Series(name=BY_HAND, unit=_UNIT, values=by_hand, more={head: f"{yard.commits}"})
    divided = ratio(ours, theirs)
    return Steps(
        series=[ours, theirs],
        ratio=divided,
        target=at_least(f"{WALLET} ÷ {BY_HAND}", divided.median, _LIMIT),
    )


async def _driven(wallet: Wallet, settlements: int) -> Driven:
    shop = Workshop(wallet)
    try:
        return await shop.drive(settlements)
    finally:
        await shop.close()
