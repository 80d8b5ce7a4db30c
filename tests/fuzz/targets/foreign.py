"""Codes of others, and the tables of rules that tell them apart."""

from codes import (
    BUILT_IN_RULES,
    Ambiguous,
    Family,
    ForeignRulesError,
    Rules,
    Unknown,
    classify,
    load_rules,
)
from tests.fuzz.target import Target, chosen

_TABLE = (
    b'{"version":2,"rules":[{"family":"one","parts":[{"alphabet":"digits","shortest":1,'
    b'"longest":4,"prefixes":["1","22"]},{"alphabet":"hex","shortest":0,"longest":512}],'
    b'"open_ended":true,"longest":64},{"family":"two","parts":[{"alphabet":"printable",'
    b'"shortest":1,"longest":9}]}]}'
)
_TEXTS = (
    b"280000000000000000",
    b"0123456789ABCDEF:1:0123456789ABCDEF:ORG:APP",
    b"http://wallet.example/",
    b"\xe2\x80\x8b28",
)


def run(data: bytes) -> str:
    """
    Classify a text by the rules that are built in, or by a table that comes first.
    """
    way, content = chosen(data, 2)
    rules = BUILT_IN_RULES
    table, _, text = content.rpartition(b"\x00")
    if way == 1:
        try:
            rules = load_rules(table)
        except ForeignRulesError:
            return "no_rules"
    else:
        text = content
    return _classified(text.decode("utf-8", "surrogateescape"), rules)


def _classified(text: str, rules: Rules) -> str:
    classified = classify(text, rules)
    families = {rule.family for rule in rules.rules}
    match classified:
        case Family(family=family):
            assert family in families
            return "family"
        case Ambiguous(families=found):
            assert len(found) > 1
            assert list(found) == sorted(set(found) & families)
            return "ambiguous"
        case Unknown():
            return "unknown"


TARGET = Target(
    name="foreign",
    run=run,
    seeds=(
        *(b"\x00" + text for text in _TEXTS),
        *(b"\x01" + _TABLE + b"\x00" + text for text in (b"1:AF:!", b"22:0", b"abc", b"1")),
        b"\x01{\x00",
    ),
    reaches=frozenset({"family", "unknown", "no_rules"}),
    words=(b'"alphabet":', b'"prefixes":["', b'"open_ended":true', b'"printable"', b":"),
    longest=1_200,
)
