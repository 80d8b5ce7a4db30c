"""
A look at a JSON body before anything decodes it.

Decoders differ on duplicate keys, recurse on nesting and take numbers of any length (RFC 8259 §4,
§9 leave all three open), so what two readers could read differently is refused here, without
recursion and in one pass.
"""

import re
from typing import Any, Final

import msgspec

from wallet.errors import ValidationFailedError

DEPTH_MAX: Final = 32
# the largest bill has a third of these; more is made to keep us busy
TOKENS_MAX: Final = 100_000
_NUMBER_CHARS_MAX: Final = 32
# a string that never ends matches too, with an empty last group, so that no input is read twice
_TOKEN = re.compile(
    rb'(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<end>"?))'
    rb"|(?P<number>-?[0-9][0-9.eE+-]*+)"
    rb"|(?P<mark>[{}\[\],:])",
    re.DOTALL,
)
_NUL_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def check(body: bytes) -> None:
    """
    Refuse a body that is too deep or has too many parts, a key twice, NUL or an endless number.

    What passes may still not be JSON; the decoder says so.

    Raises:
        ValidationFailedError: with a sentence that names the rule.
    """
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise ValidationFailedError("The body is not UTF-8.") from fault
    if b"\x00" in body or _NUL_ESCAPE.search(body):
        raise ValidationFailedError("The body contains NUL.")
    _Walk().over(body)


class _Walk:
    def __init__(self) -> None:
        # one entry for each open bracket: the keys seen so far, or None inside an array
        self.open: list[set[str] | None] = []
        self.text: bytes = b""

    def over(self, body: bytes) -> None:
        for count, token in enumerate(_TOKEN.finditer(body)):
            if count >= TOKENS_MAX:
                raise ValidationFailedError("The body has too many parts.")
            match token.lastgroup:
                case "mark":
                    self.mark(token["mark"])
                case "number":
                    if len(token["number"]) > _NUMBER_CHARS_MAX:
                        raise ValidationFailedError("A number is too long.")
                    self.text = b""
                case _:
                    if not token["end"]:
                        raise ValidationFailedError("A string does not end.")
                    self.text = token["text"]

    def mark(self, mark: bytes) -> None:
        match mark:
            case b"{" | b"[":
                if len(self.open) >= DEPTH_MAX:
                    raise ValidationFailedError("The body is nested too deeply.")
                self.open.append(set() if mark == b"{" else None)
            case b"}" | b"]":
                if not self.open:
                    raise ValidationFailedError("A bracket was never opened.")
                self.open.pop()
            case b":":
                self.key()
            case _:
                pass
        self.text = b""

    def key(self) -> None:
        keys = self.open[-1] if self.open else None
        if keys is None or not self.text:
            raise ValidationFailedError("A colon stands where no key is.")
        key = _decoded(self.text)
        if key in keys:
            raise ValidationFailedError("A key stands twice in one object.")
        keys.add(key)


def _decoded(text: bytes) -> str:
    if b"\\" not in text:
        return text[1:-1].decode("utf-8")
    try:
        decoded: Any = msgspec.json.decode(text)
    except msgspec.DecodeError as fault:
        raise ValidationFailedError("A string is malformed.") from fault
    return str(decoded)
