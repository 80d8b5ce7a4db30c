"""
Proofs that a device's key is at hand: challenges, used once, and signatures.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from codes import PublicKey, load_public_key
from wallet.clock import Clock, seconds
from wallet.devices import repository
from wallet.devices.errors import ChallengeInvalidError
from wallet.devices.models import DeviceRow
from wallet.devices.words import DeviceStatus, SuiteName
from wallet.ids import Ids
from wallet.vault import Vault

LIFE: Final = timedelta(minutes=5)
KIND: Final = "chl"
_RANDOM_BYTES: Final = 4
_RANDOM_BITS: Final = 8 * _RANDOM_BYTES


class Challenge(Struct, frozen=True, kw_only=True):
    """
    Something to sign.

    Attributes:
        text: as it goes into the message.
        expires_at: until when it can be answered.
    """

    text: str
    expires_at: datetime


class Challenges:
    """
    Gives challenges and takes each back once.

    A challenge carries its own expiry, sealed for its resident; only those that were answered are
    kept.
    """

    def __init__(self, *, clock: Clock, ids: Ids, vault: Vault) -> None:
        self._clock = clock
        self._ids = ids
        self._vault = vault

    def give(self, resident_id: int) -> Challenge:
        """
        Return a fresh challenge.
        """
        expires_at = self._clock.now().replace(microsecond=0) + LIFE
        random = int.from_bytes(self._ids.secret(_RANDOM_BYTES))
        number = seconds(expires_at) << _RANDOM_BITS | random
        text = self._vault.seal_id(KIND, f"resident:{resident_id}", resident_id, number)
        return Challenge(text=text, expires_at=expires_at)

    async def take(self, session: AsyncSession, resident_id: int, text: str) -> None:
        """
        Use a challenge up.

        Raises:
            ChallengeInvalidError: it is not the resident's, its time is over, or it was used.
        """
        opened = self._vault.open_id(KIND, f"resident:{resident_id}", text)
        if opened is None:
            raise ChallengeInvalidError
        number = opened[1]
        expires_at = datetime.fromtimestamp(number >> _RANDOM_BITS, UTC)
        if expires_at <= self._clock.now() or not await repository.spend_challenge(
            session, resident_id, _kept(number), expires_at
        ):
            raise ChallengeInvalidError


def _kept(number: int) -> int:
    """
    Return a number of 64 bits as the database keeps it, which knows signed ones only.
    """
    return number - (number >> 63 << 64)


def key_of(device: DeviceRow | None) -> PublicKey | None:
    """
    Return the public key of a device; None where it has none.
    """
    if device is None or device.public_key is None or device.suite is None:
        return None
    return load_public_key(SuiteName(device.suite).suite, device.public_key)


def approved_by(device: DeviceRow | None, now: datetime, message: bytes, signature: bytes) -> bool:
    """
    Tell whether a device that may speak for its resident signed a message.

    Args:
        device: None where there is no such device.
        now: aware UTC instant.
        message: one of `messages`.
        signature: 64 bytes, r ‖ s.
    """
    key = key_of(device)
    if device is None or key is None or device.approves_from is None:
        return False
    may = device.status == DeviceStatus.ACTIVE and device.approves_from <= now
    return may and key.verify(message, signature)
