"""
Alipay's yuan texts and our integer fen, exactly; its instants and ours.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

MAX_FEN = 100_000_000_00
CHINA = timezone(timedelta(hours=8))

_YEARS = range(1970, 2200)
_YUAN = re.compile(r'"?([0-9]{1,9})(?:\.([0-9]{1,2}))?"?')
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def fen(text: str) -> int | None:
    """
    Fen of yuan with at most two decimals (``"12.3"`` or ``12.3``: a JSON string or number).

    None for anything else; no float and no exponent is ever looked at.
    """
    match = _YUAN.fullmatch(text)
    if match is None or text.startswith('"') != text.endswith('"'):
        return None
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def yuan(amount_minor: int) -> str:
    """
    Yuan with two decimals of a non-negative number of fen.
    """
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def china_text(at: datetime) -> str:
    """
    An aware instant as Alipay writes it: ``yyyy-MM-dd HH:mm:ss`` in China Standard Time.
    """
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def china_instant(text: str) -> datetime | None:
    """
    The aware UTC instant of a ``yyyy-MM-dd HH:mm:ss`` text in China Standard Time, or None.

    A year that nothing can have happened in is none: near the ends of the calendar there is no
    day before or after, or no UTC.
    """
    if _INSTANT.fullmatch(text) is None:
        return None
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
    return local.astimezone(UTC) if local.year in _YEARS else None
