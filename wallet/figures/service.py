"""
What processes wrote down, read for the operators' pages.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock
from wallet.db.session import Database
from wallet.figures import repository
from wallet.figures.words import LONGER, SPANS_MS, Subject, slot_of

SILENT_AFTER: Final = timedelta(seconds=45)
FORGOTTEN_AFTER: Final = timedelta(hours=1)
KEPT: Final = timedelta(hours=48)
LATELY: Final = timedelta(hours=1)


class Process(Struct, frozen=True, kw_only=True):
    """
    A process of the deployment.

    Attributes:
        kind: one of `wallet.figures.words.ProcessKind`.
        silent: it has not been heard of for three quarters of a minute.
    """

    kind: str
    started_at: datetime
    seen_at: datetime
    silent: bool


class IntegrationFigures(Struct, frozen=True, kw_only=True):
    """
    How an integration did within the last hour, and where its breakers stand.

    Attributes:
        calls: how many calls ended in each `wallet.http.tally.CallOutcome`.
        verdicts: how many verdicts said what.
        times: how many calls fell into each span; see `wallet.figures.words.SPANS_MS`.
        half_within_ms, most_within_ms: half, and 95 of 100, of the calls took no longer than so
            many milliseconds; 0: longer than is told apart; None: there were none.
        open_in: in how many processes its breaker is open.
        open_since: since when the first of them.
    """

    calls: Mapping[str, int]
    verdicts: Mapping[str, int]
    times: Mapping[int, int]
    half_within_ms: int | None
    most_within_ms: int | None
    open_in: int
    open_since: datetime | None


class Hour(Struct, frozen=True, kw_only=True):
    """
    One hour: what happened how often, by word.
    """

    begins_at: datetime
    counts: Mapping[str, int]


class FiguresService:
    """
    Reads what processes wrote, and forgets it in time.
    """

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def processes(self) -> Sequence[Process]:
        """
        Return every process that runs or fell silent within the last hour.
        """
        now = self._clock.now()
        async with self._database.reading() as session:
            rows = await repository.processes(session)
        return [
            Process(
                kind=row.kind,
                started_at=row.started_at,
                seen_at=row.seen_at,
                silent=row.seen_at + SILENT_AFTER <= now,
            )
            for row in rows
            if row.seen_at + FORGOTTEN_AFTER > now
        ]

    async def integrations(self, ids: Sequence[str]) -> Mapping[str, IntegrationFigures]:
        """
        Return how each integration did.
        """
        now = self._clock.now()
        async with self._database.reading() as session:
            stands = await repository.breakers(session, now - SILENT_AFTER)
            counted = await repository.by_integration(
                session, (Subject.CALL, Subject.TIME, Subject.VERDICT), now - LATELY
            )
        found: dict[str, IntegrationFigures] = {}
        for each in ids:
            words: dict[str, dict[str, int]] = {}
            for integration_id, subject, word, count in counted:
                if integration_id == each:
                    words.setdefault(subject, {})[word] = count
            opened = [
                row.since for row in stands if row.integration_id == each and row.state == "open"
            ]
            times = {int(word): count for word, count in words.get(Subject.TIME, {}).items()}
            found[each] = IntegrationFigures(
                calls=words.get(Subject.CALL, {}),
                verdicts=words.get(Subject.VERDICT, {}),
                times=times,
                half_within_ms=within(times, 50),
                most_within_ms=within(times, 95),
                open_in=len(opened),
                open_since=min(opened, default=None),
            )
        return found

    async def last_day(self, subject: Subject) -> Sequence[Hour]:
        """
        Return 24 hours of scans or settlements, the oldest first, the present one last.
        """
        now = self._clock.now()
        hour = slot_of(now).replace(minute=0)
        begins = [hour - timedelta(hours=back) for back in range(23, -1, -1)]
        async with self._database.reading() as session:
            rows = await repository.by_slot(
                session, (subject.value,), begins[0] - timedelta(microseconds=1)
            )
        counts: dict[datetime, dict[str, int]] = {each: {} for each in begins}
        for slot, _subject, word, count in rows:
            of_hour = counts.get(slot.replace(minute=0))
            if of_hour is not None:
                of_hour[word] = of_hour.get(word, 0) + count
        return [Hour(begins_at=each, counts=counts[each]) for each in begins]

    async def prune(self, session: AsyncSession) -> int:
        """
        Forget what is older than two days, and who was silent for an hour.
        """
        now = self._clock.now()
        return await repository.prune(
            session, figures_until=now - KEPT, seen_until=now - FORGOTTEN_AFTER
        )


def within(times: Mapping[int, int], share: int) -> int | None:
    """
    Return the span within which so many of a hundred calls were over.

    Args:
        times: how many calls fell into each of `SPANS_MS`, or took longer.
        share: of a hundred.
    """
    total = sum(times.values())
    if not total:
        return None
    over = 0
    for span in SPANS_MS:
        over += times.get(span, 0)
        if over * 100 >= total * share:
            return span
    return LONGER
