"""Workers stopped at a failpoint, and continued when another one has finished their work."""

import asyncio
import sqlite3
from collections import Counter

from tests.faults.crash.plans import DATABASES, Draws
from tests.faults.standing_still import go_on, stands_still, until
from tests.torture.ground import Ground
from tests.torture.stays import stay
from wallet.calls.failpoints import CALL_FAILPOINTS

_POINTS = tuple(
    point
    for point in CALL_FAILPOINTS
    if point.startswith(("register.", "pre_settle.", "settle.", "charge."))
    and not point.endswith("_query")
)
_LONG_ENOUGH = 3.0
_WITHIN = ("before_prepare_commit", "before_send_commit", "before_record_commit")


def point_of(seed: int) -> tuple[str, str]:
    """
    Return database and failpoint of a seed.

    A writer that stands still within a transaction holds SQLite's only lock: all wait for it.
    PostgreSQL ends its transaction.
    """
    turn, number = divmod(seed, len(DATABASES))
    database = DATABASES[number]
    points = [point for point in _POINTS if database == "postgres" or not point.endswith(_WITHIN)]
    return database, points[turn % len(points)]


def locked(url: str) -> bool:
    """
    Tell whether somebody holds the only lock there is: a beat was being written as well.
    """
    if not url.startswith("sqlite"):
        return False
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=2, isolation_level=None)
    try:
        connection.execute("begin immediate")
        connection.execute("rollback")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


async def play(ground: Ground, seeds: list[int]) -> Counter[str]:
    """
    Treat a patient whose worker stands still in the middle.
    """
    told: Counter[str] = Counter()
    for seed in seeds:
        draws = Draws(seed)
        database, point = point_of(seed)
        async with ground.place() as place:
            url = place.url(database)
            quiet = {"inline_seconds": "0"}
            async with stay(place, seed, url, patients=1, servers=False, changes=quiet) as region:
                region.region.serve()
                await region.region.answering()
                await region.welcome()
                old = region.region.work(f"{point}:1:stop")
                treating = asyncio.create_task(region.treat("agreement"))
                await until(lambda child=old: stands_still(child))
                if locked(url):
                    go_on(old)
                    told["stopped while it held SQLite's lock, and continued"] += 1
                new = region.region.work()
                await asyncio.sleep(draws.below(30) / 10)
                early = draws.below(2) == 0
                if early:  # both at work, the old one in the middle of a step that may be lost
                    go_on(old)
                await treating
                go_on(old)
                await asyncio.sleep(_LONG_ENOUGH)
                await region.judge()
                ended = [child.ended for child in (old, new)]
            assert [None, None] == ended, ended
            told["continued early" if early else "continued late"] += 1
    return told
