"""What processes write down, and what is read of it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.errors import OverloadedError
from wallet.figures import reporting, service
from wallet.figures.collecting import Collector
from wallet.figures.reporting import Reporter
from wallet.figures.service import FiguresService, within
from wallet.figures.words import LONGER, SPANS_MS, ProcessKind, Subject, span_of

WORKER, SERVER = ProcessKind.WORKER, ProcessKind.SERVER


class Deployment:
    """
    Some processes over one database.
    """

    def __init__(self, database, clock, ids):
        self.database, self.clock, self.ids = database, clock, ids
        self.figures = FiguresService(database=database, clock=clock)

    def process(self, kind=SERVER):
        """
        Return the collector and the reporter of a new process.
        """
        collector = Collector(self.clock)
        return collector, Reporter(
            database=self.database,
            clock=self.clock,
            ids=self.ids,
            collector=collector,
            kind=kind,
            integrations=["payment", "insurance"],
        )


@pytest.fixture
def deployment(database, clock, ids):
    return Deployment(database, clock, ids)


class TestTogether:
    async def test_counts_add_up(self, deployment):
        """
        What two processes counted is read as one, and nothing is counted twice.
        """
        for _ in range(2):
            collector, reporter = deployment.process()
            collector.call("payment", "answered", 0.01)
            collector.call("payment", "held_back", 0.0)
            await reporter.report()
            await reporter.report()
        found = (await deployment.figures.integrations(["payment"]))["payment"]

        assert {"answered": 2, "held_back": 2} == found.calls
        assert ({25: 2}, 25, 25) == (found.times, found.half_within_ms, found.most_within_ms)

    async def test_breakers(self, deployment):
        """
        A breaker is told for each process that is still there, with since when.
        """
        opened = deployment.clock.now()
        first, second = deployment.process(), deployment.process(WORKER)
        first[0].breaker("payment", "open")
        for _, reporter in (first, second):
            await reporter.report()
        before = (await deployment.figures.integrations(["payment", "insurance"])).values()
        deployment.clock.advance(45)
        later = (await deployment.figures.integrations(["payment"]))["payment"]

        assert [(1, opened), (0, None)] == [(each.open_in, each.open_since) for each in before]
        assert 0 == later.open_in

    async def test_hours(self, deployment):
        """
        A day has 24 hours, the present one last; only what came into a phase is counted.
        """
        collector, reporter = deployment.process()
        collector.settlement("completed", "due", entered=True)
        collector.settlement("completed", "due", entered=False)
        await reporter.report()
        deployment.clock.advance(3_600)
        collector.settlement("cancelled", "due", entered=True)
        await reporter.report()
        hours = await deployment.figures.last_day(Subject.SETTLEMENT)

        assert 24 == len(hours)
        assert [{"completed": 1}, {"cancelled": 1}] == [hour.counts for hour in hours[-2:]]
        assert timedelta(hours=1) == hours[-1].begins_at - hours[-2].begins_at


class TestProcesses:
    async def test_silent_then_forgotten(self, deployment):
        """
        Who says nothing for three quarters of a minute is silent, after an hour forgotten.
        """
        await deployment.process(WORKER)[1].report()
        told = []
        for seconds in (44, 1, 3_600):
            deployment.clock.advance(seconds)
            told.append([each.silent for each in await deployment.figures.processes()])
        async with deployment.database.transaction() as session:
            gone = await deployment.figures.prune(session)

        assert ([[False], [True], []], 1) == (told, gone)

    async def test_takes_leave(self, deployment):
        """
        Who ends in order is gone at once, and what was counted stays.
        """
        collector, reporter = deployment.process()
        collector.resolve("accepted")
        async with reporting.reporting(reporter):
            pass
        hours = await deployment.figures.last_day(Subject.SCAN)

        assert [] == await deployment.figures.processes()
        assert {"accepted": 1} == hours[-1].counts

    async def test_a_database_that_is_away(self, deployment):
        """
        What could not be written down is written the next time.
        """
        collector, reporter = deployment.process()
        collector.resolve("accepted")
        async with deployment.database.transaction() as session:
            await session.execute(text("ALTER TABLE figures RENAME TO elsewhere"))
        with pytest.raises(Exception, match="figures"):
            await reporter.report()
        async with deployment.database.transaction() as session:
            await session.execute(text("ALTER TABLE elsewhere RENAME TO figures"))
        await reporter.report()
        hours = await deployment.figures.last_day(Subject.SCAN)

        assert {"accepted": 1} == hours[-1].counts

    async def test_old_figures_go(self, deployment):
        """
        Figures are kept for two days.
        """
        collector, reporter = deployment.process()
        collector.resolve("accepted")
        await reporter.report()
        deployment.clock.advance(int(service.KEPT.total_seconds()) + 600)
        async with deployment.database.transaction() as session:
            gone = await deployment.figures.prune(session)

        assert 2 == gone


class TestSpans:
    @pytest.mark.parametrize(
        ("seconds", "span"), [(0.0, 25), (0.025, 25), (0.026, 50), (10.0, 10_000), (10.1, LONGER)]
    )
    def test_span(self, seconds, span):
        """
        A time falls into the first span that holds it.
        """
        assert span == span_of(seconds)

    @pytest.mark.parametrize(
        ("times", "share", "expected"),
        [({}, 50, None), ({25: 1, 50: 1}, 50, 25), ({25: 9, 500: 1}, 95, 500), ({0: 1}, 95, 0)],
    )
    def test_within(self, times, share, expected):
        """
        So many of a hundred were over within a span; 0 is longer than any.
        """
        assert expected == within(times, share)

    def test_spans_grow(self):
        """
        The spans are in order.
        """
        assert sorted(SPANS_MS) == list(SPANS_MS)


class TestEnd:
    async def test_at_a_commit_counts_nothing_twice(self, deployment, monkeypatch):
        """
        A process that is ended while it writes ends that first.
        """
        commit, begun = AsyncSession.commit, asyncio.Event()

        async def committing(session):
            begun.set()
            await commit(session)

        monkeypatch.setattr(AsyncSession, "commit", committing)
        collector, reporter = deployment.process()
        collector.call("payment", "answered", 0.01)
        async with reporting.reporting(reporter):
            await begun.wait()

        found = (await deployment.figures.integrations(["payment"]))["payment"]
        assert {"answered": 1} == found.calls

    @pytest.mark.parametrize("written", [True, False])
    async def test_of_a_commit_that_nobody_answers(self, deployment, monkeypatch, written):
        """
        Counts whose commit was cut off are there once, whether that commit happened or not.
        """
        commit = AsyncSession.commit

        async def cut_off(session):
            if written:
                await commit(session)
            raise TimeoutError

        collector, reporter = deployment.process()
        await reporter.report()
        collector.call("payment", "answered", 0.01)
        with monkeypatch.context() as cut:
            cut.setattr(AsyncSession, "commit", cut_off)
            for _ in range(3):
                deployment.clock.advance(10)
                with pytest.raises(OverloadedError):
                    await reporter.report()
        collector.call("payment", "answered", 0.01)
        for _ in range(2):
            deployment.clock.advance(10)
            await reporter.report()

        found = (await deployment.figures.integrations(["payment"]))["payment"]
        assert {"answered": 2} == found.calls
