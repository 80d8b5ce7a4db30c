"""What the golden vectors say: each case names its answer by intent, not by running the code."""

from collections.abc import Iterator
from typing import Any

from codes.keys import Holder
from codes.profiles import Profile, Suite
from codes.text import encode, parse
from tests.vectors.codes import curves, setting
from tests.vectors.codes.answers import NOT_ACCEPTED, Case, accepted, case
from tests.vectors.codes.setting import (
    HOLDER,
    KEYS,
    MIDDLE,
    OLD_KEYS,
    RETIRES_AT,
    T0,
    issued,
    otp_text,
)
from tests.vectors.codes.times import expiries, timing, windows


def raw_of(text: str) -> bytearray:
    parsed: Any = parse(text)
    low = parsed.counter_low.to_bytes(1)
    return bytearray(parsed.header_bytes + parsed.sealed_pass + low + parsed.proof)


def flipped(text: str, octet: int, bit: int = 0) -> str:
    raw = raw_of(text)
    raw[octet] ^= 1 << bit
    return encode(bytes(raw))


def holders(name: str, suite: Suite) -> Iterator[Case]:
    """
    Cases about whom an OTP code points to.
    """
    for label, holder, flags in (
        ("least numbers", setting.LEAST, 0),
        ("greatest numbers", setting.GREATEST, 255),
        ("another resident", setting.OTHER, 1),
    ):
        given = issued(suite, Profile.OTP, holder=holder, flags=flags)
        expected = accepted(MIDDLE, 0, holder=holder, flags=flags)
        yield case(f"{name}, {label}", otp_text(given, MIDDLE, holder=holder), MIDDLE, expected)
    given = issued(suite, Profile.OTP)
    for label, holder in (
        ("seed of another resident", setting.OTHER),
        ("seed of another enrolment", setting.REENROLLED),
        ("seed of another device", Holder(HOLDER.resident_id, 8, HOLDER.enrolment_nonce)),
    ):
        yield case(
            f"{name}, {label}", otp_text(given, MIDDLE, holder=holder), MIDDLE, NOT_ACCEPTED
        )


def keys(name: str, suite: Suite) -> Iterator[Case]:
    """
    Cases about which key opens an OTP code.
    """
    old, strange, end = OLD_KEYS[suite], setting.STRANGE_KEYS[suite], RETIRES_AT
    given = issued(suite, Profile.OTP, end - 1, key=old)
    text = otp_text(given, end - 1, key=old)
    yield case(
        f"{name}, second before its key retires", text, end - 1, accepted(end - 1, 0, end=end)
    )
    yield case(f"{name}, second in which its key retires", text, end, NOT_ACCEPTED)
    other = KEYS[Suite(1 - suite)]
    for label, options in (
        ("another issuer", {"issuer": 330301}),
        ("pass key of another key id", {"key": other}),
    ):
        given = issued(suite, Profile.OTP, **options)
        yield case(f"{name}, {label}", otp_text(given, MIDDLE), MIDDLE, NOT_ACCEPTED)
    given = issued(suite, Profile.OTP)
    wrong = otp_text(given, MIDDLE, key=strange)
    yield case(f"{name}, seed master of another key id", wrong, MIDDLE, NOT_ACCEPTED)
    text = otp_text(given, MIDDLE)
    yield case(
        f"{name}, key id of another key of its suite",
        key_id(text, old.key_id),
        MIDDLE,
        NOT_ACCEPTED,
    )
    yield case(f"{name}, key id that nobody has", key_id(text, 200), MIDDLE, NOT_ACCEPTED)


def key_id(text: str, number: int) -> str:
    raw = raw_of(text)
    raw[4] = number
    return encode(bytes(raw))


def otp_tampering(name: str, suite: Suite) -> Iterator[Case]:
    """
    Cases in which a good OTP code was changed.
    """
    text = otp_text(issued(suite, Profile.OTP), MIDDLE)
    for label, octet, bit in (
        ("suite bit flipped", 0, 2),
        ("issuer bit flipped", 3, 0),
        ("key id bit flipped", 4, 0),
        ("first bit of the pass flipped", 5, 7),
        ("last bit of the pass flipped", 44, 0),
        ("sub bit of the counter flipped", 45, 0),
        ("step bit of the counter flipped", 45, 3),
        ("step bit of the counter flipped, to outside the pass", 45, 7),
        ("unused top bit of the password set", 46, 7),
        ("second unused top bit of the password set", 46, 6),
        ("last bit of the password flipped", 53, 0),
    ):
        yield case(f"{name}, {label}", flipped(text, octet, bit), MIDDLE, NOT_ACCEPTED)
    raw = raw_of(text)
    swapped = raw[:46] + swap_halves(bytes(raw[46:]))
    yield case(f"{name}, high and low value swapped", encode(bytes(swapped)), MIDDLE, NOT_ACCEPTED)
    yield case(
        f"{name}, password of zeros", encode(bytes(raw[:46] + bytes(8))), MIDDLE, NOT_ACCEPTED
    )
    # The low byte of this step is one of the next pass too, so that only the password tells.
    early, later = T0 + 30, T0 + 990
    drawn, other = (raw_of(otp_text(issued(suite, Profile.OTP, at), at)) for at in (early, later))
    mixed = encode(bytes(drawn[:5] + other[5:45] + drawn[45:]))
    yield case(f"{name}, pass of another window put in", mixed, later, NOT_ACCEPTED)


def swap_halves(password: bytes) -> bytes:
    number, mask = int.from_bytes(password), (1 << 31) - 1
    return ((number & mask) << 31 | number >> 31).to_bytes(8)


def signed_tampering(name: str, suite: Suite) -> Iterator[Case]:
    """
    Cases in which a good signed code was changed, or signed wrongly.
    """
    given = issued(suite, Profile.SIGNED)
    text = setting.signed_text(given, MIDDLE)
    for label, octet, bit in (
        ("issuer bit flipped", 1, 4),
        ("bit of the pass flipped", 20, 2),
        ("sub bit of the counter flipped", 45, 2),
        ("first bit of r flipped", 46, 7),
        ("last bit of s flipped", 109, 0),
    ):
        yield case(f"{name}, {label}", flipped(text, octet, bit), MIDDLE, NOT_ACCEPTED)
    raw = bytes(raw_of(text))
    order = curves.P256.n if suite is Suite.INTERNATIONAL else curves.SM2.n
    counter = MIDDLE // 30 * 8
    for label, signature in (
        ("r is zero", bytes(32) + raw[78:]),
        ("s is zero", raw[46:78] + bytes(32)),
        ("s is the order of the group", raw[46:78] + order.to_bytes(32)),
        ("signature over the low byte only", _sign(suite, given, (counter & 255).to_bytes(1))),
        ("signature without the domain", _sign(suite, given, counter.to_bytes(8), domain=b"")),
    ):
        yield case(f"{name}, {label}", encode(raw[:46] + signature), MIDDLE, NOT_ACCEPTED)
    wrong = setting.signed_text(given, MIDDLE, secret=setting.OTHER_SECRETS[suite])
    yield case(f"{name}, signed by another device", wrong, MIDDLE, NOT_ACCEPTED)
    if suite is Suite.INTERNATIONAL:
        mirrored = order - int.from_bytes(raw[78:])
        twin = encode(raw[:78] + mirrored.to_bytes(32))
        yield case(f"{name}, s mirrored: the same counter", twin, MIDDLE, accepted(MIDDLE, 0))


def _sign(
    suite: Suite, given: Any, counter: bytes, domain: bytes = b"fusion-wallet/1/signature"
) -> bytes:
    message = domain + given.header + given.sealed + counter
    return setting.sign(suite, setting.SECRETS[suite], message)


def verification_cases(suite: Suite) -> list[Case]:
    """
    All cases of one suite that go through opening and checking.
    """
    name = setting.NAMES[suite]
    otp, signed = f"{name} OTP", f"{name} signed"
    return [
        *timing(otp, suite, Profile.OTP, otp_text),
        *windows(otp, suite, Profile.OTP, otp_text),
        *expiries(otp, suite),
        *holders(otp, suite),
        *keys(otp, suite),
        *otp_tampering(otp, suite),
        *timing(signed, suite, Profile.SIGNED, setting.signed_text),
        *windows(signed, suite, Profile.SIGNED, setting.signed_text),
        *signed_tampering(signed, suite),
    ]
