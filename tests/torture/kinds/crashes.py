"""``kill -9`` of server or worker at every failpoint, on both databases."""

import asyncio
from collections import Counter

from tests.faults.crash.lanes import lane_of
from tests.faults.crash.plans import DATABASES, VICTIMS, plan_of, seeds
from tests.torture.ground import Ground

LANE = 10


def batches(count: int, first: int) -> list[list[int]]:
    """
    Return the seeds by database and victim, a lane's worth at a time, lanes of all kinds in turn.
    """
    lanes: list[list[list[int]]] = []
    for database in DATABASES:
        for victim in VICTIMS:
            mine = [seed + first for seed in _seeds(count, first, database, victim)]
            lanes.append([mine[at : at + LANE] for at in range(0, len(mine), LANE)])
    longest = max(map(len, lanes), default=0)
    return [each[turn] for turn in range(longest) for each in lanes if turn < len(each)]


def _seeds(count: int, first: int, database: str, victim: str) -> list[int]:
    if first <= 0:
        return [seed - first for seed in seeds(count + first, database, victim) if seed >= first]
    return [
        seed
        for seed in range(count)
        if (plan_of(seed + first).database, plan_of(seed + first).victim) == (database, victim)
    ]


async def play(ground: Ground, lane_seeds: list[int]) -> Counter[str]:
    """
    Do the runs of a lane.
    """
    plans = [plan_of(seed) for seed in lane_seeds]
    async with ground.place() as place:
        url = place.url(plans[0].database)
        lane = lane_of(place.nursery, place.folder, url, plans)
        done = await asyncio.wait_for(lane.play(plans), 240 * len(plans))
    told: Counter[str] = Counter()
    for each in done:
        told[f"{each.plan.database}, {each.plan.victim} killed"] += 1
        told["crashes"] += sum(each.crashes.values())
    return told
