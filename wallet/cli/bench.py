"""
``fusion-wallet bench``: measure. What it runs lies beside the wallet in the source tree.
"""

import importlib
import signal
import sys
from pathlib import Path

import click

_TREE = Path(__file__).parents[2]
_FOLDER = _TREE / "bench"


class Measurements(click.Group):
    """
    Every ``bench/<name>.py`` that has a `command` is one; nobody lists them elsewhere.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """
        Return the measurements by name; none where the source tree is not at hand.
        """
        names = sorted(place.stem for place in _FOLDER.glob("[a-z]*.py"))
        return [name for name in names if self.get_command(ctx, name) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """
        Return one measurement.

        Raises:
            click.ClickException: the source tree is not at hand.
        """
        del ctx
        if not _FOLDER.is_dir():
            raise click.ClickException("The measurements are part of the source tree only.")
        if not cmd_name.isidentifier() or not (_FOLDER / f"{cmd_name}.py").is_file():
            return None
        if str(_TREE) not in sys.path:
            sys.path.insert(0, str(_TREE))
        found = getattr(importlib.import_module(f"bench.{cmd_name}"), "command", None)
        return found if isinstance(found, click.Command) else None


@click.group("bench", cls=Measurements)
def command() -> None:
    """
    Measure the wallet; only ratios inside one run mean anything (docs/performance.md).
    """
    # so that whoever ends a run ends its servers too
    signal.signal(signal.SIGTERM, signal.default_int_handler)
