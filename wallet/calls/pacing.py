"""
When a call may be repeated, or asked about.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from wallet.calls import repository
from wallet.calls.outside import Outside
from wallet.calls.service import Call
from wallet.calls.turns import Turns, Waiting
from wallet.clock import Clock


class Pacing:
    """
    Has repetitions wait for their turn.
    """

    def __init__(self, *, turns: Turns, outside: Outside, clock: Clock) -> None:
        self._turns = turns
        self._outside = outside
        self._clock = clock

    async def later(self, session: AsyncSession, call: Call) -> datetime | None:
        """
        Return when a repetition has its turn, or None when that is now; kept with the call.
        """
        now = self._clock.now()
        poll = self._outside.manifest(call.integration_id).poll
        waiting = Waiting(
            integration_id=call.integration_id,
            doubtful_at=call.doubtful_at,
            young_for=timedelta(seconds=poll.budget_seconds),
            turn_at=call.turn_at,
        )
        at = await self._turns.take(session, waiting, now)
        turn_at = at if at > now else None
        if turn_at != call.turn_at:
            values = {"turn_at": turn_at}
            await repository.change(session, call.resident_id, call.call_id, values)
        if turn_at is not None:
            self._outside.held_back(call.integration_id)
        return turn_at
