"""
Codes that the server makes for a resident whose device shows no codes of its own.
"""

from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from codes import FUSION_1, Issue, counter_at, draw_online, instant_of
from codes.keys import Holder
from codes.passes import SALT_LENGTH
from wallet.clock import Clock, seconds
from wallet.db.session import Database
from wallet.devices import pruning, repository
from wallet.devices.errors import DeviceFrozenError
from wallet.devices.servers import ServerDevices
from wallet.devices.words import SERVER, DeviceStatus
from wallet.errors import RateLimitedError
from wallet.ids import Ids
from wallet.vault import Vault

_LAST_SUB: Final = FUSION_1.subs - 1


class Shown(Struct, frozen=True, kw_only=True):
    """
    A code to show.

    Attributes:
        text: what goes into the QR.
        fresh_until: when to show another one.
        poll_after_seconds: in how many seconds that is; at least 1.
    """

    text: str
    fresh_until: datetime
    poll_after_seconds: int

    def __repr__(self) -> str:
        """
        Show nothing of the code.
        """
        return "Shown(…)"


class ShowingService:
    """
    Makes codes under the server's own device.
    """

    def __init__(
        self, *, database: Database, clock: Clock, ids: Ids, vault: Vault, servers: ServerDevices
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._servers = servers

    async def show(self, resident_id: int) -> Shown:
        """
        Make a fresh code: each call another one, at most eight in a step of 30 s.

        Raises:
            DeviceFrozenError: the resident has frozen their devices.
            RateLimitedError: the step has no code left.
        """
        now_seconds = seconds(self._clock.now())
        counter, nonce = await self._drawn(resident_id, now_seconds)
        drawn = draw_online(
            self._vault.code_ring,
            Issue(Holder(resident_id, SERVER, nonce)),
            randomness=self._ids.secret(SALT_LENGTH),
            at_seconds=now_seconds,
            sub=counter % FUSION_1.subs,
        )
        fresh_until = drawn.fresh_until_seconds
        return Shown(
            text=drawn.text,
            fresh_until=datetime.fromtimestamp(fresh_until, UTC),
            poll_after_seconds=max(1, fresh_until - now_seconds),
        )

    async def _drawn(self, resident_id: int, now_seconds: int) -> tuple[int, bytes]:
        first, last = counter_at(now_seconds, 0), counter_at(now_seconds, _LAST_SUB)
        async with self._database.transaction() as session:
            drawn = await repository.draw(session, resident_id, first, last)
            if drawn is None:
                server = await self._servers.locked(session, resident_id)
                if server.status != DeviceStatus.ACTIVE:
                    raise DeviceFrozenError
                drawn = await repository.draw(session, resident_id, first, last)
                if drawn is None:
                    free_at = instant_of(server.drawn) + FUSION_1.step_seconds
                    raise RateLimitedError(retry_after_seconds=max(1, free_at - now_seconds))
            if drawn[0] == first:
                await pruning.forget(session, resident_id, self._clock.now())
        return drawn
