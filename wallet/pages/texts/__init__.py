"""
The texts of the pages, by language. A test holds the two catalogues together.
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
    """
    content = files(__name__).joinpath(f"{language.value}.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, str])


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
