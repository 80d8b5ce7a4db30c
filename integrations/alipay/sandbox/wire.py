"""
Alipay's texts for amounts, instants and time-outs.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
MAX_TOTAL_FEN = 100_000_000_00

_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_TIMEOUT = re.compile(r"([1-9][0-9]{0,5})([mhd])|1c")
_UNIT_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
_MAX_TIMEOUT_MINUTES = 15 * 24 * 60


def parse_yuan(text: object) -> int | None:
    """
    Fen of an amount in yuan written as text with at most two decimals, or None.
    """
    if not isinstance(text, str) or (match := _YUAN.fullmatch(text)) is None:
        return None
    whole, decimals = match.groups()
    return int(whole) * 100 + int((decimals or "").ljust(2, "0"))


def yuan(fen: int) -> str:
    """
    An amount of fen as yuan with two decimals.
    """
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def china_text(moment: datetime) -> str:
    """
    An instant as `yyyy-MM-dd HH:mm:ss` of China Standard Time.
    """
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def parse_china_text(text: str) -> datetime | None:
    """
    The instant of a `yyyy-MM-dd HH:mm:ss` text of China Standard Time, or None.
    """
    if _INSTANT.fullmatch(text) is None:
        return None
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
    return local.astimezone(UTC)


def timeout_at(text: str, now: datetime) -> datetime | None:
    """
    When a `timeout_express` of now runs out, or None if it is malformed.

    `90m`, `2h`, `1d`, at most fifteen days; `1c` is the end of the current day in China.
    """
    match = _TIMEOUT.fullmatch(text)
    if match is None:
        return None
    if text == "1c":
        midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + timedelta(days=1)).astimezone(UTC)
    minutes = int(match[1]) * _UNIT_MINUTES[match[2]]
    return now + timedelta(minutes=minutes) if minutes <= _MAX_TIMEOUT_MINUTES else None


def months_later(moment: datetime, months: int) -> datetime:
    """
    The same day and hour some months later; a day the month does not have becomes its 28th.
    """
    count = moment.month - 1 + months
    year, month = moment.year + count // 12, count % 12 + 1
    try:
        return moment.replace(year=year, month=month)
    except ValueError:
        return moment.replace(year=year, month=month, day=28)
