"""
What there is a picture of, where it lies, and the page that shows them all.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.fixtures.every_page import EVERY, Shown
from tools.javascript.places import ROOT
from wallet.pages.language import Language

FOLDER: Final = ROOT / "docs" / "screenshots"
INDEX: Final = ROOT / "docs" / "screenshots.md"
BYTES_MAX: Final = 3_000_000
_TITLE: Final = (
    "# Screenshots\n\nEvery page as it is, made by `make screenshots` from a live demonstration: "
    "people, hospitals and amounts are invented. Residents' pages are a phone's (420 pixels "
    "wide), operators' a screen's (1280).\n"
)


def file(shown: Shown, language: Language, *, dark: bool = False) -> Path:
    """
    Return where the picture of a page lies.
    """
    return FOLDER / language.value / f"{shown.name}{'-dark' if dark else ''}.png"


def files() -> Iterator[Path]:
    """
    Return where every picture lies.
    """
    for shown in EVERY:
        for language in Language:
            yield file(shown, language)
        if shown.dark:
            yield file(shown, Language.ZH, dark=True)


def index() -> str:
    """
    Return the page that shows them all.
    """
    parts = [_TITLE]
    for shown in EVERY:
        names = [(language.value, file(shown, language)) for language in Language]
        if shown.dark:
            names.append(("dark", file(shown, Language.ZH, dark=True)))
        heads = " | ".join(head for head, _ in names)
        rules = "|".join("---" for _ in names)
        pictures = " | ".join(
            f"![{shown.name}, {head}]({path.relative_to(INDEX.parent)})" for head, path in names
        )
        parts.append(f"## {shown.name}\n\n| {heads} |\n|{rules}|\n| {pictures} |\n")
    return "\n".join(parts)
