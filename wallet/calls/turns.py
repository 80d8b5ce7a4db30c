"""
Turns: how often all processes together repeat calls of one integration, and ask about them.

When a partner is down, thousands of payments wait for it, and whoever asks for all of them every
few seconds keeps it down (UPI, 12 April 2025). So each repetition takes a turn out of a window of
time in the shared database, and one that finds the window used up is given a turn in a later
one. The first performance of a call never waits for a turn; nothing is forgotten, only later.

Most turns are for calls whose outcome became doubtful a short while ago: somebody stands at the
desk. Older ones have the rest to themselves.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from wallet.calls.models import TurnRow
from wallet.clock import seconds

WINDOW_SECONDS: Final = 10
_WINDOW: Final = timedelta(seconds=WINDOW_SECONDS)
_YOUNG: Final = "young"
_OLD: Final = "old"
# a turn that was given holds so long, for a worker that is behind
_HOLDS: Final = 3 * _WINDOW
_REMEMBERED: Final = timedelta(hours=1)


class Waiting(Struct, frozen=True, kw_only=True):
    """
    A call that is to be repeated, or asked about.

    Attributes:
        integration_id: whose it is.
        doubtful_at: since when its outcome is doubtful, or None.
        young_for: how long it then counts as a young one.
        turn_at: the turn that it was given before, or None.
    """

    integration_id: str
    doubtful_at: datetime | None
    young_for: timedelta
    turn_at: datetime | None


class Turns:
    """
    Gives turns.

    Args:
        per_second: how many an integration has, in the whole deployment.
    """

    def __init__(self, *, per_second: int) -> None:
        everything = per_second * WINDOW_SECONDS
        old = max(1, everything // 3)
        self._most = {_YOUNG: max(1, everything - old), _OLD: old}

    async def take(self, session: AsyncSession, waiting: Waiting, now: datetime) -> datetime:
        """
        Return when it may go: `now`, or a later instant that is kept for it from here on.

        Whoever comes again at that instant, with it as `turn_at`, goes.
        """
        given = waiting.turn_at
        if given is not None and now < given + _HOLDS:
            return max(now, given)
        old_from = (waiting.doubtful_at or now) + waiting.young_for
        if now < old_from:
            at = await self._taken(session, waiting.integration_id, _YOUNG, (now, old_from))
            if at is not None:
                return at
        ever = datetime.max.replace(tzinfo=UTC)
        at = await self._taken(session, waiting.integration_id, _OLD, (now, ever))
        return at or now

    async def _taken(
        self,
        session: AsyncSession,
        integration_id: str,
        age: str,
        within: tuple[datetime, datetime],
    ) -> datetime | None:
        """
        Take the first turn that is left in a span of time; None where there is none.
        """
        now, end = within
        first = seconds(now) // WINDOW_SECONDS
        full = await _full(session, integration_id, age, first)
        number = first
        while _begin(number) < end:
            if number not in full:
                before = await self._counted(session, integration_id, age, number)
                if before is not None:
                    share = _WINDOW * before / self._most[age]
                    return now if number == first else _begin(number) + share
            number += 1
        return None

    async def _counted(
        self, session: AsyncSession, integration_id: str, age: str, number: int
    ) -> int | None:
        """
        Count one turn in a window; how many were taken before, None when another took the last.
        """
        postgres = session.get_bind().dialect.name == "postgresql"
        insert: Any = postgresql.insert if postgres else sqlite.insert
        statement = (
            insert(TurnRow)
            .values(
                integration_id=integration_id,
                age=age,
                window_no=number,
                most=self._most[age],
                taken=1,
            )
            .on_conflict_do_update(
                index_elements=["integration_id", "age", "window_no"],
                set_={"taken": col(TurnRow.taken) + 1},
                where=col(TurnRow.taken) < col(TurnRow.most),
            )
            .returning(col(TurnRow.taken))
        )
        taken = (await session.execute(statement)).scalar_one_or_none()
        return None if taken is None else int(taken) - 1


async def prune(session: AsyncSession, now: datetime) -> int:
    """
    Forget windows that are over for a while; returns how many went.
    """
    past = seconds(now - _REMEMBERED) // WINDOW_SECONDS
    over = delete(TurnRow).where(col(TurnRow.window_no) < past)
    return int((await session.execute(over)).rowcount)  # type: ignore[attr-defined]


async def _full(session: AsyncSession, integration_id: str, age: str, first: int) -> set[int]:
    statement = select(TurnRow.window_no).where(
        col(TurnRow.integration_id) == integration_id,
        col(TurnRow.age) == age,
        col(TurnRow.window_no) >= first,
        col(TurnRow.taken) >= col(TurnRow.most),
    )
    return set((await session.execute(statement)).scalars())


def _begin(number: int) -> datetime:
    return datetime.fromtimestamp(number * WINDOW_SECONDS, tz=UTC)
