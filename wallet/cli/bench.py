"""
``fusion-wallet bench``: measure. What it runs lies beside the wallet in the source tree.
"""

import importlib
import subprocess
import sys
from pathlib import Path

import click
import msgspec

_TREE = Path(__file__).parents[2]


class Measurements(click.Group):
    """
    The measurements; ``overload`` is a command of the source tree's own.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """
        Return their names.
        """
        return [*super().list_commands(ctx), "overload"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """
        Return one of them.
        """
        if cmd_name != "overload" or not (_TREE / "bench").is_dir():
            return super().get_command(ctx, cmd_name)
        if str(_TREE) not in sys.path:
            sys.path.insert(0, str(_TREE))
        found = importlib.import_module("bench.overload").command
        return found if isinstance(found, click.Command) else None


@click.group("bench", cls=Measurements)
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
