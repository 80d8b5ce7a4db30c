"""
What a resident does with their devices: see, revoke, freeze, unfreeze, clear an alarm.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.devices import repository
from wallet.devices.alarms import CLEARED
from wallet.devices.enrolment import name_place
from wallet.devices.errors import SignatureInvalidError
from wallet.devices.messages import clearing_message
from wallet.devices.models import DeviceRow
from wallet.devices.proofs import Challenges, approved_by
from wallet.devices.servers import ServerDevices
from wallet.devices.words import SERVER, DeviceStatus
from wallet.errors import NotFoundError
from wallet.journal.service import Entry, JournalService
from wallet.vault import Keep, Vault


class Device(Struct, frozen=True, kw_only=True):
    """
    A device as its resident sees it; `name` is empty for the server's own.
    """

    device_no: int
    kind: str
    name: str
    status: str
    drift: int
    alarmed_at: datetime | None
    approves_from: datetime | None
    created_at: datetime
    last_seen_at: datetime | None

    def __repr__(self) -> str:
        """
        Show number, kind and status only.
        """
        return f"Device({self.device_no}, {self.kind!r}, {self.status!r})"


class Clearing(Struct, frozen=True, kw_only=True):
    """
    A device's word that an alarm is settled.

    Attributes:
        device_no: whose alarm.
        signed_by: whose word; the server's own device has no key, so another one speaks for it.
        challenge: as it was given.
        signature: 64 bytes over `messages.clearing_message`.
    """

    device_no: int
    signed_by: int
    challenge: str
    signature: bytes


class KeepingService:
    """
    Keeps a resident's devices.
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

    async def of_resident(self, resident_id: int) -> Sequence[Device]:
        """
        Return the devices that are not revoked, by number, the server's own first.
        """
        async with self._database.reading() as session:
            rows = await repository.of_resident(session, resident_id)
            return [await self._value(session, row) for row in rows]

    async def revoke(self, resident_id: int, device_no: int) -> None:
        """
        Revoke a device for good, effective for every code not yet used up.

        Raises:
            NotFoundError: there is no such device, it was revoked, or it is the server's own.
        """
        now = self._clock.now()
        change = {"status": DeviceStatus.REVOKED.value, "revoked_at": now, "name": None}
        async with self._database.transaction() as session:
            if device_no == SERVER or not await repository.change(
                session, (resident_id, device_no), change
            ):
                raise NotFoundError
            await self._note(session, resident_id, "revoked", device_no)

    async def freeze(self, resident_id: int) -> None:
        """
        Freeze every device of a resident, also those that would be enrolled; once is enough.
        """
        await self._move(resident_id, DeviceStatus.ACTIVE, DeviceStatus.FROZEN, "frozen")

    async def unfreeze(self, resident_id: int) -> None:
        """
        Let a resident's devices be used again.
        """
        await self._move(resident_id, DeviceStatus.FROZEN, DeviceStatus.ACTIVE, "unfrozen")

    async def clear_alarm(self, resident_id: int, clearing: Clearing) -> None:
        """
        Clear the alarm of a device; no harm where none is on.

        Raises:
            NotFoundError: there is no such device, or it was revoked.
            SignatureInvalidError: no device that may approve signed this.
            ChallengeInvalidError: the challenge cannot be used.
        """
        place = resident_id, clearing.device_no
        async with self._database.transaction() as session:
            device = await repository.locked(session, place)
            if device is None or device.status == DeviceStatus.REVOKED:
                raise NotFoundError
            signer = await repository.device(session, (resident_id, clearing.signed_by))
            message = clearing_message(clearing.challenge, clearing.device_no)
            if not approved_by(signer, self._clock.now(), message, clearing.signature):
                raise SignatureInvalidError
            await self._challenges.take(session, resident_id, clearing.challenge)
            if device.alarmed_at is not None:
                await repository.change(session, place, {"alarmed_at": None})
                await self._note(session, resident_id, CLEARED, clearing.device_no)

    async def _move(
        self, resident_id: int, before: DeviceStatus, after: DeviceStatus, kind: str
    ) -> None:
        async with self._database.transaction() as session:
            await self._servers.locked(session, resident_id)
            if await repository.set_status(session, resident_id, before, after):
                await self._note(session, resident_id, kind, None)

    async def _note(
        self, session: AsyncSession, resident_id: int, kind: str, device_no: int | None
    ) -> None:
        entry = Entry(
            resident_id=resident_id, kind=kind, subject_id=device_no, at=self._clock.now()
        )
        await self._journal.write(session, entry)

    async def _value(self, session: AsyncSession, row: DeviceRow) -> Device:
        name = b""
        if row.name is not None:
            place = name_place(row.resident_id, row.device_no)
            name = await self._vault.decrypt(
                session, row.resident_id, Keep.WALLET, place, row.name
            )
        return Device(
            device_no=row.device_no,
            kind=row.kind,
            name=name.decode(),
            status=row.status,
            drift=row.drift,
            alarmed_at=row.alarmed_at,
            approves_from=row.approves_from,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
        )
