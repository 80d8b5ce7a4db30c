"""Golden cases about time: when a code is read, and where its counter lies in its pass."""

from collections.abc import Callable, Iterator
from typing import Any

from codes.keys import LiveKey
from codes.passes import IssuedPass
from codes.profiles import Profile, Suite
from tests.vectors.codes.answers import EXPIRED, NOT_ACCEPTED, NOT_YET_VALID, Case, accepted, case
from tests.vectors.codes.setting import KEYS, MIDDLE, T0, issued, otp_text

DAY = 86_400

Draw = Callable[..., str]


def timing(name: str, suite: Suite, profile: Profile, draw: Draw) -> Iterator[Case]:
    """
    Cases that only differ by when a code is read.
    """
    given = issued(suite, profile)
    text = draw(given, MIDDLE)
    for label, seconds, expected in (
        ("in the first second of its step", 0, accepted(MIDDLE, 0)),
        ("in the last second of its step", 29, accepted(MIDDLE, 0)),
        ("in the first second of the next step", 30, accepted(MIDDLE, -1)),
        ("in the last second of the next step", 59, accepted(MIDDLE, -1)),
        ("two steps later", 60, EXPIRED),
        ("in the last second of the step before", -1, accepted(MIDDLE, 1)),
        ("in the first second of the step before", -30, accepted(MIDDLE, 1)),
        ("two steps before", -31, NOT_YET_VALID),
        ("when its pass expired", 300, EXPIRED),
        ("before its pass began", -301, NOT_YET_VALID),
        ("sixteen steps later", 16 * 30, EXPIRED),
        ("seventeen steps later", 17 * 30, EXPIRED),
        ("960 seconds later, when the low byte is the same", 960, EXPIRED),
        ("960 seconds before, when the low byte is the same", -960, NOT_YET_VALID),
        ("a day later", DAY, EXPIRED),
        ("a day before", -DAY, NOT_YET_VALID),
        ("ten years later", 315_576_000, EXPIRED),
        ("read in the first second of 1970", -MIDDLE, NOT_YET_VALID),
    ):
        yield case(f"{name}, {label}", text, MIDDLE + seconds, expected)
    yield case(f"{name}, seventh sub", draw(given, MIDDLE, 7), MIDDLE, accepted(MIDDLE, 0, 7))
    last = T0 + 570
    yield case(
        f"{name}, first step of its pass, clock ahead", draw(given, T0), T0 - 1, accepted(T0, 1)
    )
    yield case(
        f"{name}, last step of its pass, read under the next pass",
        draw(given, last),
        last + 59,
        accepted(last, -1),
    )
    yield case(f"{name}, last step of its pass, a day later", draw(given, last), T0 + DAY, EXPIRED)


def windows(name: str, suite: Suite, profile: Profile, draw: Draw) -> Iterator[Case]:
    """
    Cases about where a counter lies in the window of its pass.
    """
    # In the second window the low byte begins anew after twelve steps.
    for start, which in ((T0, "its pass"), (T0 + 600, "a pass whose low byte wraps")):
        given, end = issued(suite, profile, start), start + 600
        for label, at in (
            ("first step", start),
            ("thirteenth step", start + 12 * 30),
            ("last step", end - 30),
        ):
            text, expected = draw(given, at, 7), accepted(at, 0, 7, end=end)
            yield case(f"{name}, {label} of {which}", text, at + 29, expected)
        for label, at in (
            ("a step after", end),
            ("a step before", start - 30),
            ("twelve steps after", end + 11 * 30),
            ("960 seconds after the first step of", start + 960),
            ("960 seconds before the last step of", end - 30 - 960),
        ):
            yield case(f"{name}, {label} {which}", draw(given, at), at, NOT_ACCEPTED)


def expiries(name: str, suite: Suite) -> Iterator[Case]:
    """
    Cases of passes that the key sealed, with an expiry that no window has.
    """
    key, given = LiveKey(KEYS[suite]), issued(suite, Profile.OTP)
    plain: Any = key.open(given.header, given.sealed)
    for label, expiry, at in (
        ("expiry within a step", T0 + 601, MIDDLE),
        ("expiry before the first window", 570, 540),
        ("expiry of zero", 0, 0),
    ):
        sealed = key.seal(given.header, plain[:14] + expiry.to_bytes(4) + plain[18:])
        odd = IssuedPass(given.header, sealed, given.window)
        yield case(f"{name}, {label}", otp_text(odd, at), at, NOT_ACCEPTED)
    plain = plain[:14] + (600).to_bytes(4) + plain[18:]
    first = IssuedPass(given.header, key.seal(given.header, plain), given.window)
    yield case(f"{name}, the first window of all", otp_text(first, 0), 0, accepted(0, 0, end=600))
