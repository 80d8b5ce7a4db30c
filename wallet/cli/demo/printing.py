"""
How the story is printed.
"""

from typing import Any

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


def print_resolved(tell: Narrator, resolved: dict[str, Any]) -> None:
    """
    Print who was scanned and the verdicts.
    """
    person = resolved["person"]
    tell.fact("person", f"{person['name']} {person['document']} ({person['age']})")
    for verdict in resolved["verdicts"]:
        shown = ", ".join(f"{name}={value}" for name, value in verdict["fields"].items())
        tell.fact(verdict["context"], f"{verdict['status']} {verdict['refusal']} {shown}"[:90])


def print_split(tell: Narrator, split: dict[str, Any]) -> None:
    """
    Print who bears what.
    """
    tell.yuan("bill", split["total_minor"])
    for fund in split["funds"]:
        tell.yuan(f"  {fund['name']}", fund["amount_minor"])
    tell.yuan("  personal account", split["account_minor"])
    tell.yuan("  family mutual aid", split["mutual_aid_minor"])
    tell.yuan("  hospital", split["hospital_minor"])
    tell.yuan("  cash", split["cash_minor"])


def print_receipt(tell: Narrator, receipt: dict[str, Any]) -> None:
    """
    Print a receipt with its split.
    """
    tell.fact("receipt", f"insurer's number {receipt['insurer_reference']}")
    for line in receipt["lines"]:
        tell.yuan(f"  {line['name']}", line["amount_minor"])
    print_split(tell, receipt["split"])
    for tender in receipt["tenders"]:
        if tender["phase"] != "charged":
            continue
        tell.yuan(f"paid by {tender['method']} {tender['provider']}", tender["amount_minor"])
