"""
The clone alarm: one code at two places, or an older code after a newer one.

It never freezes a device, because a photo must not be able to lock somebody out. The resident
reads both places in the journal; a desk never learns of the other one.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.devices import repository
from wallet.devices.words import Unusable
from wallet.http.callers import TerminalCaller
from wallet.journal.service import Entry, JournalService
from wallet.parties.service import PartiesService

ALARMED: Final = "alarmed"
CLEARED: Final = "alarm_cleared"
_STUTTER: Final = timedelta(seconds=10)  # a scanner that reads twice, a cashier who presses twice


class Seen(Struct, frozen=True, kw_only=True):
    """
    Where and when a code was used up.
    """

    party_id: int
    terminal_id: int
    at: datetime

    def __repr__(self) -> str:
        """
        Show nothing: where somebody was is personal.
        """
        return "Seen(…)"


class Alarms:
    """
    Decides whether a code that was used before is an alarm, and raises it.
    """

    def __init__(self, *, clock: Clock, parties: PartiesService, journal: JournalService) -> None:
        self._clock = clock
        self._parties = parties
        self._journal = journal

    async def repeated(
        self, session: AsyncSession, caller: TerminalCaller, place: repository.Place, first: Seen
    ) -> Unusable:
        """
        Judge a second presentation of one code.

        Args:
            session: of the caller's transaction.
            caller: who presents it now.
            place: resident and device.
            first: where it was used up.
        """
        there = first.party_id, first.terminal_id
        here = caller.party_id, caller.terminal_id
        if there == here and self._clock.now() - first.at <= _STUTTER:
            return Unusable.USED
        await self._raise(session, caller, place, first)
        return Unusable.REPEATED

    async def older(
        self,
        session: AsyncSession,
        caller: TerminalCaller,
        place: repository.Place,
        newer: Seen | None,
    ) -> Unusable:
        """
        Judge a code older than one that was used up, at `newer` if that is still known.
        """
        await self._raise(session, caller, place, newer)
        return Unusable.OLDER

    async def _raise(
        self,
        session: AsyncSession,
        caller: TerminalCaller,
        place: repository.Place,
        first: Seen | None,
    ) -> None:
        now = self._clock.now()
        await repository.change(session, place, {"alarmed_at": now})
        here = Seen(party_id=caller.party_id, terminal_id=caller.terminal_id, at=now)
        for seen in (first, here):
            if seen is not None:
                await self._note(session, place, seen)

    async def _note(self, session: AsyncSession, place: repository.Place, seen: Seen) -> None:
        resident_id, device_no = place
        party = await self._parties.settings(session, seen.party_id)
        await self._journal.write(
            session,
            Entry(
                resident_id=resident_id,
                kind=ALARMED,
                party_id=seen.party_id,
                terminal_id=seen.terminal_id,
                party_name=party.name,
                subject_id=device_no,
                at=seen.at,
            ),
        )
