"""The code in the QR, and the digits beside it: total, one spelling, nothing accepted but ours."""

from codes import (
    Accepted,
    Malformed,
    NumericCode,
    Opened,
    ParsedCode,
    Profile,
    Suite,
    Unsupported,
    grouped,
    load_public_key,
    make_numeric,
    open_code,
    parse,
    parse_numeric,
    verify_otp,
    verify_signed,
)
from codes.text import encode
from tests.fuzz.target import Target, chosen
from tests.vectors.codes import setting

_ISSUED = {
    (suite, profile): setting.issued(suite, profile) for suite in Suite for profile in Profile
}
_TEXTS = {
    (
        setting.otp_text(given, setting.MIDDLE)
        if profile is Profile.OTP
        else setting.signed_text(given, setting.MIDDLE)
    )
    for (_, profile), given in _ISSUED.items()
}
_PUBLIC = {
    suite: load_public_key(suite, setting.public_point(suite, setting.SECRETS[suite]))
    for suite in Suite
}
_NUMERIC = make_numeric(setting.octets("numeric", 16)).digits


def run(data: bytes) -> str:
    """
    Read a text as a code or as digits; or take the bytes for those of a code.
    """
    way, content = chosen(data, 3)
    text = content.decode("utf-8", "surrogateescape")
    if way == 1:
        return _digits(text)
    if way == 2:
        text = encode(content)
    parsed = parse(text)
    if not isinstance(parsed, ParsedCode):
        assert isinstance(parsed, Malformed | Unsupported)
        return parsed.code.lower()
    raw = parsed.header_bytes + parsed.sealed_pass + parsed.counter_low.to_bytes(1) + parsed.proof
    assert text == encode(raw)
    assert parsed.header.to_bytes() == parsed.header_bytes
    return _judged(text, parsed)


def _judged(text: str, parsed: ParsedCode) -> str:
    opened = open_code(parsed, setting.RING, setting.MIDDLE)
    if not isinstance(opened, Opened):
        return "closed"
    assert text not in repr(opened)
    if opened.profile is Profile.OTP:
        judged = verify_otp(opened, setting.MIDDLE)
    else:
        judged = verify_signed(opened, _PUBLIC[opened.suite], setting.MIDDLE)
    if isinstance(judged, Accepted):
        # ECDSA and SM2 have several signatures of one text, but none that is made without the key
        assert text in _TEXTS
        return "accepted"
    return judged.code.lower()


def _digits(text: str) -> str:
    parsed = parse_numeric(text)
    if not isinstance(parsed, NumericCode):
        return "no_digits"
    assert text == parsed.digits == grouped(parsed).replace(" ", "")
    return "digits"


def _seeds() -> tuple[bytes, ...]:
    texts = sorted(_TEXTS)
    late = setting.otp_text(_ISSUED[Suite.INTERNATIONAL, Profile.OTP], setting.T0)
    wrong = texts[0][:-2] + "00"
    return (
        *(b"\x00" + text.encode() for text in (*texts, late, wrong, "", "FW", "FWZZ")),
        b"\x01" + _NUMERIC.encode(),
        b"\x01" + b"9" * 20,
        b"\x02" + bytes.fromhex("10050a1c11") + bytes(49),
    )


TARGET = Target(
    name="codes",
    run=run,
    seeds=_seeds(),
    reaches=frozenset(
        {"accepted", "closed", "code_malformed", "code_unsupported", "digits", "no_digits"}
    ),
    words=(b"FW", *(text.encode()[:72] for text in sorted(_TEXTS)), _NUMERIC.encode()),
    longest=600,
)
