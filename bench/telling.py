"""
What every measurement shares at the command line: its options, and where its report goes.
"""

from pathlib import Path

import click
import msgspec

from bench.findings import Findings, page
from bench.plot import svg

rounds = click.option("--rounds", default=4, show_default=True, type=click.IntRange(1, 20))
seconds = click.option(
    "--seconds",
    default=5,
    show_default=True,
    type=click.IntRange(1, 60),
    help="Of each variant in each round.",
)
out = click.option(
    "--out",
    type=click.Path(dir_okay=False, resolve_path=True, path_type=Path),
    help="Write the report: JSON where the name ends so, else Markdown and its plot beside it.",
)


def tell(found: Findings, out: Path | None) -> None:
    """
    Print findings; write them where they are wanted.
    """
    click.echo(page(found))
    if out is None:
        return
    if out.suffix == ".json":
        out.write_bytes(msgspec.json.encode(found))
        return
    picture = out.with_suffix(".svg")
    picture.write_text(svg(found))
    out.write_text(page(found, picture.name))


def note(round_number: int, rounds: int, name: str, value: str) -> None:
    """
    Tell on the error stream how far a run is.
    """
    click.echo(f"round {round_number} of {rounds}: {name}: {value}", err=True)
