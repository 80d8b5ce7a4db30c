"""
Play histories: many and fast, or one again with everything told.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator

import click

from tests.simulation import drawn
from tests.simulation.history import Outcome, play
from tests.simulation.shrinking import shrunk

_EVERY_SECONDS = 2.0
_KEPT = 5


@click.group()
def cli() -> None:
    """
    Days at a desk on a virtual clock; see tests/simulation/README.md.
    """


@cli.command()
@click.option("--seeds", default=2_000, show_default=True, help="how many histories")
@click.option("--first", default=0, show_default=True, help="the first seed")
def many(seeds: int, first: int) -> None:
    """
    Play many; ends with status 1 when one broke.
    """
    broken = 0
    for outcome in _broken(range(first, first + seeds)):
        broken += 1
        if broken <= _KEPT:
            click.echo(f"seed {outcome.seed}: {outcome.verdict}")
            click.echo(f"  again: python -m tests.simulation one {outcome.seed} --shrink")
    if broken:
        click.echo(f"{broken} of {seeds} broke")
        sys.exit(1)


def _broken(seeds: range) -> Iterator[Outcome]:
    ends: Counter[str] = Counter()
    walked: set[tuple[str, str]] = set()
    commits, broken, told = 0, 0, time.monotonic()
    began, busy = told, time.process_time()
    for count, seed in enumerate(seeds, 1):
        outcome = play(seed)
        ends.update(outcome.ends)
        walked |= outcome.walked
        commits += outcome.commits
        if outcome.verdict:
            broken += 1
            yield outcome
        if time.monotonic() - told > _EVERY_SECONDS or count == len(seeds):
            told = time.monotonic()
            rate = count / (time.process_time() - busy) * 60
            click.echo(
                f"{count}/{len(seeds)} histories, {commits} commits, {broken} broke, "
                f"{rate:.0f} a minute of one processor, {told - began:.0f} s"
            )
    click.echo("ends: " + ", ".join(f"{count} {phase}" for phase, count in ends.most_common()))
    left = {arrow for arrow in drawn.of_settlements() - walked if "[*]" not in arrow}
    told = ", ".join(f"{before} to {after}" for before, after in sorted(left))
    click.echo(f"arrows nobody walked: {told or 'none'}")


@cli.command()
@click.argument("seed", type=int)
@click.option("--only", default="", help="the decisions to keep, by comma; all unless given")
@click.option("--shrink", is_flag=True, help="find the fewest decisions that break it")
def one(seed: int, only: str, shrink: bool) -> None:  # noqa: FBT001 - click gives flags so
    """
    Play one and tell everything that happens.
    """
    kept = frozenset(only.split(",")) if only else None
    outcome = play(seed, kept)
    if shrink and outcome.verdict:
        kept = _smallest(outcome)
    outcome = play(seed, kept, tell=True)
    for line in outcome.trace:
        click.echo(line)
    click.echo(f"seed {seed}: {outcome.verdict or 'nothing broke'}")
    if kept is not None:
        click.echo(f"needs {len(kept)} decisions: {', '.join(sorted(kept))}")
        click.echo(f"  again: python -m tests.simulation one {seed} --only {_listed(kept)!r}")
    sys.exit(1 if outcome.verdict else 0)


def _smallest(outcome: Outcome) -> frozenset[str]:
    wrong = kind_of(outcome.verdict)
    tried = 0

    def breaks(only: frozenset[str]) -> bool:
        nonlocal tried
        tried += 1
        if tried % 50 == 0:
            click.echo(f"shrinking: {tried} tried, {len(only)} left", err=True)
        return kind_of(play(outcome.seed, only).verdict) == wrong

    return shrunk(outcome.made, breaks)


def kind_of(verdict: str) -> str:
    """
    Return what went wrong, without the numbers in it.
    """
    return "".join(letter for letter in verdict if not letter.isdigit())[:60]


def _listed(kept: frozenset[str]) -> str:
    return ",".join(sorted(kept))


if __name__ == "__main__":
    cli()
