"""
How the story is printed.
"""

import click


class Narrator:
    """
    Prints chapters and facts.
    """

    def __init__(self) -> None:
        self._chapter = 0

    def chapter(self, title: str) -> None:
        """
        Begin a chapter.
        """
        self._chapter += 1
        click.echo()
        click.secho(f"{self._chapter:2}. {title}", bold=True)

    def fact(self, label: str, value: object) -> None:
        """
        Print one fact.
        """
        click.echo(f"    {label:<26} {value}")

    def block(self, text: str) -> None:
        """
        Print a block of text as it is.
        """
        for line in text.rstrip("\n").splitlines():
            click.echo("    " + line)

    def yuan(self, label: str, minor: int) -> None:
        """
        Print an amount of minor units as yuan.
        """
        self.fact(label, f"{yuan(minor):>12}")


def yuan(minor: int) -> str:
    """
    Write fen as yuan.
    """
    sign = "-" if minor < 0 else ""
    return f"{sign}¥{abs(minor) // 100}.{abs(minor) % 100:02d}"
