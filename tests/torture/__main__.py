"""Everything that breaks, again and again: ``python -m tests.torture``, or ``make torture``."""

import asyncio

import click

from tests.torture.driving import Driver, Kind, Result, table
from tests.torture.ground import prepared
from tests.torture.kinds import (
    clocks,
    commits,
    conflicts,
    crashes,
    disks,
    migrations,
    partners,
    restarts,
    takeovers,
)

KINDS = (
    Kind(
        name="crashes",
        what="kill -9 of server or worker at every failpoint, both databases",
        play=crashes.play,
        runs=5_000,
        batches=crashes.batches,
        side_by_side=6,
    ),
    Kind(
        name="restarts",
        what="PostgreSQL stopped and started every 5 to 40 s",
        play=restarts.play,
        runs=1,
    ),
    Kind(
        name="commits",
        what="connections cut exactly at COMMIT",
        play=commits.play,
        runs=60,
        side_by_side=3,
    ),
    Kind(
        name="conflicts",
        what="deadlocks and serialization failures",
        play=conflicts.play,
        runs=60,
        side_by_side=3,
    ),
    Kind(
        name="clocks",
        what="live jumps of the clock and restarts with a wrong one, both databases",
        play=clocks.play,
        runs=40,
        side_by_side=3,
    ),
    Kind(
        name="takeovers",
        what="workers stopped at a failpoint and continued after others took over",
        play=takeovers.play,
        runs=112,
        side_by_side=4,
    ),
    Kind(
        name="disks",
        what="full disks and failing fsync, both databases",
        play=disks.play,
        runs=40,
    ),
    Kind(
        name="partners",
        what="slow, hanging, cutting partners, both databases",
        play=partners.play,
        runs=100,
        side_by_side=4,
    ),
    Kind(
        name="migrations",
        what="migrations killed in the middle, from every revision, both databases",
        play=migrations.play,
        runs=60,
    ),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


@click.command()
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(_BY_NAME)))
@click.option("--runs", type=click.IntRange(1), help="of each kind; its own number unless given")
@click.option("--minutes", type=float, default=10.0, show_default=True, help="of restarts")
@click.option("--seed", type=int, default=0, show_default=True, help="the first one")
@click.option("--side-by-side", type=click.IntRange(1), help="how many at a time")
def main(
    kinds: tuple[str, ...], runs: int | None, minutes: float, seed: int, side_by_side: int | None
) -> None:
    """
    Break everything, again and again, and look whether anything was lost or doubled.
    """
    chosen = [_BY_NAME[name] for name in kinds or _BY_NAME]
    results = asyncio.run(_tortured(chosen, runs, minutes, seed, side_by_side))
    click.echo(table(results))
    if any(result.failed for result in results):
        raise SystemExit(1)


async def _tortured(
    kinds: list[Kind], runs: int | None, minutes: float, seed: int, side_by_side: int | None
) -> list[Result]:
    results = []
    with prepared(minutes) as ground:
        for kind in kinds:
            command = f"make torture KIND={kind.name} MINUTES={minutes:g}"
            driver = Driver(ground, kind, command, side_by_side or kind.side_by_side)
            count = 1 if kind.name == "restarts" else runs or kind.runs
            results.append(await driver.drive(count, seed))
    return results


if __name__ == "__main__":
    main()
