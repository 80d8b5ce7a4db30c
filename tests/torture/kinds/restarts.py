"""PostgreSQL stopped and started every 5 to 40 seconds while patients come and go."""

import asyncio
import time
from collections import Counter

from tests.faults.crash.plans import Draws
from tests.fixtures import postgres_server
from tests.fixtures.fresh import Databases
from tests.fixtures.postgres_server import Server
from tests.torture.ground import DURABLE, Ground
from tests.torture.stays import Stay, meanwhile, stay, together

SHORTEST, LONGEST = 5, 40
_AWAY_MOST = 4
_DESKS = 3
_PATIENTS_A_MINUTE = 60
_PATIENTS_MOST = 990


class Monkey:
    """
    Stops and starts a server.
    """

    def __init__(self, server: Server, draws: Draws) -> None:
        self._server, self._draws = server, draws
        self.stops = 0

    async def run(self) -> None:
        """
        Go on until cancelled; the server runs then.
        """
        while True:
            await asyncio.sleep(SHORTEST + self._draws.below(LONGEST - SHORTEST + 1))
            mode = self._draws.of(("immediate", "fast"))
            away = self._draws.below(_AWAY_MOST * 10) / 10
            self.stops += 1
            await asyncio.shield(self._cycle(mode, away))

    async def _cycle(self, mode: str, away: float) -> None:
        await asyncio.to_thread(self._server.halt, mode)
        await asyncio.sleep(away)
        await asyncio.to_thread(self._server.resume)


async def play(ground: Ground, seeds: list[int]) -> Counter[str]:
    """
    Treat patients for so many minutes.
    """
    told: Counter[str] = Counter()
    for seed in seeds:
        async with ground.place() as place:
            server = Server(postgres_server.new_root(), *DURABLE)
            server.start()
            databases = Databases(place.folder, server, ground.template)
            try:
                await _play(ground, place, seed, (server, databases.make("postgres")), told)
            finally:
                server.stop()
    return told


async def _play(ground, place, seed, at, told):
    server, url = at
    monkey = Monkey(server, Draws(seed + 1))
    seconds = ground.minutes * 60
    patients = min(max(_DESKS, int(ground.minutes * _PATIENTS_A_MINUTE)), _PATIENTS_MOST)
    probes: Counter[str] = Counter()
    async with stay(place, seed, url, patients=patients) as region:
        await region.welcome()
        pace = seconds * _DESKS / patients
        async with meanwhile(monkey.run()), meanwhile(_alive(region, probes)):
            await together(*(_desk(region, seconds, pace) for _ in range(_DESKS)))
        if not server.answers():
            server.resume()
        await region.judge()
        ends = sum(len(each.ends) for each in region.kept.values())
    assert region.failures.keys() <= {"503 OVERLOADED", "503 NOT_READY"}, region.failures
    assert probes.keys() <= {"200"}, f"liveness answered {probes}"
    assert ends == 0, f"{ends} processes ended"
    told["database stops"] += monkey.stops
    told["patients"] += len(region.patients)
    told["asked whether it lives"] += sum(probes.values())
    told.update(region.failures)


async def _desk(region: Stay, seconds: float, pace: float) -> None:
    """
    Treat one patient after the other, none before their turn, so that they last to the end.
    """
    began, due = time.monotonic(), 0.0
    while due < seconds and time.monotonic() - began < seconds and region.more():
        await region.treat()
        due += pace
        await asyncio.sleep(max(0.0, began + due - time.monotonic()))


async def _alive(region: Stay, probes: Counter[str]) -> None:
    while True:
        async with region.region.http.get(f"{region.region.origin}/livez") as answer:
            probes[str(answer.status)] += 1
        await asyncio.sleep(0.5)
