"""Cases that are decided by the shape of the text alone."""

from typing import Any

from codes.profiles import Profile, Suite
from codes.text import encode
from tests.vectors.codes import setting
from tests.vectors.codes.cases import raw_of
from tests.vectors.codes.setting import MIDDLE

Case = dict[str, Any]
_FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}


def _with_first_byte(raw: bytes, first: int) -> str:
    return encode(bytes([first]) + raw[1:])


def text_cases() -> list[Case]:
    """
    Texts and what `parse` makes of them.
    """
    suite = Suite.INTERNATIONAL
    otp = setting.otp_text(setting.issued(suite, Profile.OTP), MIDDLE)
    signed = setting.signed_text(setting.issued(suite, Profile.SIGNED), MIDDLE)
    raw, long_raw = bytes(raw_of(otp)), bytes(raw_of(signed))
    padded = otp[:-1] + "0123456789ABCDEFGHJKMNPQRSTVWXYZ"["08GR".index(otp[-1]) * 8 + 1]
    zero = otp.index("0")
    malformed = {
        "nothing": "",
        "prefix alone": "FW",
        "prefix and one letter": "FW2",
        "no prefix": otp[2:],
        "another prefix": "FX" + otp[2:],
        "lower case": otp.lower(),
        "one letter in lower case": otp[:-9] + "a" + otp[-8:],
        "the letter O for a zero": otp[:zero] + "O" + otp[zero + 1 :],
        "the letter I": otp[:20] + "I" + otp[21:],
        "the letter L": otp[:20] + "L" + otp[21:],
        "the letter U": otp[:20] + "U" + otp[21:],
        "full-width digits": otp.translate(_FULL_WIDTH),
        "a superscript digit": otp[:20] + "²" + otp[21:],
        "an Arabic digit": otp[:20] + "٣" + otp[21:],
        "a hyphen": otp[:20] + "-" + otp[21:],
        "an underscore, which Python reads between digits": otp[:20] + "_" + otp[21:],
        "a space before": " " + otp,
        "a space after": otp + " ",
        "a line feed after": otp + "\n",
        "a NUL after": otp + "\0",
        "one letter short": otp[:-1],
        "one letter long": otp + "0",
        "an unused bit set": padded,
        "OTP bytes under the signed profile": _with_first_byte(raw, 0x11),
        "signed bytes under the OTP profile": _with_first_byte(long_raw, 0x10),
        "longer than any version": "FW" + "2" * 511,
    }
    unsupported = {
        "version 0": _with_first_byte(raw, 0x00),
        "version 2": _with_first_byte(raw, 0x20),
        "version 15": _with_first_byte(raw, 0xF0),
        "version 2 of another length": "FW40000000",
        "the reserved suite 2": _with_first_byte(raw, 0x18),
        "the reserved suite 3": _with_first_byte(raw, 0x1C),
        "the profile kept for printed sheets": _with_first_byte(raw, 0x12),
        "the reserved profile 3": _with_first_byte(raw, 0x13),
    }
    return [
        {"name": "an OTP code", "text": otp, "expected": "PARSED"},
        {"name": "a signed code", "text": signed, "expected": "PARSED"},
        *_listed(malformed, "CODE_MALFORMED"),
        *_listed(unsupported, "CODE_UNSUPPORTED"),
    ]


def _listed(texts: dict[str, str], expected: str) -> list[Case]:
    return [{"name": name, "text": text, "expected": expected} for name, text in texts.items()]


def numeric_cases() -> list[Case]:
    """
    Numeric codes, good and bad.
    """
    good = {
        "eighteen zeros": "90000000000000000002",
        "counting digits": "91234567890123456782",
    }
    bad = {
        "wrong check digit": "91234567890123456783",
        "two neighbours swapped": "91234567890123456872",
        "another first digit": "81234567890123456785",
        "nineteen digits": "9123456789012345678",
        "twenty-one digits": "912345678901234567820",
        "full-width digits": "91234567890123456782".translate(_FULL_WIDTH),
        "a line feed after": "91234567890123456782\n",
        "grouped": "9123 4567 8901 2345 6782",
        "nothing": "",
    }
    return [*_listed(good, "NUMERIC"), *_listed(bad, "CODE_MALFORMED")]


def foreign_cases() -> list[Case]:
    """
    Scanned texts and the family of the built-in table.
    """
    card = "0123456789abcdef" * 2
    texts = {
        "wechat_pay": ["10" + "0" * 16, "15" + "9" * 16, "134567890123456789"],
        "alipay": ["25" + "0" * 14, "30" + "9" * 22, "288888888888888888"],
        "unionpay": ["6225735053201615202", "62" + "0" * 17],
        "nhsa_ec": ["0" * 28, "25" + "1" * 26],
        "health_card": [
            card,
            card.upper(),
            card * 2,
            card + ":1:20260108120000",
            card * 2 + ":0:1767844800:330300",
            "1" * 32,
        ],
        "fusion": ["FW2", "FW-anything"],
        "fusion_numeric": ["9" * 20, "90000000000000000002"],
        "CODE_UNSUPPORTED": [
            "",
            "16" + "0" * 16,
            "09" + "0" * 16,
            "10" + "0" * 15,
            "10" + "0" * 17,
            "24" + "0" * 14,
            "31" + "0" * 14,
            "25" + "0" * 13,
            "25" + "0" * 23,
            "62" + "0" * 16,
            "0" * 27,
            "0" * 29,
            card + "0",
            card + ":1",
            card + ":1:time",
            card * 2 + ":1:20260108120000:" + "x" * 60,
            "fw2",
            "https://example.org/pay",
            "１" * 18,
            "10" + "0" * 16 + "\n",
            "0" * 513,
        ],
    }
    return [
        {"text": text, "expected": family} for family, listed in texts.items() for text in listed
    ]
