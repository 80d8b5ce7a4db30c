"""What the golden vectors say: each case names its answer by intent, not by running the code."""

from collections.abc import Callable, Iterator
from typing import Any

from codes.keys import Holder
from codes.profiles import Profile, Suite
from codes.text import encode, parse
from tests.vectors.codes import setting
from tests.vectors.codes.setting import HOLDER, KEYS, OLD_KEYS, RETIRES_AT, T0, issued, otp_text

NOT_ACCEPTED = {"result": "CODE_NOT_ACCEPTED"}
EXPIRED = {"result": "CODE_EXPIRED"}
NOT_YET_VALID = {"result": "CODE_NOT_YET_VALID"}
MIDDLE = T0 + 300

Case = dict[str, Any]
Draw = Callable[..., str]


def accepted(
    at: int,
    offset: int,
    sub: int = 0,
    *,
    holder: Holder = HOLDER,
    flags: int = 0,
    end: int = T0 + 600,
) -> Case:
    return {
        "result": "ACCEPTED",
        "resident_id": str(holder.resident_id),
        "device_no": holder.device_no,
        "enrolment_nonce": holder.enrolment_nonce.hex(),
        "counter": str(at // 30 * 8 + sub),
        "step_offset": offset,
        "flags": flags,
        "pass_expires_at": end,
    }


def case(name: str, text: str, now: int, expected: Case) -> Case:
    return {"name": name, "text": text, "now": now, "expected": expected}


def raw_of(text: str) -> bytearray:
    parsed: Any = parse(text)
    low = parsed.counter_low.to_bytes(1)
    return bytearray(parsed.header_bytes + parsed.sealed_pass + low + parsed.proof)


def flipped(text: str, octet: int, bit: int = 0) -> str:
    raw = raw_of(text)
    raw[octet] ^= 1 << bit
    return encode(bytes(raw))


def timing(name: str, suite: Suite, profile: Profile, draw: Draw) -> Iterator[Case]:
    """
    Cases that only differ by when a code is drawn and when it is read.
    """
    middle = issued(suite, profile)
    text = draw(middle, MIDDLE)
    for label, seconds, expected in (
        ("in the first second of its step", 0, accepted(MIDDLE, 0)),
        ("in the last second of its step", 29, accepted(MIDDLE, 0)),
        ("in the first second of the next step", 30, accepted(MIDDLE, -1)),
        ("in the last second of the next step", 59, accepted(MIDDLE, -1)),
        ("two steps later", 60, EXPIRED),
        ("in the last second of the step before", -1, accepted(MIDDLE, 1)),
        ("in the first second of the step before", -30, accepted(MIDDLE, 1)),
        ("two steps before", -31, NOT_YET_VALID),
        ("sixteen steps later, the last that is told apart", 16 * 30 + 29, EXPIRED),
        ("seventeen steps later: another candidate", 17 * 30, NOT_ACCEPTED),
        ("fifteen steps before, the first that is told apart", -15 * 30, NOT_YET_VALID),
        ("sixteen steps before: another candidate", -15 * 30 - 1, NOT_ACCEPTED),
        ("a day later", 86_400, NOT_ACCEPTED),
        ("960 seconds later, when the low byte is the same", 960, NOT_ACCEPTED),
    ):
        yield case(f"{name}, {label}", text, MIDDLE + seconds, expected)
    last, first = T0 + 570, T0
    yield case(f"{name}, seventh sub", draw(middle, MIDDLE, 7), MIDDLE, accepted(MIDDLE, 0, 7))
    yield case(f"{name}, first step of its pass", draw(middle, first), first, accepted(first, 0))
    yield case(
        f"{name}, first step of its pass, clock ahead",
        draw(middle, first),
        first - 1,
        accepted(first, 1),
    )
    yield case(f"{name}, last step of its pass", draw(middle, last), last + 29, accepted(last, 0))
    yield case(
        f"{name}, last step of its pass, read under the next pass",
        draw(middle, last),
        last + 59,
        accepted(last, -1),
    )
    yield case(
        f"{name}, read when the candidate would lie before 1970",
        draw(middle, last),
        30,
        NOT_ACCEPTED,
    )
    yield case(f"{name}, counter just after its pass", draw(middle, T0 + 600), T0 + 600, EXPIRED)
    yield case(
        f"{name}, counter just before its pass", draw(middle, T0 - 1), T0 - 1, NOT_YET_VALID
    )
    late = T0 + 960
    yield case(
        f"{name}, low byte just wrapped",
        draw(issued(suite, profile, late - 30), late - 30),
        late,
        accepted(late - 30, -1, end=T0 + 1200),
    )


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
        ("unused top bit of the password set", 46, 7),
        ("second unused top bit of the password set", 46, 6),
        ("last bit of the password flipped", 53, 0),
    ):
        yield case(f"{name}, {label}", flipped(text, octet, bit), MIDDLE, NOT_ACCEPTED)
    raw = raw_of(text)
    swapped = raw[:46] + swap_halves(raw[46:])
    yield case(f"{name}, high and low value swapped", encode(bytes(swapped)), MIDDLE, NOT_ACCEPTED)
    yield case(
        f"{name}, password of zeros", encode(bytes(raw[:46] + bytes(8))), MIDDLE, NOT_ACCEPTED
    )
    other = raw_of(otp_text(issued(suite, Profile.OTP, T0 + 600), T0 + 600))
    mixed = raw[:5] + other[5:45] + raw[45:]
    yield case(
        f"{name}, pass of another window put in", encode(bytes(mixed)), MIDDLE, NOT_ACCEPTED
    )


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
    order = setting.curves.P256.n if suite is Suite.INTERNATIONAL else setting.curves.SM2.n
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
        *holders(otp, suite),
        *keys(otp, suite),
        *otp_tampering(otp, suite),
        *timing(signed, suite, Profile.SIGNED, setting.signed_text),
        *signed_tampering(signed, suite),
    ]
