"""
A process joins the deployment, beats while it lives, and may write money as long as it is known.

Who may write is decided by rows alone, never by comparing clocks of machines: a row that was taken
away is a lease that was taken over. The same beat compares the clock with what the database knows.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.http.timekeeping import Timekeeping
from wallet.ids import Ids
from wallet.instances import repository
from wallet.instances.errors import NotOfDeploymentError

EVERY_SECONDS: Final = 2.0
SILENT_BEATS: Final = 10
_FIRST_SECONDS: Final = 5.0
_INSISTED: Final = "wallet_instance"

_log = structlog.get_logger("wallet.instances")


class Identity(Struct, frozen=True, kw_only=True):
    """
    Who a process is.

    Attributes:
        seat: a place in the deployment that one generation at a time may hold; empty: none.
        generation: the same for all processes that one parent started; 0: this one's own.
        same_time: whether the database's clock is to tell the same time as ours.
    """

    seat: str = ""
    generation: int = 0
    same_time: bool = True


class Membership:
    """
    What one process is to the others. One that never joins, such as a command, is not asked.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        timekeeping: Timekeeping,
        identity: Identity,
    ) -> None:
        self._database = database
        self._clock = clock
        self._timekeeping = timekeeping
        self._identity = identity
        self._instance_id = ids.local()
        self._generation = identity.generation or ids.local()
        self._started_at = clock.now()
        self._kind = ""
        self._joined = False
        self._lost = False
        self._others: dict[int, tuple[int, int]] = {}
        self._told: list[Callable[[], None]] = []

    def when_lost(self, do: Callable[[], None]) -> None:
        """
        Do something once this process was taken over or given up; it cannot join again.
        """
        self._told.append(do)

    async def insist(self, session: AsyncSession) -> None:
        """
        Insist, in the transaction that writes money, that this process may; once is enough.

        Nobody takes it over before the transaction has ended.

        Raises:
            NotOfDeploymentError: it was taken over, or has not joined yet; roll back.
        """
        if not self._kind or _INSISTED in session.info:
            return
        known = self._joined and not self._lost
        if not known or not await repository.is_member(session, self._instance_id):
            raise NotOfDeploymentError(retry_after_seconds=1)
        session.info[_INSISTED] = True

    @asynccontextmanager
    async def present(self, kind: str) -> AsyncIterator[None]:
        """
        Be of the deployment meanwhile.

        Args:
            kind: ``server`` or ``worker``.
        """
        self._kind = kind
        try:
            async with asyncio.timeout(_FIRST_SECONDS):
                await self._try(self.beat)
        except TimeoutError:
            _log.warning("database away at the start")
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
            await self._try(self._leave)

    async def beat(self) -> None:
        """
        Join if need be, say that this process lives, look at the clock and after the others.
        """
        try:
            if not self._joined:
                await self._join()
            async with self._database.transaction() as session:
                known = await repository.beat(session, self._instance_id, self._clock.now())
                beats = dict(await repository.beats(session))
                await self._look_at_clock(session)
        except BaseException:
            self._others.clear()  # while we do not beat, nobody's silence is told from our own
            raise
        if not known:
            self._lose()
            return
        beats.pop(self._instance_id, None)
        await self._look_after(beats)

    async def _run(self) -> None:
        while not self._lost:
            await asyncio.sleep(EVERY_SECONDS)
            await self._try(self.beat)

    async def _join(self) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            if self._identity.seat:
                older = await repository.take_seat(session, self._identity.seat, self._generation)
                if older:
                    _log.warning("older processes taken over", count=older)
            await repository.add(
                session,
                {
                    "instance_id": self._instance_id,
                    "kind": self._kind,
                    "seat": self._identity.seat,
                    "generation": self._generation,
                    "beats": 0,
                    "started_at": self._started_at,
                    "seen_at": now,
                },
            )
        self._joined = True

    async def _look_at_clock(self, session: AsyncSession) -> None:
        keeping = self._timekeeping
        before = keeping.doubt()
        keeping.told(await repository.mark(session))
        if self._identity.same_time:
            asked_at = self._clock.now()
            theirs = await repository.their_time(session)
            if theirs is not None:
                keeping.compared(theirs, asked_at, self._clock.now())
        if not keeping.doubt():
            await repository.raise_mark(session, self._clock.now())
        if keeping.doubt() != before:
            _log.warning("clock judged anew", reason=keeping.doubt() or "trusted")

    async def _look_after(self, beats: dict[int, int]) -> None:
        """
        Give up who has not beaten while we did so many times.
        """
        silent: dict[int, tuple[int, int]] = {}
        for instance_id, count in beats.items():
            last, times = self._others.get(instance_id, (count, -1))
            silent[instance_id] = (count, times + 1 if last == count else 0)
        self._others = silent
        for instance_id, (count, times) in silent.items():
            if times >= SILENT_BEATS:
                async with self._database.transaction() as session:
                    if await repository.remove(session, instance_id, count):
                        _log.warning("a silent process was given up")

    async def _leave(self) -> None:
        async with self._database.transaction() as session:
            await repository.remove(session, self._instance_id)

    def _lose(self) -> None:
        self._lost = True
        _log.error("taken over by another process")
        for do in self._told:
            do()

    async def _try(self, do: Callable[[], Awaitable[None]]) -> None:
        try:
            await do()
        except Exception:  # noqa: BLE001 - the database may be back at the next beat
            _log.warning("beat failed", exc_info=True)
