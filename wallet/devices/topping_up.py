"""
Topping up: three days of passes for a device that signs for them and tells its clock.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

import codes
from codes import FUSION_1, Issue, Profile, TopUp
from codes.keys import Holder
from codes.passes import SALT_LENGTH
from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.devices import pruning, repository
from wallet.devices.errors import DeviceFrozenError, SignatureInvalidError
from wallet.devices.messages import passes_message
from wallet.devices.models import DeviceRow
from wallet.devices.proofs import Challenges, key_of
from wallet.devices.words import DeviceStatus
from wallet.errors import NotFoundError, StateConflictError
from wallet.ids import Ids
from wallet.vault import Vault

_TRUE_SECONDS: Final = 2  # a clock that is off by less is right


class ProfileName(StrEnum):
    """
    What is to prove that the device made a code.
    """

    OTP = "otp"
    SIGNED = "signed"

    @property
    def profile(self) -> Profile:
        """
        The profile as `codes` knows it.
        """
        return Profile[self.name]


class Asked(Struct, frozen=True, kw_only=True):
    """
    What a device sends to get passes.

    Attributes:
        device_no: which device.
        profile: of the codes it will show.
        clock_seconds: what its clock says, Unix time.
        challenge: as it was given.
        signature: 64 bytes over `messages.passes_message`.
    """

    device_no: int
    profile: ProfileName
    clock_seconds: int
    challenge: str
    signature: bytes


class ToppedUp(Struct, frozen=True, kw_only=True):
    """
    What the device gets.

    Attributes:
        top_up: passes and, for the OTP profile, the seed of each key id.
        drift: −1, 0 or +1: where its codes stand from now on.
        clock_offset_seconds: how far its clock is ahead; negative when it is behind.
        clock_warning: its clock is off by more than a step, so that its codes will be refused.
    """

    top_up: TopUp
    drift: int
    clock_offset_seconds: int
    clock_warning: bool


class ToppingUpService:
    """
    Gives passes to devices.
    """

    def __init__(
        self, *, database: Database, clock: Clock, ids: Ids, vault: Vault, challenges: Challenges
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._challenges = challenges

    def opening(self) -> str:
        """
        Return the ids of the keys whose passes are accepted now, as pages are told them.

        A pass of another one is good for nothing: its key was retired before its time.
        """
        ring, now_seconds = self._vault.code_ring, seconds(self._clock.now())
        live = (key.key_id for key in ring.keys if ring.find(key.key_id, now_seconds))
        return " ".join(str(key_id) for key_id in live)

    async def top_up(self, resident_id: int, asked: Asked) -> ToppedUp:
        """
        Give a device three days of passes, and record its drift: here and nowhere else.

        Raises:
            NotFoundError: there is no such device, it was revoked, or it is the server's own.
            DeviceFrozenError: the resident has frozen their devices.
            SignatureInvalidError: the device did not sign this.
            ChallengeInvalidError: the challenge cannot be used.
            StateConflictError: codes of the present suite cannot be signed by the device's key.
        """
        now = self._clock.now()
        offset = asked.clock_seconds - seconds(now)
        drift = drift_of(offset)
        place = resident_id, asked.device_no
        async with self._database.transaction() as session:
            device = await self._proven(session, place, asked)
            await self._challenges.take(session, resident_id, asked.challenge)
            await pruning.forget(session, resident_id, now)
            await repository.change(session, place, {"drift": drift, "last_seen_at": now})
        holder = Holder(resident_id, asked.device_no, device.enrolment_nonce)
        top_up = codes.top_up(
            self._vault.code_ring,
            Issue(holder, asked.profile.profile),
            randomness=self._ids.secret(SALT_LENGTH * FUSION_1.top_up_passes),
            now_seconds=seconds(now),
        )
        return ToppedUp(
            top_up=top_up,
            drift=drift,
            clock_offset_seconds=offset,
            clock_warning=abs(offset) > FUSION_1.step_seconds,
        )

    async def _proven(
        self, session: AsyncSession, place: repository.Place, asked: Asked
    ) -> DeviceRow:
        device = await repository.locked(session, place)
        key = key_of(device)
        if device is None or key is None or device.status == DeviceStatus.REVOKED:
            raise NotFoundError
        message = passes_message(
            asked.challenge, asked.device_no, asked.profile.value, asked.clock_seconds
        )
        if not key.verify(message, asked.signature):
            raise SignatureInvalidError
        if device.status == DeviceStatus.FROZEN:
            raise DeviceFrozenError
        issuing = self._vault.code_ring.issuing(seconds(self._clock.now()))
        if asked.profile is ProfileName.SIGNED and key.suite is not issuing.suite:
            raise StateConflictError("The device's key belongs to another suite.")
        return device


def drift_of(offset_seconds: int) -> int:
    """
    Return the drift to record for a clock that is ahead by that much: −1, 0 or +1.

    A clock that is ahead by less than a step is in the next step part of the time, so its codes
    are met one step ahead.
    """
    if abs(offset_seconds) < _TRUE_SECONDS:
        return 0
    return 1 if offset_seconds > 0 else -1
