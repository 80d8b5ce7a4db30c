"""The look at a JSON body: what it lets through, every reader reads alike."""

import json
from typing import Any

import msgspec

from tests.fuzz.target import Target
from wallet.errors import ValidationFailedError
from wallet.http import json_text

_SAFE = 2**53


def run(data: bytes) -> str:
    """
    Let a body be looked at, then be read by two readers.
    """
    try:
        json_text.check(data)
    except ValidationFailedError:
        return "refused"
    try:
        read = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return "no_json"
    other = json.loads(data, parse_constant=_no_constant, object_pairs_hook=_once)
    assert _plain(other) == _plain(read)
    return "read"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(pairs) == len({name for name, _ in pairs}), "a name stands twice"
    return dict(pairs)


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case str():
            assert "\x00" not in value
            value.encode()
            return value
        case bool() | None:
            return ("constant", value)
        case _:
            return (type(value).__name__, repr(value))


TARGET = Target(
    name="json_text",
    run=run,
    seeds=(
        b"{}",
        b'{"a":1,"b":[true,null,-0.5e1,{"c":"\\u00e9\\n"}]}',
        b'{"a":1,"\\u0061":2}',
        b"[" * 40,
        b'{"a":"\\u0000"}',
        b"\xff",
        b'"open',
        b"1" * 40,
        b"nul",
        b"{'a':1}",
    ),
    reaches=frozenset({"read", "refused", "no_json"}),
    words=(b'"a":', b"\\u0061", b"\\ud83d\\ude00", b"null", b"NaN", b"1e400", b"\\\\", b"-0"),
    longest=1_024,
)
