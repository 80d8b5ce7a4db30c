"""Whose code was scanned? Families are told apart by a versioned table of rules, not by code."""

import re
from typing import Annotated, Literal, TypeAlias

import msgspec

from codes.errors import ForeignRulesError, RefusalCode

Alphabet: TypeAlias = Literal["digits", "hex", "letters_and_digits", "printable"]
Small: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=512)]
FamilyId: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9_]{0,31}\Z")]

_LONGEST_TEXT = 512
_SEPARATOR = ":"
_ALPHABETS: dict[Alphabet, re.Pattern[str]] = {
    "digits": re.compile(r"[0-9]*", re.ASCII),
    "hex": re.compile(r"[0-9A-Fa-f]*", re.ASCII),
    "letters_and_digits": re.compile(r"[0-9A-Za-z]*", re.ASCII),
    "printable": re.compile(r"[!-~]*", re.ASCII),
}


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    What one part of a code looks like; parts are separated by colons.

    Attributes:
        alphabet: the characters it may have.
        shortest: its least number of characters.
        longest: its greatest number of characters.
        prefixes: what it must begin with, one of them; empty for anything.

    """

    alphabet: Alphabet
    shortest: Small
    longest: Small
    prefixes: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    One shape of one family; a family may have several.

    Attributes:
        family: the stable id that integrations name in their manifest.
        parts: in order; exactly these, unless `open_ended`.
        open_ended: more parts of printable characters may follow.
        longest: the greatest number of characters in all.

    """

    family: FamilyId
    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1)]
    open_ended: bool = False
    longest: Small = _LONGEST_TEXT


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    A table of rules.

    Attributes:
        version: counts up with each change; journalled with what the table decided.
        rules: in any order; all are tried.

    """

    version: Annotated[int, msgspec.Meta(ge=1)]
    rules: tuple[Rule, ...]


class Family(msgspec.Struct, frozen=True):
    """
    The text has the shape of exactly one family.
    """

    family: str


class Ambiguous(msgspec.Struct, frozen=True):
    """
    The text has the shape of several families: ask, never guess.

    Attributes:
        families: sorted.
        code: `CODE_AMBIGUOUS`.

    """

    families: tuple[str, ...]
    code: RefusalCode = RefusalCode.CODE_AMBIGUOUS


class Unknown(msgspec.Struct, frozen=True):
    """
    The text has the shape of no family.
    """

    code: RefusalCode = RefusalCode.CODE_UNSUPPORTED


Classified: TypeAlias = Family | Ambiguous | Unknown

_UNKNOWN = Unknown()
_DECODER = msgspec.json.Decoder(Rules)


def load_rules(raw: bytes) -> Rules:
    """
    Read a table of rules from JSON, shaped as `Rules`.

    Raises:
        ForeignRulesError: it is not JSON of that shape.

    """
    try:
        return _DECODER.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ForeignRulesError(str(error)) from None


def classify(text: str, rules: Rules) -> Classified:
    """
    Tell the family of a scanned text by its shape alone.

    Total: any string has an answer, and nothing is raised.

    Args:
        text: as scanned; nothing is trimmed or normalised.
        rules: usually `codes.foreign_rules.BUILT_IN_RULES`, or a region's own table.

    """
    if len(text) > _LONGEST_TEXT or not text.isascii():
        return _UNKNOWN
    parts = text.split(_SEPARATOR)
    families = {rule.family for rule in rules.rules if _matches(rule, text, parts)}
    if not families:
        return _UNKNOWN
    if len(families) == 1:
        return Family(families.pop())
    return Ambiguous(tuple(sorted(families)))


def _matches(rule: Rule, text: str, parts: list[str]) -> bool:
    fixed = len(rule.parts)
    counted = len(parts) >= fixed if rule.open_ended else len(parts) == fixed
    return (
        counted
        and len(text) <= rule.longest
        and all(map(_has_shape, rule.parts, parts))
        and all(map(_ALPHABETS["printable"].fullmatch, parts[fixed:]))
    )


def _has_shape(part: Part, text: str) -> bool:
    return (
        part.shortest <= len(text) <= part.longest
        and (not part.prefixes or text.startswith(part.prefixes))
        and _ALPHABETS[part.alphabet].fullmatch(text) is not None
    )
