"""
What the rest of the wallet asks of devices: use a code up once, and check what a device signed.
"""

from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from codes import Accepted, Opened, PublicKey
from wallet.clock import Clock
from wallet.devices import budgets, pruning, repository
from wallet.devices.alarms import Alarms, Seen
from wallet.devices.barcodes import BarcodesService, Redeemed
from wallet.devices.messages import approval_message
from wallet.devices.models import DeviceRow, UsedCounterRow
from wallet.devices.proofs import approved_by, key_of
from wallet.devices.words import DeviceStatus, Unusable
from wallet.http.callers import TerminalCaller

__all__ = ("Consumed", "DevicesService", "Redeemed", "Unusable")

_AHEAD: Final = 1


class Consumed(Struct, frozen=True, kw_only=True):
    """
    A code that is used up now.
    """

    resident_id: int
    device_no: int


class DevicesService:
    """
    Answers inside transactions that the caller commits.
    """

    def __init__(self, *, clock: Clock, alarms: Alarms, barcodes: BarcodesService) -> None:
        self._clock = clock
        self._alarms = alarms
        self._barcodes = barcodes

    async def public_key(self, session: AsyncSession, opened: Opened) -> PublicKey | Unusable:
        """
        Return the key that the device of a pass signs with, of a revoked device too.

        That the device was revoked is told by `consume`, once the signature was found right.

        Returns:
            `Unusable.REVOKED` when the device was enrolled anew since the pass was sealed, whose
            key says nothing about it; `Unusable.UNKNOWN` when it has no key.
        """
        device = await repository.device(session, (opened.resident_id, opened.device_no))
        key = key_of(device)
        if device is None or key is None:
            return Unusable.UNKNOWN
        return key if device.enrolment_nonce == opened.enrolment_nonce else Unusable.REVOKED

    async def consume(
        self, session: AsyncSession, caller: TerminalCaller, accepted: Accepted
    ) -> Consumed | Unusable:
        """
        Use a code up.

        A refusal may raise the alarm of the device, which holds only if the caller commits.

        Args:
            session: of the caller's transaction.
            caller: who scanned it.
            accepted: a code whose password or signature was right.
        """
        if await self._used_up(session, caller, accepted):
            return Consumed(resident_id=accepted.resident_id, device_no=accepted.device_no)
        place = accepted.resident_id, accepted.device_no
        device = await repository.locked(session, place)
        if device is None:
            return Unusable.UNKNOWN
        barred = _barred(device, accepted)
        if barred is not None:
            return barred
        if accepted.counter <= device.high_water:
            return await self._repeated(session, caller, accepted, device.high_water)
        if accepted.step_offset >= _AHEAD and device.drift != 1:
            return Unusable.DRIFT
        # what stood against it went away between the two statements; now that we hold the lock
        # nothing new can
        return await self.consume(session, caller, accepted)

    async def stopped(
        self, session: AsyncSession, resident_id: int, device_no: int
    ) -> Unusable | None:
        """
        Tell why a code that was used up may not be answered any more; None when it may.

        Returns:
            `Unusable.FROZEN` or `Unusable.REVOKED` when the device became so since, else None.
        """
        device = await repository.device(session, (resident_id, device_no))
        return Unusable.REVOKED if device is None else _stopped(device)

    async def alarmed(self, session: AsyncSession, resident_id: int, device_no: int) -> bool:
        """
        Tell whether a device's clone alarm is on.
        """
        device = await repository.device(session, (resident_id, device_no))
        return device is not None and device.alarmed_at is not None

    async def redeem(
        self, session: AsyncSession, caller: TerminalCaller, digest: bytes
    ) -> Redeemed | Unusable:
        """
        Use a numeric code up; the caller commits what was counted, refused or not.
        """
        return await self._barcodes.redeem(session, caller, digest)

    async def count_failure(
        self,
        session: AsyncSession,
        *,
        party_id: int,
        terminal_id: int,
        resident_id: int,
        device_no: int,
    ) -> bool:
        """
        Count a wrong one-time password or signature under a valid pass.

        Returns:
            True when the terminal or the device is over its budget. Right codes go on being
            accepted: a photo must not be able to lock somebody out.
        """
        now = self._clock.now()
        of_terminal = budgets.passwords_of_terminal(party_id, terminal_id)
        of_device = budgets.passwords_of_device(resident_id, device_no)
        terminal_within = await budgets.spend(session, of_terminal, now)
        device_within = await budgets.spend(session, of_device, now)
        return not (terminal_within and device_within)

    async def verify_approval(
        self,
        session: AsyncSession,
        resident_id: int,
        device_no: int,
        message: bytes,
        signature: bytes,
    ) -> bool:
        """
        Tell whether an active device of the resident, entitled to approve, signed a message.

        Args:
            session: of the caller's transaction.
            resident_id: who approves.
            device_no: with which device.
            message: what is approved; the device signs `messages.approval_message` of it.
            signature: 64 bytes, r ‖ s.
        """
        device = await repository.device(session, (resident_id, device_no))
        return approved_by(device, self._clock.now(), approval_message(message), signature)

    async def prune(self, session: AsyncSession) -> int:
        """
        Forget numeric codes and counts of guesses that are over; returns how many rows went.

        What belongs to a resident is forgotten as the resident's devices go on being used.
        """
        return await pruning.prune(session, self._clock.now())

    async def _used_up(
        self, session: AsyncSession, caller: TerminalCaller, accepted: Accepted
    ) -> bool:
        now = self._clock.now()
        place = accepted.resident_id, accepted.device_no
        raised = await repository.use_up(
            session,
            place,
            counter=accepted.counter,
            ahead=accepted.step_offset >= _AHEAD,
            enrolment_nonce=accepted.enrolment_nonce,
            now=now,
        )
        return raised and await repository.add_used(
            session,
            {
                "resident_id": accepted.resident_id,
                "device_no": accepted.device_no,
                "counter": accepted.counter,
                "party_id": caller.party_id,
                "terminal_id": caller.terminal_id,
                "at": now,
            },
        )

    async def _repeated(
        self, session: AsyncSession, caller: TerminalCaller, accepted: Accepted, highest: int
    ) -> Unusable:
        place = accepted.resident_id, accepted.device_no
        same = await repository.used(session, place, accepted.counter)
        if same is not None:
            return await self._alarms.repeated(session, caller, place, _seen(same))
        newer = await repository.used(session, place, highest)
        return await self._alarms.older(
            session, caller, place, None if newer is None else _seen(newer)
        )


def _seen(row: UsedCounterRow) -> Seen:
    """
    Return where and when a counter was used up.
    """
    return Seen(party_id=row.party_id, terminal_id=row.terminal_id, at=row.at)


def _barred(device: DeviceRow, accepted: Accepted) -> Unusable | None:
    if device.enrolment_nonce != accepted.enrolment_nonce:
        return Unusable.REVOKED
    return _stopped(device)


def _stopped(device: DeviceRow) -> Unusable | None:
    if device.status == DeviceStatus.REVOKED:
        return Unusable.REVOKED
    return Unusable.FROZEN if device.status == DeviceStatus.FROZEN else None
