"""
``fusion-wallet bench``.
"""

from pathlib import Path

import click
import msgspec

from bench.report import markdown
from bench.resolve import Plan, run


@click.group("bench", context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """
    Measure the wallet. Only ratios inside one run mean anything (docs/performance.md).
    """


@main.command("resolve")
@click.option("--seconds", default=5, show_default=True, type=click.IntRange(1, 60))
@click.option("--rounds", default=4, show_default=True, type=click.IntRange(1, 20))
@click.option("--connections", default=32, show_default=True, type=click.IntRange(1, 256))
@click.option("--residents", default=3000, show_default=True, type=click.IntRange(10, 100_000))
@click.option("--plain", is_flag=True, help="Measure the plain path on PostgreSQL too.")
@click.option("--out", type=click.Path(path_type=Path), help="Write Markdown, or JSON for .json.")
def resolve(
    *, seconds: int, rounds: int, connections: int, residents: int, plain: bool, out: Path | None
) -> None:
    """
    Measure one scan: no database, SQLite, PostgreSQL, and PostgreSQL alone, in turns.
    """
    told = run(
        Plan(
            seconds=seconds,
            rounds=rounds,
            connections=connections,
            residents=residents,
            plain=plain,
        )
    )
    click.echo(markdown(told))
    if out is not None:
        text = msgspec.json.encode(told) if out.suffix == ".json" else markdown(told).encode()
        out.write_bytes(text)


if __name__ == "__main__":
    main(prog_name="fusion-wallet bench")
