"""
``/operator``: whether anything is wrong, and what to do; and what operators did.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from wallet.figures.words import Subject
from wallet.http.callers import OperatorCaller
from wallet.pages.charts import Chart, Column, chart
from wallet.pages.formats import CHINA
from wallet.pages.live import live
from wallet.pages.operator.books import LATE, Books
from wallet.pages.operator.door import Door
from wallet.pages.operator.findings import Facts, findings
from wallet.pages.rendering import AnyRequest, page
from wallet.settling.states import PHASES, STATUSES
from wallet.vault.sealing import TEXT_MAX_LENGTH, TEXT_PATTERN

_ACCEPTED: Final = ("accepted", "repeated")


class PhaseCount(Struct, frozen=True, kw_only=True):
    """
    How many settlements are in a phase, and in each status of it that has any.
    """

    phase: str
    count: int
    statuses: tuple[tuple[str, int], ...]


class OverviewController(Controller):
    """
    What an operator sees first.
    """

    path = "/operator"
    include_in_schema = False

    @get()
    async def overview(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        books: NamedDependency[Books],
    ) -> Response[str]:
        """
        Show what is wrong, what is under way, and the last day.
        """
        standing = await books.review.standing()
        phases = phase_counts(standing)
        in_review = sum(count for (phase, _), count in standing.items() if phase == "review")
        ids = [each.manifest.id for each in books.registry]
        restored = await books.restoring.standing()
        facts = Facts(
            in_review=in_review + await books.review.waiting_elsewhere(),
            overdue=await books.work.overdue(LATE),
            integrations=await books.figures.integrations(ids),
            processes=await books.figures.processes(),
            keys=books.vault.ages(),
            clock_trusted=books.timekeeping.untrusted_seconds() == 0,
            backup_at=restored.backup_at if restored is not None else None,
        )
        return live(
            request,
            "operator/overview",
            csrf=door.proof(operator),
            operator=operator,
            findings=findings(facts),
            titles={each.manifest.id: each.manifest.title for each in books.registry},
            phases=phases,
            most=max((each.count for each in phases), default=0),
            scans=await _last_day(books, Subject.SCAN, _ACCEPTED),
            settlements=await _last_day(books, Subject.SETTLEMENT, ("completed",), ("cancelled",)),
        )

    @get("/events")
    async def events(
        self,
        request: AnyRequest,
        door: NamedDependency[Door],
        operator: NamedDependency[OperatorCaller],
        cursor: Annotated[
            str | None, QueryParameter(pattern=TEXT_PATTERN, max_length=TEXT_MAX_LENGTH)
        ] = None,
    ) -> Response[str]:
        """
        Show what operators did, newest first.
        """
        part = await door.operators.events.page(cursor=cursor, limit=50)
        return page(
            request,
            "operator/events",
            csrf=door.proof(operator),
            operator=operator,
            events=part.events,
            following=part.next_cursor,
        )


def phase_counts(standing: Mapping[tuple[str, str], int]) -> tuple[PhaseCount, ...]:
    """
    Return the phases that have any settlements, in the order a settlement goes through them.
    """
    counted = []
    for phase in PHASES:
        statuses = tuple(
            (status, standing[phase, status]) for status in STATUSES if (phase, status) in standing
        )
        if statuses:
            total = sum(count for _, count in statuses)
            counted.append(PhaseCount(phase=phase, count=total, statuses=statuses))
    return tuple(counted)


async def _last_day(
    books: Books, subject: Subject, first: tuple[str, ...], second: tuple[str, ...] = ()
) -> Chart:
    """
    Return the chart of the last 24 hours; without words for the second bar it has all others.
    """
    columns = []
    for hour in await books.figures.last_day(subject):
        below = sum(hour.counts.get(word, 0) for word in first)
        others = second or tuple(hour.counts.keys() - set(first))
        columns.append(
            Column(
                label=f"{hour.begins_at.astimezone(CHINA):%H:00}",
                first=below,
                second=sum(hour.counts.get(word, 0) for word in others),
            )
        )
    return chart(columns)
