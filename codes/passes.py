"""Passes: sealed, re-randomised pointers to resident and device, each shown for ten minutes."""

import struct
from collections.abc import Sequence

import msgspec

from codes.errors import NoIssuingKeyError, OutOfRangeError
from codes.keys import NONCE_LENGTH, Holder, KeyRing, LiveKey
from codes.profiles import FUSION_1, Profile
from codes.redacted import Redacted
from codes.text import Header

SALT_LENGTH = 5
_LAYOUT = struct.Struct(">QH4sIB5s")
_PASS_SECONDS = FUSION_1.pass_seconds
_STEP_SECONDS = FUSION_1.step_seconds


class PassWindow(msgspec.Struct, frozen=True):
    """
    When a pass may be shown: from its start, until just before its expiry (Unix time).
    """

    starts_at_seconds: int
    expires_at_seconds: int


class PassContent(Redacted, frozen=True):
    """
    The 24 bytes inside a pass.

    Attributes:
        holder: resident, device and enrolment nonce.
        expires_at_seconds: Unix time, a multiple of the step; the pass starts 600 s earlier.
        flags: eight bits that the issuer sets and gets back; no meaning in this format.
        salt: 5 random bytes, so that two passes of one device look unrelated.

    """

    shown = ("expires_at_seconds",)

    holder: Holder
    expires_at_seconds: int
    flags: int
    salt: bytes


class IssuedPass(Redacted, frozen=True):
    """
    A pass as a device holds it: it cannot look inside, so it is told the window.

    Attributes:
        header: the 5 header bytes of every code that shows this pass.
        sealed: 40 bytes.
        window: when the device may show it.

    """

    shown = ("window",)

    header: bytes
    sealed: bytes
    window: PassWindow


class TopUp(Redacted, frozen=True):
    """
    What a device needs to show codes without the network.

    Attributes:
        passes: in order of time, windows side by side.
        seeds: device seed per key id; empty for the signed profile.

    """

    passes: tuple[IssuedPass, ...]
    seeds: dict[int, bytes]


class Issue(Redacted, frozen=True):
    """
    For whom and how passes are issued.

    Attributes:
        holder: resident, device and enrolment nonce.
        profile: OTP or SIGNED, as the device was enrolled.
        flags: eight bits that come back when a code is accepted.

    """

    shown = ("profile", "flags")

    holder: Holder
    profile: Profile = Profile.OTP
    flags: int = 0


def window_at(seconds: int) -> PassWindow:
    """
    Return the window that holds an instant; windows begin at multiples of 600 s.

    All devices change their pass at the same second, so that the change tells nothing.
    """
    start = seconds - seconds % _PASS_SECONDS
    return PassWindow(start, start + _PASS_SECONDS)


def plan(now_seconds: int, count: int = FUSION_1.top_up_passes) -> tuple[PassWindow, ...]:
    """
    Return the windows of a top-up: the present one and those that follow, three days in all.
    """
    first = window_at(now_seconds).starts_at_seconds
    starts = range(first, first + count * _PASS_SECONDS, _PASS_SECONDS)
    return tuple(PassWindow(start, start + _PASS_SECONDS) for start in starts)


def seal_pass(key: LiveKey, header: bytes, content: PassContent) -> bytes:
    """
    Seal the content of a pass: 24 bytes to 40.

    Raises:
        OutOfRangeError: a field does not fit, or the expiry is not at the border of a step.

    """
    holder = content.holder
    if (
        len(holder.enrolment_nonce) != NONCE_LENGTH
        or len(content.salt) != SALT_LENGTH
        or not _is_expiry(content.expires_at_seconds)
    ):
        raise OutOfRangeError
    try:
        plain = _LAYOUT.pack(
            holder.resident_id,
            holder.device_no,
            holder.enrolment_nonce,
            content.expires_at_seconds,
            content.flags,
            content.salt,
        )
    except struct.error:
        # Without a cause: its text may name the value.
        raise OutOfRangeError from None
    return key.seal(header, plain)


def open_pass(key: LiveKey, header: bytes, sealed: bytes) -> PassContent | None:
    """
    Open a sealed pass, or answer None if key, header or pass do not belong together.

    A pass whose expiry no window can have is not opened either, whoever sealed it.
    """
    plain = key.open(header, sealed)
    if plain is None:
        return None
    resident_id, device_no, nonce, expires_at, flags, salt = _LAYOUT.unpack(plain)
    if not _is_expiry(expires_at):
        return None
    return PassContent(Holder(resident_id, device_no, nonce), expires_at, flags, salt)


def issue_passes(
    ring: KeyRing,
    issue: Issue,
    windows: Sequence[PassWindow],
    *,
    randomness: bytes,
    now_seconds: int,
) -> tuple[IssuedPass, ...]:
    """
    Seal one pass per window under the key that issues now.

    Args:
        ring: the issuer's keys.
        issue: for whom and how.
        windows: usually of `plan` or `window_at`.
        randomness: five bytes per window.
        now_seconds: Unix time.

    Raises:
        NoIssuingKeyError: no key issues now, or it retires before the last pass expires.
        OutOfRangeError: a field does not fit, a window is not 600 s long, or `randomness` has
            the wrong length.

    """
    key = ring.issuing(now_seconds)
    # Only the expiry is sealed: in a longer window a device would show codes that nobody accepts.
    lengths = {window.expires_at_seconds - window.starts_at_seconds for window in windows}
    if lengths - {_PASS_SECONDS} or len(randomness) != SALT_LENGTH * len(windows):
        raise OutOfRangeError
    if any(key.is_retired(window.expires_at_seconds) for window in windows):
        raise NoIssuingKeyError
    header = Header(key.suite, issue.profile, ring.issuer, key.key_id).to_bytes()
    passes = []
    for place, window in enumerate(windows):
        salt = randomness[SALT_LENGTH * place : SALT_LENGTH * (place + 1)]
        content = PassContent(issue.holder, window.expires_at_seconds, issue.flags, salt)
        passes.append(IssuedPass(header, seal_pass(key, header, content), window))
    return tuple(passes)


def top_up(ring: KeyRing, issue: Issue, *, randomness: bytes, now_seconds: int) -> TopUp:
    """
    Issue three days of passes and, for the OTP profile, the seed that goes with their key.

    Args:
        ring: the issuer's keys.
        issue: for whom and how.
        randomness: 2160 bytes, five for each of the 432 passes.
        now_seconds: Unix time.

    Raises:
        NoIssuingKeyError: no key issues now, or it retires before the last pass expires.
        OutOfRangeError: a field does not fit, or `randomness` has the wrong length.

    """
    passes = issue_passes(
        ring, issue, plan(now_seconds), randomness=randomness, now_seconds=now_seconds
    )
    if issue.profile is not Profile.OTP:
        return TopUp(passes, {})
    key = ring.issuing(now_seconds)
    return TopUp(passes, {key.key_id: key.device_seed(issue.holder)})


def _is_expiry(seconds: int) -> bool:
    return seconds >= _PASS_SECONDS and seconds % _STEP_SECONDS == 0
