"""
Codes without HTTP and database: what a phone does offline, and what the server does with it.
"""

import secrets
import time
from collections.abc import Callable
from typing import Final, cast

from bench.phones import Phone
from bench.seeding import NONCE
from codes import (
    FUSION_1,
    Accepted,
    Drawn,
    Issue,
    KeyRing,
    OfflineDevice,
    Opened,
    ParsedCode,
    Profile,
    TopUp,
    load_public_key,
    new_key,
    open_code,
    parse,
    top_up,
    verify_otp,
    verify_signed,
)
from codes.keys import Holder
from codes.passes import SALT_LENGTH
from wallet.vault.keyfile import SuiteName

_ISSUER: Final = 440_100
_HOLDER: Final = Holder(1, 1, NONCE)
_AT_LEAST: Final = 3

Work = Callable[[], object]


class Pair:
    """
    A phone of one profile and suite, and the server that it shows its codes to.

    Args:
        profile: what proves the code.
        suite: of both keys.
        now_seconds: Unix time, which stands.
    """

    def __init__(self, profile: Profile, suite: SuiteName, now_seconds: int) -> None:
        self._now = now_seconds
        self._ring = KeyRing(
            _ISSUER, (new_key(0, suite.suite, secrets.token_bytes(64), now_seconds - 3600),)
        )
        self._issue = Issue(_HOLDER, profile)
        phone = Phone(suite)
        self._public_key = load_public_key(suite.suite, phone.point)
        self._device = OfflineDevice(self._topped_up(), phone.sign)
        self._text = self.draw().text

    def draw(self) -> Drawn:
        """
        Draw a code offline; there is a pass for as long as the clock stands.
        """
        return cast("Drawn", self._device.draw(self._now))

    def verify(self) -> Accepted | None:
        """
        Read and verify a code as the server does, without its database; None would be a refusal.
        """
        parsed = parse(self._text)
        opened = open_code(cast("ParsedCode", parsed), self._ring, self._now)
        if not isinstance(opened, Opened):
            return None
        if opened.profile is Profile.SIGNED:
            verified = verify_signed(opened, self._public_key, self._now)
        else:
            verified = verify_otp(opened, self._now)
        return verified if isinstance(verified, Accepted) else None

    def issue(self) -> object:
        """
        Issue three days of passes.
        """
        return self._topped_up()

    def _topped_up(self) -> TopUp:
        return top_up(
            self._ring,
            self._issue,
            randomness=secrets.token_bytes(SALT_LENGTH * FUSION_1.top_up_passes),
            now_seconds=self._now,
        )


def rate(work: Work, seconds: float) -> float:
    """
    Do some work over and over; return how often in a second of this thread's processor time.
    """
    began = time.thread_time()
    done = 0
    while done < _AT_LEAST or time.thread_time() - began < seconds:
        work()
        done += 1
    return done / (time.thread_time() - began)
