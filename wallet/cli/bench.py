"""
``fusion-wallet bench``: measure. What it runs lies beside the wallet in the source tree.
"""

import subprocess
import sys
from pathlib import Path

import click

_TREE = Path(__file__).parents[2]


@click.command(
    "bench",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """
    Measure one scan against its own floors (docs/performance.md).
    """
    if not (_TREE / "bench").is_dir():
        raise click.ClickException("The measurements are part of the source tree only.")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench", *arguments], cwd=_TREE, check=False
    )
    raise SystemExit(done.returncode)
