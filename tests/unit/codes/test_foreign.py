import msgspec
import pytest

from codes.errors import ForeignRulesError, RefusalCode
from codes.foreign import Ambiguous, Family, Part, Rule, Rules, Unknown, classify, load_rules
from codes.foreign_rules import BUILT_IN_RULES

WECHAT = "134567890123456789"
LOCAL_CARD = Rule("city_card", (Part("digits", 16, 20, ("13", "26")),))


def one_rule(family: str, alphabet: str, shortest: int) -> bytes:
    part = f'{{"alphabet": "{alphabet}", "shortest": {shortest}, "longest": 2}}'
    return f'{{"version": 1, "rules": [{{"family": "{family}", "parts": [{part}]}}]}}'.encode()


def with_rule(*rules: Rule) -> Rules:
    return Rules(2, (*BUILT_IN_RULES.rules, *rules))


class TestClassify:
    def test_one(self):
        """
        A text that fits one family is of that family.
        """
        assert Family("wechat_pay") == classify(WECHAT, BUILT_IN_RULES)

    @pytest.mark.parametrize(
        ("text", "families"),
        [
            (WECHAT, ("city_card", "wechat_pay")),
            ("2612345678901234", ("alipay", "city_card")),
        ],
    )
    def test_overlap(self, text, families):
        """
        A text that fits two families is ambiguous and names both.
        """
        classified = classify(text, with_rule(LOCAL_CARD))

        assert Ambiguous(families) == classified
        assert RefusalCode.CODE_AMBIGUOUS is classified.code

    def test_three(self):
        """
        Three families are named too.
        """
        anything = Rule("anything", (Part("printable", 1, 64),))
        classified = classify(WECHAT, with_rule(anything, LOCAL_CARD))

        assert Ambiguous(("anything", "city_card", "wechat_pay")) == classified

    def test_same_family_twice(self):
        """
        Two rules of one family that both fit are no ambiguity.
        """
        again = Rule("wechat_pay", (Part("digits", 18, 18),))

        assert Family("wechat_pay") == classify(WECHAT, with_rule(again))

    def test_no_rules(self):
        """
        An empty table knows nobody.
        """
        unknown = classify(WECHAT, Rules(1, ()))

        assert Unknown() == unknown
        assert RefusalCode.CODE_UNSUPPORTED is unknown.code

    def test_open_ended(self):
        """
        Further parts are allowed only where the rule says so.
        """
        closed = Rules(1, (Rule("closed", (Part("hex", 1, 9), Part("digits", 1, 9))),))
        opened = Rules(1, (Rule("open", (Part("hex", 1, 9),), open_ended=True, longest=9),))

        assert Unknown() == classify("ab:1:2", closed)
        assert Family("closed") == classify("ab:1", closed)
        assert Family("open") == classify("ab:1::~", opened)
        assert Unknown() == classify("ab:1:\x7f", opened)
        assert Unknown() == classify("ab:1:23456", opened)

    @pytest.mark.parametrize(
        "digits", ["１２３４５６７８９０", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⁰¹²³⁴⁵⁶⁷⁸⁹"]
    )
    def test_look_alikes(self, digits):
        """
        Digits of other scripts are nobody's code.
        """
        assert Unknown() == classify(WECHAT[:8] + digits, BUILT_IN_RULES)

    def test_built_in_families(self):
        """
        The built-in table names exactly the families that integrations may decode.
        """
        assert {
            "wechat_pay",
            "alipay",
            "unionpay",
            "nhsa_ec",
            "health_card",
            "fusion",
            "fusion_numeric",
        } == {rule.family for rule in BUILT_IN_RULES.rules}


class TestLoadRules:
    def test_round_trip(self):
        """
        A table written as JSON is read back the same.
        """
        assert BUILT_IN_RULES == load_rules(msgspec.json.encode(BUILT_IN_RULES))

    def test_one_rule(self):
        """
        The shape that the bad tables below are bent from is a good one.
        """
        assert Rules(1, (Rule("x", (Part("hex", 1, 2),)),)) == load_rules(one_rule("x", "hex", 1))

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"[]",
            b"\xff",
            b'{"version": 0, "rules": []}',
            b'{"version": 1}',
            b'{"version": 1, "rules": [], "more": 1}',
            b'{"version": 1, "rules": [{"family": "x", "parts": []}]}',
            one_rule("x\\n", "hex", 1),
            one_rule("x", ".*", 1),
            one_rule("x", "hex", -1),
            b"[" * 100_000,
            b'"\xff"',
        ],
    )
    def test_bad(self, raw):
        """
        A table that is not of the shape is a fault.
        """
        with pytest.raises(ForeignRulesError):
            load_rules(raw)
