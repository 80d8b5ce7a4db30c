"""
JSON, fields and amounts as the platform writes them.

Types of the interface's field tables: `X30` is text of at most 30 characters, `N16,2` a decimal
of at most 16 digits, 2 of them after the point, sent as a JSON number or as text.
"""

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Literal

import msgspec

from integrations.nhsa.sandbox.refusals import (
    BODY_MALFORMED,
    FIELD_INVALID,
    FIELD_MISSING,
    Refusal,
)

CHINA = timezone(timedelta(hours=8))
_DEPTH_LIMIT = 32
_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(?:\.([0-9]+))?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class JsonNumber(str):
    """
    The text of a JSON number, kept exactly as it was sent.
    """

    __slots__ = ()


class Field(msgspec.Struct, frozen=True):
    """
    One row of a field table.

    `kind` is `X` (text), `N` (decimal of `length` digits, `places` of them after the point),
    `T` (`yyyy-MM-dd HH:mm:ss`) or `D` (`yyyy-MM-dd`). `choices` closes the set of values.
    """

    name: str
    length: int = 19
    required: bool = False
    kind: Literal["X", "N", "T", "D"] = "X"
    places: int = 0
    choices: tuple[str, ...] = ()


def must(name: str, length: int, *choices: str) -> Field:
    """
    A required text field.
    """
    return Field(name, length, required=True, choices=choices)


def may(name: str, length: int, *choices: str) -> Field:
    """
    A text field that may be absent or empty.
    """
    return Field(name, length, choices=choices)


def amount(name: str, digits: int = 16, places: int = 2, *, required: bool = True) -> Field:
    """
    A decimal field; `N16,2` in yuan unless told otherwise.
    """
    return Field(name, digits, required=required, kind="N", places=places)


def moment(name: str, *, required: bool = True) -> Field:
    """
    A time field, `yyyy-MM-dd HH:mm:ss`, China Standard Time.
    """
    return Field(name, 19, required=required, kind="T")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    node = dict(pairs)
    if len(node) != len(pairs):
        raise ValueError("duplicate key")
    return node


def _refuse_constant(_text: str) -> object:
    raise ValueError("not a number")


def _too_deep(node: object, depth: int = 0) -> bool:
    if depth > _DEPTH_LIMIT:
        return True
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return any(_too_deep(child, depth + 1) for child in children)


def parse_object(body: bytes) -> dict[str, object] | Refusal:
    """
    The JSON object in a body; numbers keep their text as `JsonNumber`.

    A duplicate key, NaN, Infinity, a lone surrogate and depth over 32 are refused.
    """
    try:
        node = json.loads(
            body.decode(),
            parse_float=JsonNumber,
            parse_int=JsonNumber,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
        json.dumps(node, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return BODY_MALFORMED
    if not isinstance(node, dict) or _too_deep(node):
        return BODY_MALFORMED
    return node


def read_fields(node: object, fields: tuple[Field, ...]) -> dict[str, str] | Refusal:
    """
    The texts of a node's fields, empty where absent; fields nobody declared are ignored.

    A JSON number is taken for a decimal field only, as its text.
    """
    if not isinstance(node, dict):
        return FIELD_INVALID.about("节点不是对象")
    values: dict[str, str] = {}
    for field in fields:
        value = node.get(field.name)
        text = "" if value is None else value
        if text == "":
            if field.required:
                return FIELD_MISSING.about(field.name)
        elif not isinstance(text, str) or not _fits(text, field):
            return FIELD_INVALID.about(field.name)
        values[field.name] = str(text)
    return values


def read_node(
    parent: dict[str, object], name: str, fields: tuple[Field, ...]
) -> dict[str, str] | Refusal:
    """
    The texts of the fields of one named node of the input.
    """
    if name not in parent:
        return FIELD_MISSING.about(name)
    return read_fields(parent[name], fields)


def read_rows(
    parent: dict[str, object], name: str, fields: tuple[Field, ...]
) -> list[dict[str, str]] | Refusal:
    """
    The texts of the fields of each row of one named list of the input.
    """
    rows = parent.get(name)
    if rows is None:
        return FIELD_MISSING.about(name)
    if not isinstance(rows, list):
        return FIELD_INVALID.about(name)
    values = []
    for row in rows:
        read = read_fields(row, fields)
        if isinstance(read, Refusal):
            return read
        values.append(read)
    return values


def _fits(text: str, field: Field) -> bool:
    match field.kind:
        case "N":
            return parse_decimal(text, field.length, field.places) is not None
        case "T":
            return parse_time(text) is not None
        case "D":
            return parse_date(text) is not None
        case "X":
            if isinstance(text, JsonNumber) or len(text) > field.length or "\0" in text:
                return False
            return not field.choices or text in field.choices


def parse_decimal(text: str, digits: int, places: int) -> int | None:
    """
    A plain decimal as an integer of the `places`-th decimal unit; nothing when it is none.

    No sign, no exponent, no leading zeros; at most `digits` digits, `places` after the point.
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        return None
    whole, fraction = found[1], found[2] or ""
    if len(whole) > digits - places or len(fraction) > places:
        return None
    return int(whole + fraction.ljust(places, "0"))


def fen(text: str) -> int:
    """
    An amount field that `read_fields` accepted as `N16,2`, in fen.
    """
    return scaled(text, 2)


def scaled(text: str, places: int) -> int:
    """
    A decimal field that `read_fields` accepted, as an integer of its last place.

    Raises:
        ValueError: the text was never checked.
    """
    value = parse_decimal(text, 40, places)
    if value is None:
        raise ValueError("an unchecked decimal")
    return value


def yuan_text(amount_fen: int) -> str:
    """
    Fen as yuan with two decimals, such as `-12.30`.
    """
    sign = "-" if amount_fen < 0 else ""
    whole, rest = divmod(abs(amount_fen), 100)
    return f"{sign}{whole}.{rest:02d}"


def yuan_number(amount_fen: int) -> msgspec.Raw:
    """
    Fen as a JSON number of yuan with two decimals.
    """
    return msgspec.Raw(yuan_text(amount_fen).encode())


def parse_time(text: str) -> datetime | None:
    """
    `yyyy-MM-dd HH:mm:ss`, China Standard Time, as an aware instant.
    """
    if _TIME.fullmatch(text) is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None


def parse_date(text: str) -> datetime | None:
    """
    `yyyy-MM-dd` as the instant at which that day begins in China.
    """
    return parse_time(f"{text} 00:00:00") if _DATE.fullmatch(text) else None


def time_text(at: datetime) -> str:
    """
    `yyyy-MM-dd HH:mm:ss`, China Standard Time.
    """
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def compact_time(at: datetime) -> str:
    """
    `yyyyMMddHHmmss`, China Standard Time.
    """
    return at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
