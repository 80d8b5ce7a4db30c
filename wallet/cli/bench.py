"""
``fusion-wallet bench``: measure. What it runs lies beside the wallet in the source tree.
"""

import subprocess
import sys
from pathlib import Path

import click
import msgspec

_TREE = Path(__file__).parents[2]


@click.group("bench")
def command() -> None:
    """
    Measure the wallet; only ratios inside one run mean anything (docs/performance.md).
    """


@command.command("resolve")
@click.option("--seconds", default=5, show_default=True, type=click.IntRange(1, 60))
@click.option("--rounds", default=4, show_default=True, type=click.IntRange(1, 20))
@click.option("--connections", default=32, show_default=True, type=click.IntRange(1, 256))
@click.option("--residents", default=2000, show_default=True, type=click.IntRange(10, 100_000))
@click.option("--plain", is_flag=True, help="Measure the plain path on PostgreSQL too.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, resolve_path=True),
    help="Write the report: JSON where the name ends so, Markdown otherwise.",
)
def resolve(**plan: object) -> None:
    """
    Measure one scan: no database, SQLite, PostgreSQL, and PostgreSQL alone, in turns.
    """
    if not (_TREE / "bench").is_dir():
        raise click.ClickException("The measurements are part of the source tree only.")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench", msgspec.json.encode(plan).decode()],
        cwd=_TREE,
        check=False,
    )
    raise SystemExit(done.returncode)


@command.command(
    "overload", add_help_option=False, context_settings={"ignore_unknown_options": True}
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def overload(options: tuple[str, ...]) -> None:
    """
    Ten times the peak while payments are finished; exit code 1 when a target is missed.
    """
    if not (_TREE / "bench").is_dir():
        raise click.ClickException("The measurements are part of the source tree only.")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench.overload", *options], cwd=_TREE, check=False
    )
    raise SystemExit(done.returncode)
