"""Killing server and worker everywhere on the way of money, and starting them again."""

import asyncio
from typing import TypeVar

import pytest

from tests.faults.crash.cashier import Cashier
from tests.faults.crash.lanes import Done, Kept, judged, lane_of
from tests.faults.crash.people import insured
from tests.faults.crash.plans import (
    DATABASES,
    EACH_ONCE,
    VICTIMS,
    plan_of,
    seeds,
    victims,
)
from tests.faults.crash.programs import RealRegion, real_clock
from tests.faults.crash.scenarios import SCENARIOS, reaching
from tests.faults.crash.visits import Patient, Wish
from wallet.settling.failpoints import FAILPOINTS

T = TypeVar("T")
RUNS_OF_A_LANE = 10
SIDE_BY_SIDE = 3
"""So many lanes share a test: each mostly waits for leases and polls."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """
    Make a test of a few lanes at a time.
    """
    if "lanes" not in metafunc.fixturenames:
        return
    only = metafunc.config.getoption("crash_seed")
    count = metafunc.config.getoption("crash_runs") or EACH_ONCE
    lanes = [[only]] if only is not None else lanes_of(count)
    roads = parts(lanes, SIDE_BY_SIDE)
    metafunc.parametrize("lanes", roads, ids=[f"seed-{road[0][0]}" for road in roads])


def lanes_of(count: int) -> list[list[int]]:
    """
    Return the first seeds, by database and victim, a lane's worth at a time.
    """
    return [
        lane
        for database in DATABASES
        for victim in VICTIMS
        for lane in parts(seeds(count, database, victim), RUNS_OF_A_LANE)
    ]


def parts(whole: list[T], size: int) -> list[list[T]]:
    """
    Cut a list into parts of at most that size.
    """
    return [whole[first : first + size] for first in range(0, len(whole), size)]


class TestCrashes:
    @pytest.mark.timeout(900)
    async def test_every_run_ends_well(self, lanes, new_url, nursery, tmp_path, record_property):
        """
        Whoever dies wherever: a definite end, one charge at most, and all books agree.
        """

        async def played(number: int, lane_seeds: list[int]) -> list[Done]:
            plans = [plan_of(seed) for seed in lane_seeds]
            folder = tmp_path / str(number)
            folder.mkdir()
            lane = lane_of(nursery, folder, new_url(plans[0].database), plans)
            return await lane.play(plans)

        async with asyncio.TaskGroup() as together:
            tasks = [together.create_task(played(*each)) for each in enumerate(lanes)]
        runs = [each for task in tasks for each in task.result()]
        for each in runs:
            record_property(
                "crash",
                f"{each.plan.seed} {each.plan.database} {each.plan.victim} {each.plan.failpoint} "
                f"{each.plan.scenario!r} {each.crashes} {each.seconds:.1f}s",
            )

        assert sum(map(len, lanes)) == len(runs)


class TestRealPrograms:
    @pytest.mark.timeout(300)
    @pytest.mark.parametrize(
        ("database", "server", "worker"),
        [
            (
                "sqlite",
                ("settle.after_perform", "returns.after_intent_commit"),
                ("charge.after_perform",),
            ),
            (
                "postgres",
                ("register.after_perform", "confirm.after_intent_commit"),
                ("tender.after_open_commit",),
            ),
        ],
    )
    async def test_they_are_started_again(
        self, database, server, worker, new_url, nursery, tmp_path
    ):
        """
        What holds of the forked processes holds of the programs that an operator starts.
        """
        person = insured(0, 0)
        region = RealRegion(
            nursery=nursery,
            folder=tmp_path,
            database_url=new_url(database),
            clock=real_clock(),
            people=(person,),
            changes={"lease_seconds": "2"},
        )
        points = {"server": list(server), "worker": list(worker)}

        def next_point(name: str) -> str:
            return points[name].pop(0) if points[name] else ""

        async with region:
            kept = [
                Kept(lambda _: region.serve(next_point("server")), region.arming("server")),
                Kept(lambda _: region.work(next_point("worker")), region.arming("worker")),
            ]
            await region.answering()
            phone = await region.phone(person)
            patient = Patient(Cashier(region, await region.window(), phone), 1)
            settlement = await patient.settled(Wish(cash_by="agreement"))
            await patient.give_back(settlement, ())
            await judged(region, patient)
            ends = [len(each.ends) for each in kept]
            for each in kept:
                each.stop()

        assert [len(server), len(worker)] == ends


class TestPlans:
    def test_every_failpoint_on_both_databases(self):
        """
        The default number of runs kills somebody at every failpoint on both databases.
        """
        plans = [plan_of(seed) for seed in range(EACH_ONCE)]

        assert {(point, name) for point in FAILPOINTS for name in DATABASES} == {
            (plan.failpoint, plan.database) for plan in plans
        }

    def test_every_failpoint_in_every_process(self):
        """
        Twice as many kill each process that can get there.
        """
        plans = [plan_of(seed) for seed in range(2 * EACH_ONCE)]
        wanted = {
            (point, name, victim)
            for point in FAILPOINTS
            for name in DATABASES
            for victim in victims(point)
        }

        assert wanted == {(plan.failpoint, plan.database, plan.victim) for plan in plans}

    def test_every_failpoint_is_on_the_way_of_a_scenario(self):
        """
        No failpoint is out of reach, and no scenario claims one that does not exist.
        """
        claimed = set().union(*(scenario.reaches for scenario in SCENARIOS.values()))

        assert [] == [point for point in FAILPOINTS if not reaching(point)]
        assert claimed <= set(FAILPOINTS)

    def test_a_seed_is_always_the_same_run(self):
        """
        A seed that is printed on failure can be done again.
        """
        assert plan_of(4711) == plan_of(4711)
