"""The device's side: showing codes, made online by the server or offline from a top-up."""

from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from codes.counter import counter_at, instant_of, low_byte
from codes.errors import KeyMaterialError, ProfileMismatchError, SignatureShapeError
from codes.keys import KeyRing
from codes.otp import one_time_password, pass_key
from codes.passes import Issue, IssuedPass, TopUp, issue_passes, window_at
from codes.profiles import FUSION_1, Profile
from codes.redacted import Redacted
from codes.signature import SIGNATURE_LENGTH, signed_message
from codes.text import Header, encode

Signer: TypeAlias = Callable[[bytes], bytes]


class Drawn(Redacted, frozen=True):
    """
    A code to show.

    Attributes:
        text: what goes into the QR.
        counter: step and sub it was made for.
        fresh_until_seconds: when the device shows the next one (Unix time).

    """

    shown = ("fresh_until_seconds",)

    text: str
    counter: int
    fresh_until_seconds: int


class NoPass(msgspec.Struct, frozen=True):
    """
    The device holds no pass for this instant: it must top up.
    """


Drawing: TypeAlias = Drawn | NoPass


def draw_otp(issued: IssuedPass, seed: bytes, counter: int) -> Drawn:
    """
    Draw a code of the OTP profile.

    Args:
        issued: a pass of that profile.
        seed: the device seed that belongs to the pass's key id.
        counter: of `counter_at`, at an instant in the window of the pass; others are not accepted.

    """
    suite = Header.from_bytes(issued.header).suite
    key = pass_key(suite, seed, issued.header, issued.sealed)
    return _drawn(issued, counter, one_time_password(suite, key, counter))


def draw_signed(issued: IssuedPass, sign: Signer, counter: int) -> Drawn:
    """
    Draw a code of the signed profile.

    Args:
        issued: a pass of that profile.
        sign: message to 64 bytes r ‖ s, by the device's own key.
        counter: of `counter_at`, at an instant in the window of the pass; others are not accepted.

    Raises:
        SignatureShapeError: the signer did not return 64 bytes.

    """
    signature = sign(signed_message(issued.header, issued.sealed, counter))
    if len(signature) != SIGNATURE_LENGTH:
        raise SignatureShapeError
    return _drawn(issued, counter, signature)


def draw_online(
    ring: KeyRing, issue: Issue, *, randomness: bytes, at_seconds: int, sub: int = 0
) -> Drawn:
    """
    Make a code of the OTP profile on the server, under a pass of its own.

    Args:
        ring: the issuer's keys.
        issue: for whom; the server shows codes under a device number of its own.
        randomness: five bytes.
        at_seconds: Unix time.
        sub: 0..7, one more for each code after the first in the same step.

    Raises:
        NoIssuingKeyError: no key issues now.
        OutOfRangeError: a field does not fit.
        ProfileMismatchError: `issue` asks for the signed profile, whose key only a device has.

    """
    if issue.profile is not Profile.OTP:
        raise ProfileMismatchError
    counter = counter_at(at_seconds, sub)
    (issued,) = issue_passes(
        ring, issue, [window_at(at_seconds)], randomness=randomness, now_seconds=at_seconds
    )
    seed = ring.issuing(at_seconds).device_seed(issue.holder)
    return draw_otp(issued, seed, counter)


class OfflineDevice:
    """
    A device that shows codes from a top-up, without the network.

    Args:
        top_up: passes and, for the OTP profile, seeds.
        sign: for the signed profile, message to 64 bytes r ‖ s.

    """

    __slots__ = ("_passes", "_seeds", "_sign", "_starts")

    def __init__(self, top_up: TopUp, sign: Signer | None = None) -> None:
        self._passes = sorted(top_up.passes, key=lambda issued: issued.window.starts_at_seconds)
        self._starts = [issued.window.starts_at_seconds for issued in self._passes]
        self._seeds = top_up.seeds
        self._sign = sign

    def __repr__(self) -> str:
        """
        How many passes are left to choose from, no secret.
        """
        return f"OfflineDevice(passes={len(self._passes)})"

    def draw(self, at_seconds: int, sub: int = 0) -> Drawing:
        """
        Draw the `sub`-th code of the step that holds `at_seconds`.

        Raises:
            KeyMaterialError: the top-up has no seed for the pass's key, or no signer is there.
            OutOfRangeError: `sub` is not within 0..7.

        """
        counter = counter_at(at_seconds, sub)
        instant = instant_of(counter)
        place = bisect_right(self._starts, instant) - 1
        if place < 0 or instant >= self._passes[place].window.expires_at_seconds:
            return NoPass()
        issued = self._passes[place]
        header = Header.from_bytes(issued.header)
        if header.profile is Profile.SIGNED:
            if self._sign is None:
                raise KeyMaterialError
            return draw_signed(issued, self._sign, counter)
        seed = self._seeds.get(header.key_id)
        if seed is None:
            raise KeyMaterialError
        return draw_otp(issued, seed, counter)


def _drawn(issued: IssuedPass, counter: int, proof: bytes) -> Drawn:
    raw = issued.header + issued.sealed + low_byte(counter).to_bytes(1) + proof
    return Drawn(encode(raw), counter, instant_of(counter) + FUSION_1.step_seconds)
