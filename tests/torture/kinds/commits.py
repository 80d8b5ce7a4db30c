"""Connections to PostgreSQL cut exactly at COMMIT, before it is heard or after it is done."""

from collections import Counter

from sqlalchemy import make_url

from tests.faults.crash.plans import Draws
from tests.fixtures.cutting import COMMIT, SHORT_WAY, Way, When
from tests.torture.ground import Ground
from tests.torture.stays import stay

_ONE_IN = 12
_PATIENTS = 3


class Cutting(Way):
    """
    Cuts about one commit in so many, as the seed draws.
    """

    draws: Draws
    cutting = False

    def next_cut(self, statement: bytes) -> When | None:
        """
        Draw whether to cut.
        """
        commits = statement.lstrip().startswith((COMMIT, SHORT_WAY))
        if not self.cutting or not commits or self.draws.below(_ONE_IN):
            return None
        self.made += 1
        return self.draws.of(("before", "after"))


async def play(ground: Ground, seeds: list[int]) -> Counter[str]:
    """
    Treat some patients of a wallet whose commits are cut.
    """
    told: Counter[str] = Counter()
    for seed in seeds:
        async with ground.place() as place:
            name = str(make_url(place.url("postgres")).database)
            async with Cutting(ground.server, name) as way:
                way.draws = Draws(seed + 1)
                async with stay(place, seed, way.url, patients=_PATIENTS) as region:
                    await region.welcome()
                    way.cutting = True
                    for _ in range(_PATIENTS):
                        await region.treat()
                    way.cutting = False
                    await region.judge()
                assert region.failures.keys() <= {"503 OVERLOADED"}, region.failures
                told["commits cut"] += way.made
                told["patients"] += _PATIENTS
                told.update(region.failures)
    return told
