"""
Numeric codes for one-dimensional scanners: made for sixty seconds, used up once.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from codes import NumericCode, make_numeric
from codes.numeric import LIFE_SECONDS, RANDOMNESS_LENGTH
from wallet.clock import Clock
from wallet.db.session import Database
from wallet.devices import budgets, pruning, repository
from wallet.devices.alarms import Alarms, Seen
from wallet.devices.errors import DeviceFrozenError
from wallet.devices.models import BarcodeRow
from wallet.devices.servers import ServerDevices
from wallet.devices.words import SERVER, DeviceStatus, Unusable
from wallet.errors import RateLimitedError
from wallet.http.callers import TerminalCaller
from wallet.ids import Ids

_LIFE: Final = timedelta(seconds=LIFE_SECONDS)


class Barcode(Struct, frozen=True, kw_only=True):
    """
    A numeric code to show.
    """

    code: NumericCode
    expires_at: datetime


class Redeemed(Struct, frozen=True, kw_only=True):
    """
    A numeric code that is used up now.
    """

    resident_id: int
    device_no: int


class BarcodesService:
    """
    Makes numeric codes and uses them up.
    """

    def __init__(
        self, *, database: Database, clock: Clock, ids: Ids, servers: ServerDevices, alarms: Alarms
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._servers = servers
        self._alarms = alarms

    async def make(self, resident_id: int) -> Barcode:
        """
        Make a numeric code.

        Raises:
            DeviceFrozenError: the resident has frozen their devices.
            RateLimitedError: too many in a short time.
        """
        now = self._clock.now()
        async with self._database.transaction() as session:
            server = await self._servers.locked(session, resident_id)
            if server.status != DeviceStatus.ACTIVE:
                raise DeviceFrozenError
            if not await budgets.spend(session, budgets.barcodes(resident_id), now):
                raise RateLimitedError(retry_after_seconds=LIFE_SECONDS)
            await pruning.forget(session, resident_id, now)
            code = await self._added(session, resident_id, now + _LIFE)
        return Barcode(code=code, expires_at=now + _LIFE)

    async def redeem(
        self, session: AsyncSession, caller: TerminalCaller, digest: bytes
    ) -> Redeemed | Unusable:
        """
        Use a numeric code up.

        Every look-up is counted as a wrong guess before it is made; where the code was one of
        ours, the count is taken back in the same transaction.

        Args:
            session: of the caller's transaction, to be committed whatever the answer is.
            caller: who scanned it.
            digest: SHA-256 of the twenty digits.
        """
        now = self._clock.now()
        guessed = budgets.guesses_of_terminal(caller), budgets.guesses_together(caller)
        for budget in guessed:
            if not await budgets.spend(session, budget, now):
                return Unusable.OVER_BUDGET
        taken = await repository.use_up_barcode(session, caller, digest, now)
        row = await repository.barcode(session, digest)
        if row is None:
            return Unusable.UNKNOWN
        for budget in guessed:
            await budgets.refund(session, budget, now)
        if not taken:
            return await self._refused(session, caller, row)
        server = await repository.device(session, (row.resident_id, SERVER))
        if server is None:
            return Unusable.UNKNOWN
        if server.status != DeviceStatus.ACTIVE:
            return Unusable.FROZEN
        return Redeemed(resident_id=row.resident_id, device_no=SERVER)

    async def _added(
        self, session: AsyncSession, resident_id: int, expires_at: datetime
    ) -> NumericCode:
        while True:
            code = make_numeric(self._ids.secret(RANDOMNESS_LENGTH))
            # one that is there already was given to somebody else, whom it would show
            if await repository.add_barcode(session, digest_of(code), resident_id, expires_at):
                return code

    async def _refused(
        self, session: AsyncSession, caller: TerminalCaller, row: BarcodeRow
    ) -> Unusable:
        if row.expires_at <= self._clock.now() or row.used_at is None:
            return Unusable.EXPIRED
        if row.party_id is None or row.terminal_id is None:
            return Unusable.USED
        first = Seen(party_id=row.party_id, terminal_id=row.terminal_id, at=row.used_at)
        return await self._alarms.repeated(session, caller, (row.resident_id, SERVER), first)


def digest_of(code: NumericCode) -> bytes:
    """
    Return what a numeric code is found by.
    """
    return sha256(code.digits.encode()).digest()
