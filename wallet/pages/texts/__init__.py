"""
The texts of the pages: a folder per language, a file per audience. A test holds them together.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from integrations.spi import Text
from wallet.pages.language import Language

__all__ = ("catalogue", "said", "text", "word")


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """
    Return every text of a language by its key.

    Raises:
        ValueError: two files have the same key.
    """
    found: dict[str, str] = {}
    for place in sorted(files(__name__).joinpath(language.value).iterdir(), key=str):
        told = msgspec.json.decode(place.read_bytes(), type=dict[str, str])
        if not told.keys().isdisjoint(found):
            raise ValueError(place.name)
        found |= told
    return found


def text(language: Language, key: str, **values: object) -> str:
    """
    Return a text with its values filled in.

    Raises:
        KeyError: there is no such text, or a value is missing.
    """
    return catalogue(language)[key].format(**values)


def word(language: Language, prefix: str, name: str) -> str:
    """
    Return what a word of the wallet is called.

    A word of an integration, which we know no text for, stands for itself.
    """
    return catalogue(language).get(prefix + name, name)


def said(language: Language, told: Text) -> str:
    """
    Return what an integration says of itself, in the reader's language.
    """
    return told.en if language is Language.EN else told.zh
