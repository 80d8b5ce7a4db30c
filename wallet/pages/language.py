"""
Which language a page is in, and how large its text is: what the reader chose, else the browser.
"""

from enum import StrEnum
from typing import Final

from wallet.http.callers import Connection

COOKIE: Final = "language"
SIZE_COOKIE: Final = "text_size"
YEAR_SECONDS: Final = 31_536_000


class Language(StrEnum):
    """
    BCP 47 tags of the languages there are texts in.
    """

    ZH = "zh-CN"
    EN = "en"


_BY_BROWSER: Final = {"zh": Language.ZH, "en": Language.EN}


class TextSize(StrEnum):
    """
    How large text is; ``large`` is for those who hold the phone at arm's length.
    """

    NORMAL = "normal"
    LARGE = "large"


def language_of(connection: Connection) -> Language:
    """
    Return the language that was chosen, else the first one the browser asks for, else Chinese.
    """
    chosen = connection.cookies.get(COOKIE, "")
    if chosen in tuple(Language):
        return Language(chosen)
    for part in connection.headers.get("accept-language", "").lower().split(","):
        asked = _BY_BROWSER.get(part.split(";")[0].strip()[:2])
        if asked is not None:
            return asked
    return Language.ZH


def text_size_of(connection: Connection) -> TextSize:
    """
    Return the size that was chosen, else the normal one.
    """
    chosen = connection.cookies.get(SIZE_COOKIE, "")
    return TextSize(chosen) if chosen in tuple(TextSize) else TextSize.NORMAL
