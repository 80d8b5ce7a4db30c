"""Migrations killed in the middle, from every revision, on both databases, and run again."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.faults.crash.plans import DATABASES, Draws
from tests.fixtures.migrating import FAILPOINT, begun_at, revisions, standing
from tests.torture.ground import Ground
from wallet.failpoints import VARIABLE
from wallet.settings import PREFIX

_ROOT = Path(__file__).parents[3]
_STATEMENTS = 40


async def play(ground: Ground, seeds: list[int]) -> Counter[str]:
    """
    Kill the real command at a statement, and run it again.
    """
    told: Counter[str] = Counter()
    known = revisions()
    for seed in seeds:
        draws = Draws(seed)
        database = DATABASES[seed % len(DATABASES)]
        start = known[seed // len(DATABASES) % len(known)]
        async with ground.place() as place:
            url = place.empty(database)
            await begun_at(url, start)
            ends = [_migrate(url, f"{FAILPOINT}:{1 + draws.below(_STATEMENTS)}"), _migrate(url)]
            stands = await standing(url)
        assert ends[0] in {-signal.SIGKILL, 0}, ends
        assert ends[1] == 0, ends
        assert stands == [], stands
        told["killed" if ends[0] else "over before its turn"] += 1
    return told


def _migrate(url: str, failpoint: str = "") -> int:
    return subprocess.run(
        [sys.executable, "-m", "wallet", "migrate"],
        cwd=_ROOT,
        env=os.environ | {PREFIX + "DATABASE_URL": url, VARIABLE: failpoint},
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode
