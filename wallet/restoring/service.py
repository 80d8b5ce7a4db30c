"""
Whether this database came from a backup and was not yet compared with the partners' books.

What a backup does not know has happened all the same: codes were used, bills settled, money
charged. So after a restore codes are not used up and money is not moved, by no process, until an
operator has seen what partners have and ends it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.ids import Ids
from wallet.restoring import repository
from wallet.restoring.errors import NotComparedError, NotRestoredError, TooEarlyError
from wallet.restoring.models import RestorationRow

ASK_AGAIN_SECONDS: Final = 5.0
CODES_ARE_DEAD_AFTER: Final = timedelta(minutes=2)


class Restoration(Struct, frozen=True, kw_only=True):
    """
    A restore that is not ended; see `wallet.restoring.models.RestorationRow`.
    """

    backup_at: datetime
    begun_at: datetime
    compared_at: datetime | None
    differences: int | None


class Restoring:
    """
    Tells whether a restore is open, begins and ends one.

    Args:
        elapsed: a clock that only moves forward, in seconds.
    """

    def __init__(
        self, *, database: Database, clock: Clock, ids: Ids, elapsed: Callable[[], float]
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._elapsed = elapsed
        self._told: tuple[float, bool] | None = None

    async def pending(self) -> bool:
        """
        Tell whether a restore is open; asked every few seconds at most.

        Raises:
            OverloadedError: the database cannot be asked.
        """
        if self._told is None or self._stale():
            now = self._elapsed()
            self._told = (now, await self.standing() is not None)
        return self._told[1]

    def _stale(self) -> bool:
        return self._told is not None and self._elapsed() - self._told[0] >= ASK_AGAIN_SECONDS

    def uncertain(self) -> bool:
        """
        Tell whether `pending` has to be asked: a restore is open, or nobody looked lately.
        """
        return self._told is None or self._stale() or self._told[1]

    async def standing(self) -> Restoration | None:
        """
        Return the open restore.
        """
        async with self._database.reading() as session:
            return _together(await repository.open_ones(session))

    async def begin(self, backup_at: datetime) -> None:
        """
        Note that this database was restored; every process that starts from now on moves nothing.
        """
        row = RestorationRow(
            restoration_id=self._ids.local(),
            backup_at=backup_at,
            begun_at=self._clock.now(),
            compared_at=None,
            differences=None,
            ended_at=None,
            why=None,
        )
        async with self._database.transaction() as session:
            await repository.add(session, row)

    async def compared(self, differences: int) -> None:
        """
        Note that partners were asked, and how many differences were shown.

        Raises:
            NotRestoredError: no restore is open.
        """
        await self._change({"compared_at": self._clock.now(), "differences": differences})

    async def end(self, differences: int, why: str) -> None:
        """
        Let codes be used up and money be moved again.

        Args:
            differences: how many the operator has seen and dealt with.
            why: purpose and ticket.

        Raises:
            NotRestoredError: no restore is open.
            NotComparedError: that is not how many were found last.
            TooEarlyError: a code that was used up after the backup could live again.
        """
        async with self._database.transaction() as session:
            rows = await repository.open_ones(session)
            standing = _together(rows)
            if standing is None:
                raise NotRestoredError
            if standing.compared_at is None or standing.differences != differences:
                raise NotComparedError
            if self._clock.now() < standing.begun_at + CODES_ARE_DEAD_AFTER:
                raise TooEarlyError
            values = {"ended_at": self._clock.now(), "why": why}
            if await repository.change_open(session, values, compared=differences) != len(rows):
                raise NotComparedError  # somebody compared since we looked
        self._told = None

    async def _change(self, values: dict[str, object]) -> None:
        async with self._database.transaction() as session:
            if not await repository.open_ones(session):
                raise NotRestoredError
            await repository.change_open(session, values)
        self._told = None


def _together(rows: Sequence[RestorationRow]) -> Restoration | None:
    """
    Return all open restores as one: missing is what happened since the oldest backup.
    """
    if not rows:
        return None
    newest = rows[-1]
    return Restoration(
        backup_at=min(row.backup_at for row in rows),
        begun_at=newest.begun_at,
        compared_at=newest.compared_at,
        differences=newest.differences,
    )
