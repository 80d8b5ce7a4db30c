"""
Enrolment: a device proves that it holds a key, and becomes one of the resident's devices.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from codes import load_public_key
from wallet.clock import Clock
from wallet.db.session import Database
from wallet.devices import pruning, repository
from wallet.devices.errors import DeviceFrozenError, SignatureInvalidError
from wallet.devices.messages import enrolment_message, vouching_message
from wallet.devices.proofs import Challenge, Challenges, approved_by
from wallet.devices.public_keys import read_public_key
from wallet.devices.servers import ServerDevices
from wallet.devices.words import LARGEST_NUMBER, DeviceKind, DeviceStatus, SuiteName
from wallet.errors import StateConflictError, ValidationFailedError
from wallet.journal.service import Entry, JournalService
from wallet.vault import Keep, Place, Vault

MOST_DEVICES: Final = 16  # that are not revoked, the server's own not counted
COOL_DOWN: Final = timedelta(hours=24)
_FIRST: Final = 1


class Vouching(Struct, frozen=True, kw_only=True):
    """
    An enrolled device's word for a new one.

    Attributes:
        device_no: whose word.
        signature: 64 bytes over `messages.vouching_message`.
    """

    device_no: int
    signature: bytes


class Enrolment(Struct, frozen=True, kw_only=True):
    """
    What a new device sends.

    Attributes:
        public_key: SubjectPublicKeyInfo, base64.
        challenge: as it was given.
        signature: 64 bytes over `messages.enrolment_message`.
        kind: what it is.
        name: as the resident calls it.
        vouching: of another device, or None.
    """

    public_key: str
    challenge: str
    signature: bytes
    kind: DeviceKind
    name: str
    vouching: Vouching | None = None

    def __repr__(self) -> str:
        """
        Show the kind only.
        """
        return f"Enrolment({self.kind!r}, …)"


class Enrolled(Struct, frozen=True, kw_only=True):
    """
    A new device.

    Attributes:
        device_no: its number among the resident's devices, never given again.
        approves_from: from when on it may approve payments.
    """

    device_no: int
    approves_from: datetime


class EnrolmentService:
    """
    Enrols devices.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        challenges: Challenges,
        servers: ServerDevices,
        journal: JournalService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._challenges = challenges
        self._servers = servers
        self._journal = journal

    def challenge(self, resident_id: int) -> Challenge:
        """
        Return something for a device to sign, once, within five minutes.
        """
        return self._challenges.give(resident_id)

    async def enrol(self, resident_id: int, enrolment: Enrolment) -> Enrolled:
        """
        Enrol a device.

        The resident's first device may approve payments at once. A later one may after a day, or
        at once if a device that may approve vouches for it: whoever has but a stolen session can
        enrol a device and still not pay with it.

        A key that is an active device's already enrols nothing: an answer was lost.

        Raises:
            ValidationFailedError: the public key is not one.
            SignatureInvalidError: the device, or the one that vouches, did not sign this.
            ChallengeInvalidError: the challenge cannot be used.
            DeviceFrozenError: the resident has frozen their devices.
            StateConflictError: the resident has as many devices as there may be.
        """
        suite, point = _proven(enrolment)
        async with self._database.transaction() as session:
            await self._challenges.take(session, resident_id, enrolment.challenge)
            await self._insist_unfrozen(session, resident_id)
            # after the lock, as whoever makes codes does it
            await pruning.forget(session, resident_id, self._clock.now())
            known = await repository.with_key(session, resident_id, point)
            if known is not None and known.approves_from is not None:
                return Enrolled(device_no=known.device_no, approves_from=known.approves_from)
            number = await self._number(session, resident_id)
            approves_from = await self._approves_from(session, resident_id, number, enrolment)
            row = self._servers.fresh(resident_id, number, enrolment.kind)
            row |= {
                "public_key": point,
                "suite": suite.value,
                "name": await self._sealed(session, resident_id, number, enrolment.name),
                "approves_from": approves_from,
            }
            await repository.add(session, row)
            await self._journal.write(
                session,
                Entry(
                    resident_id=resident_id,
                    kind="enrolled",
                    subject_id=number,
                    at=self._clock.now(),
                ),
            )
        return Enrolled(device_no=number, approves_from=approves_from)

    async def _insist_unfrozen(self, session: AsyncSession, resident_id: int) -> None:
        """
        Insist that the devices are not frozen; nobody else enrols before this transaction ends.
        """
        server = await self._servers.locked(session, resident_id)
        if server.status != DeviceStatus.ACTIVE:
            raise DeviceFrozenError

    async def _number(self, session: AsyncSession, resident_id: int) -> int:
        highest, living = await repository.numbers(session, resident_id)
        if living > MOST_DEVICES or highest >= LARGEST_NUMBER:
            raise StateConflictError("Revoke a device first.")
        return highest + 1

    async def _approves_from(
        self, session: AsyncSession, resident_id: int, number: int, enrolment: Enrolment
    ) -> datetime:
        now = self._clock.now()
        vouching = enrolment.vouching
        if vouching is None:
            return now if number == _FIRST else now + COOL_DOWN
        device = await repository.device(session, (resident_id, vouching.device_no))
        message = vouching_message(enrolment.challenge, enrolment.public_key)
        if not approved_by(device, now, message, vouching.signature):
            raise SignatureInvalidError
        return now

    async def _sealed(
        self, session: AsyncSession, resident_id: int, number: int, name: str
    ) -> bytes:
        place = name_place(resident_id, number)
        return await self._vault.encrypt(session, resident_id, Keep.WALLET, place, name.encode())


def name_place(resident_id: int, device_no: int) -> Place:
    """
    Return where a device's name lies, which its encryption is bound to.
    """
    return Place("devices", "name", f"{resident_id}/{device_no}")


def _proven(enrolment: Enrolment) -> tuple[SuiteName, bytes]:
    read = read_public_key(enrolment.public_key)
    if read is None:
        raise ValidationFailedError("Look at: public_key")
    suite, point = read
    message = enrolment_message(
        enrolment.challenge, enrolment.public_key, enrolment.kind.value, enrolment.name
    )
    if not load_public_key(suite.suite, point).verify(message, enrolment.signature):
        raise SignatureInvalidError
    return suite, point
