"""The wallet's clock jumps while it runs, to and fro, and is set back over restarts."""

import asyncio
import contextlib
from collections import Counter
from pathlib import Path

from tests.faults.crash.plans import DATABASES, Draws
from tests.torture.ground import Ground
from tests.torture.stays import Stay, meanwhile, stay

_PATIENTS = 3
_SMALLEST, _LARGEST = 6, 3_600
_CALM_SECONDS = 12.0
_SCAN = {"purpose": "registration", "scene": "outpatient_registration"}


class Jumps:
    """
    Makes a clock wrong and right again.
    """

    def __init__(self, shift: Path, draws: Draws) -> None:
        self._shift, self._draws = shift, draws
        self.made = 0

    async def run(self, region: Stay) -> None:
        """
        Go on until cancelled.
        """
        try:
            while True:
                await asyncio.sleep(1 + self._draws.below(20) / 10)
                seconds = _SMALLEST + self._draws.below(_LARGEST)
                self.set(self._draws.of((seconds, -seconds)))
                self.made += 1
                await asyncio.sleep(self._draws.below(30) / 10)
                if self._draws.below(3) == 0:
                    region.kept[self._draws.of(("server", "worker"))].child.kill()
                    await asyncio.sleep(0.5)
                self.set(0)
                await asyncio.sleep(_CALM_SECONDS)
        finally:
            self.set(0)

    def set(self, seconds: int) -> None:
        """
        Let it be wrong by so much.
        """
        written = self._shift.with_suffix(".new")
        written.write_text(str(seconds))
        written.rename(self._shift)


async def play(ground: Ground, seeds: list[int]) -> Counter[str]:
    """
    Treat some patients while the clock jumps; no code is accepted twice.
    """
    told: Counter[str] = Counter()
    for seed in seeds:
        async with ground.place() as place:
            shift = place.folder / "shift"
            jumps = Jumps(shift, Draws(seed + 1))
            jumps.set(0)
            url = place.url(DATABASES[seed % len(DATABASES)])
            async with stay(place, seed, url, patients=_PATIENTS + 1, shift=str(shift)) as region:
                await region.welcome()
                codes: Counter[str] = Counter()
                async with meanwhile(jumps.run(region)), meanwhile(_replay(region, codes)):
                    for _ in range(_PATIENTS):
                        await region.treat()
                await region.judge()
            twice = [code for code, times in codes.items() if times > 1]
            assert [] == twice, f"{len(twice)} codes were accepted twice"
            wrong = {each for each in region.failures if not each.startswith("503")}
            assert set() == wrong, wrong
            told["jumps"] += jumps.made
            told["patients"] += _PATIENTS
            told["codes shown again and again"] += len(codes)
            told.update(region.failures)
    return told


async def _replay(region: Stay, accepted: Counter[str]) -> None:
    """
    Show the last codes of somebody's phone again and again, each under a new key.
    """
    phone, client = region._phones[-1], next(iter(region._windows.values())).client
    codes: list[str] = []
    while True:
        codes = [*codes[-8:], phone.draw()]
        for code in codes:
            accepted.setdefault(code, 0)
            with contextlib.suppress(Exception):  # the wallet is being tortured
                answer = await client.call("POST", "/v1/resolve", {"code": code} | _SCAN)
                accepted[code] += answer.status == 200
        await asyncio.sleep(0.3)
