"""Verification in two parts, without a database: open the pass, then check the proof."""

import hmac
from typing import TypeAlias

from codes.counter import counter_in_pass, instant_of, step_at
from codes.errors import ProfileMismatchError, RefusalCode, Refused
from codes.keys import Holder, KeyRing, LiveKey
from codes.otp import one_time_password, pass_key
from codes.passes import open_pass
from codes.profiles import FUSION_1, Profile, Suite
from codes.redacted import Redacted
from codes.signature import PublicKey, signed_message
from codes.text import ParsedCode

_NOT_ACCEPTED = Refused(RefusalCode.CODE_NOT_ACCEPTED)
_EXPIRED = Refused(RefusalCode.CODE_EXPIRED)
_NOT_YET_VALID = Refused(RefusalCode.CODE_NOT_YET_VALID)


class Opened(Redacted, frozen=True):
    """
    A code whose pass opened: it says who, and proves nothing yet.

    Attributes:
        parsed: the code.
        holder: resident, device and enrolment nonce.
        expires_at_seconds: when the pass expires (Unix time).
        flags: as the issuer set them.
        key: the key that opened it.

    """

    shown = ("parsed",)

    parsed: ParsedCode
    holder: Holder
    expires_at_seconds: int
    flags: int
    key: LiveKey

    @property
    def resident_id(self) -> int:
        """
        The resident the pass points to.
        """
        return self.holder.resident_id

    @property
    def device_no(self) -> int:
        """
        The device the pass points to.
        """
        return self.holder.device_no

    @property
    def enrolment_nonce(self) -> bytes:
        """
        The nonce of the enrolment the pass was issued under.
        """
        return self.holder.enrolment_nonce

    @property
    def profile(self) -> Profile:
        """
        Which of `verify_otp` and `verify_signed` is to be called.
        """
        return self.parsed.header.profile

    @property
    def suite(self) -> Suite:
        """
        The suite the public key must belong to.
        """
        return self.parsed.header.suite


class Accepted(Redacted, frozen=True):
    """
    A code that was made by the device, for now. Whether it was used before is not known here.

    Attributes:
        resident_id: 64 bits.
        device_no: 16 bits.
        enrolment_nonce: 4 bytes; must equal the device's present one.
        counter: what must be consumed, once.
        step_offset: −1, 0 or +1; +1 only for a device whose recorded drift is +1.
        flags: as the issuer set them.
        suite: of the code.
        profile: of the code.
        pass_expires_at_seconds: Unix time.

    """

    shown = ("step_offset", "suite", "profile")

    resident_id: int
    device_no: int
    enrolment_nonce: bytes
    counter: int
    step_offset: int
    flags: int
    suite: Suite
    profile: Profile
    pass_expires_at_seconds: int


Opening: TypeAlias = Opened | Refused
Verification: TypeAlias = Accepted | Refused


def open_code(parsed: ParsedCode, ring: KeyRing, now_seconds: int) -> Opening:
    """
    Find the key and open the pass.

    A foreign issuer, an unknown or retired key, another suite and a tampered pass are one
    answer, `CODE_NOT_ACCEPTED`.
    """
    header = parsed.header
    key = ring.find(header.key_id, now_seconds)
    if key is None or key.suite is not header.suite or header.issuer != ring.issuer:
        return _NOT_ACCEPTED
    content = open_pass(key, parsed.header_bytes, parsed.sealed_pass)
    if content is None:
        return _NOT_ACCEPTED
    return Opened(parsed, content.holder, content.expires_at_seconds, content.flags, key)


def verify_otp(opened: Opened, now_seconds: int) -> Verification:
    """
    Check the one-time password, then the time.

    `CODE_NOT_ACCEPTED` here means a wrong one-time password under a valid pass, which the
    caller counts per terminal and per device. A right one that is old is `CODE_EXPIRED`, however
    old, as long as its key lives.

    Raises:
        ProfileMismatchError: the code is a signed one.

    """
    if opened.profile is not Profile.OTP:
        raise ProfileMismatchError
    parsed = opened.parsed
    counter = counter_in_pass(parsed.counter_low, opened.expires_at_seconds)
    if counter is None:
        return _NOT_ACCEPTED
    seed = opened.key.device_seed(opened.holder)
    key = pass_key(opened.suite, seed, parsed.header_bytes, parsed.sealed_pass)
    if not hmac.compare_digest(one_time_password(opened.suite, key, counter), parsed.proof):
        return _NOT_ACCEPTED
    return _judge_time(opened, counter, now_seconds)


def verify_signed(opened: Opened, public_key: PublicKey, now_seconds: int) -> Verification:
    """
    Check the device's signature, then the time.

    The answers mean what those of `verify_otp` mean; a wrong signature is counted like a wrong
    password.

    Args:
        opened: a code of the signed profile.
        public_key: of the enrolment that `opened` names; one of another suite verifies nothing.
        now_seconds: Unix time.

    Raises:
        ProfileMismatchError: the code is not a signed one.

    """
    if opened.profile is not Profile.SIGNED:
        raise ProfileMismatchError
    parsed = opened.parsed
    counter = counter_in_pass(parsed.counter_low, opened.expires_at_seconds)
    if counter is None or public_key.suite is not opened.suite:
        return _NOT_ACCEPTED
    message = signed_message(parsed.header_bytes, parsed.sealed_pass, counter)
    if not public_key.verify(message, parsed.proof):
        return _NOT_ACCEPTED
    return _judge_time(opened, counter, now_seconds)


def _judge_time(opened: Opened, counter: int, now_seconds: int) -> Verification:
    offset = step_at(instant_of(counter)) - step_at(now_seconds)
    if offset < -FUSION_1.offset_limit:
        return _EXPIRED
    if offset > FUSION_1.offset_limit:
        return _NOT_YET_VALID
    return Accepted(
        resident_id=opened.resident_id,
        device_no=opened.device_no,
        enrolment_nonce=opened.enrolment_nonce,
        counter=counter,
        step_offset=offset,
        flags=opened.flags,
        suite=opened.suite,
        profile=opened.profile,
        pass_expires_at_seconds=opened.expires_at_seconds,
    )
