"""The built-in table of rules for scanned codes; a region may bring its own as JSON."""

from codes.foreign import Part, Rule, Rules

_CARD_HEAD_SHORT = Part("hex", 32, 32)
_CARD_HEAD_LONG = Part("hex", 64, 64)
_CARD_TYPE = Part("letters_and_digits", 1, 8)
_CARD_TIME = Part("digits", 1, 20)
_CARD_LONGEST = 130

BUILT_IN_RULES = Rules(
    version=1,
    rules=(
        Rule("fusion", (Part("printable", 3, 512, ("FW",)),)),
        # Our numeric fallback; the check digit is the parser's business, so that a mistyped one
        # is answered as malformed and not as unknown.
        Rule("fusion_numeric", (Part("digits", 20, 20, ("9",)),)),
        # WeChat Pay, micropay: 18 digits that begin with 10 to 15.
        Rule("wechat_pay", (Part("digits", 18, 18, ("10", "11", "12", "13", "14", "15")),)),
        # Alipay, alipay.trade.pay bar_code: 16 to 24 digits that begin with 25 to 30.
        Rule("alipay", (Part("digits", 16, 24, ("25", "26", "27", "28", "29", "30")),)),
        # UnionPay C2B, merchant scans: 19 digits that begin with 62.
        Rule("unionpay", (Part("digits", 19, 19, ("62",)),)),
        # 医保码 as apps show it: 28 digits. Unconfirmed; no public text names the length.
        Rule("nhsa_ec", (Part("digits", 28, 28),)),
        # Electronic health card, Guangdong and Wenzhou profiles: 32 or 64 hexadecimal digits,
        # alone or as card:type:time with what a province adds, at most 130 characters.
        Rule("health_card", (_CARD_HEAD_SHORT,)),
        Rule("health_card", (_CARD_HEAD_LONG,)),
        Rule(
            "health_card",
            (_CARD_HEAD_SHORT, _CARD_TYPE, _CARD_TIME),
            open_ended=True,
            longest=_CARD_LONGEST,
        ),
        Rule(
            "health_card",
            (_CARD_HEAD_LONG, _CARD_TYPE, _CARD_TIME),
            open_ended=True,
            longest=_CARD_LONGEST,
        ),
    ),
)
