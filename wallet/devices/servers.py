"""
The server's own device, number 0 of each resident: made at first use.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from codes.keys import NONCE_LENGTH
from wallet.clock import Clock
from wallet.devices import repository
from wallet.devices.models import DeviceRow
from wallet.devices.words import SERVER, DeviceKind, DeviceStatus
from wallet.ids import Ids


class ServerDevices:
    """
    Makes and locks the devices that server-made codes are drawn under.

    Whoever adds a device of a resident or changes the state of all of them locks this one first.
    """

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    async def made(self, session: AsyncSession, resident_id: int) -> None:
        """
        Make the device unless it is there.
        """
        await repository.add(session, self.fresh(resident_id, SERVER, DeviceKind.SERVER))

    async def locked(self, session: AsyncSession, resident_id: int) -> DeviceRow:
        """
        Return the device, made if need be, locked until the transaction ends.
        """
        found = await repository.locked(session, (resident_id, SERVER))
        if found is None:
            await self.made(session, resident_id)
            found = await repository.locked(session, (resident_id, SERVER))
        if found is None:
            msg = "a device vanished"
            raise LookupError(msg)
        return found

    def fresh(self, resident_id: int, device_no: int, kind: DeviceKind) -> dict[str, Any]:
        """
        Return the columns of a new device that was never used.
        """
        return {
            "resident_id": resident_id,
            "device_no": device_no,
            "kind": kind.value,
            "status": DeviceStatus.ACTIVE.value,
            "enrolment_nonce": self._ids.secret(NONCE_LENGTH),
            "public_key": None,
            "suite": None,
            "name": None,
            "drift": 0,
            "high_water": -1,
            "drawn": -1,
            "alarmed_at": None,
            "approves_from": None,
            "created_at": self._clock.now(),
            "last_seen_at": None,
            "revoked_at": None,
        }
