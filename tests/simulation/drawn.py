"""The machine as docs/settlement.md draws it: which phase may follow which."""

import re
from pathlib import Path

_ARROW = re.compile(r"^\s+(\S+) --> (\S+?)(?::.*)?$")
_START, _PASSED = "[*]", "cancelling"


def arrows(text: str) -> frozenset[tuple[str, str]]:
    """
    Return the arrows of the first state diagram in a text; `[*]` stands for begin and end.
    """
    drawing = text.split("```mermaid", 1)[1].split("```", 1)[0]
    found = (_ARROW.match(line) for line in drawing.splitlines())
    return frozenset((match[1], match[2]) for match in found if match)


def of_settlements() -> frozenset[tuple[str, str]]:
    """
    Return the arrows of the settlement's machine.
    """
    page = Path(__file__).parents[2] / "docs" / "settlement.md"
    return arrows(page.read_text(encoding="utf-8"))


def leads(drawn: frozenset[tuple[str, str]], before: str, after: str) -> bool:
    """
    Tell whether an arrow leads there, or two where `cancelling` has nothing to undo.
    """
    through = {(before, _PASSED), (_PASSED, after)}
    return (before, after) in drawn or (after == "cancelled" and through <= drawn)


def walked(drawn: frozenset[tuple[str, str]], before: str, after: str) -> set[tuple[str, str]]:
    """
    Return the arrows that were walked from one phase to another.
    """
    if (before, after) in drawn:
        return {(before, after)}
    return {(before, _PASSED), (_PASSED, after)}


def begins(drawn: frozenset[tuple[str, str]]) -> frozenset[str]:
    """
    Return where a settlement may begin.
    """
    return frozenset(after for before, after in drawn if before == _START)
