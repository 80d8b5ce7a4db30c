"""
How amounts and instants are written for people.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from wallet.pages.language import Language

CHINA: Final = timezone(timedelta(hours=8), "UTC+8")  # one time zone, no summer time since 1991
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_FORMATS: Final = {Language.ZH: "%Y年%-m月%-d日 %H:%M", Language.EN: "%-d %b %Y, %H:%M"}


def yuan(fen: int) -> str:
    """
    Write an amount of fen as yuan: ``-¥1,234.05``.
    """
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}¥{whole:,}.{rest:02d}"


def instant(language: Language, at: datetime) -> str:
    """
    Write an aware UTC instant in China's time.
    """
    return at.astimezone(CHINA).strftime(_FORMATS[language])


def machine(at: datetime) -> str:
    """
    Write an instant for a ``datetime`` attribute, RFC 3339.
    """
    return at.astimezone(UTC).isoformat(timespec="seconds")


def age(since: datetime, now: datetime) -> tuple[str, int]:
    """
    Return how long something lasts, roughly: ``minutes``, ``hours`` or ``days``, and how many.
    """
    minutes = max(0, int((now - since).total_seconds()) // 60)
    if minutes < _HOUR:
        return "minutes", minutes
    if minutes < 2 * _DAY:
        return "hours", minutes // _HOUR
    return "days", minutes // _DAY
