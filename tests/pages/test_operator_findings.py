"""What is wrong, as the overview finds it, and charts."""

from datetime import UTC, datetime

import pytest

from wallet.figures.service import IntegrationFigures, Process
from wallet.pages.charts import HEIGHT, Column, chart
from wallet.pages.operator.findings import Facts, findings
from wallet.vault.ages import KeyAge, Use

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def process(kind="worker", *, silent=False):
    return Process(kind=kind, started_at=NOW, seen_at=NOW, silent=silent)


def figures(*, open_in=0, **calls):
    return IntegrationFigures(
        calls=calls,
        verdicts={},
        times={},
        half_within_ms=None,
        most_within_ms=None,
        open_in=open_in,
        open_since=NOW if open_in else None,
    )


OLD = KeyAge(use=Use.CODE, name="0", suite="", since_seconds=0, state="issues", is_old=True)


class TestFindings:
    @pytest.mark.parametrize(
        ("changed", "names"),
        [
            ({}, []),
            ({"in_review": 1}, ["review"]),
            ({"overdue": NOW}, ["overdue"]),
            ({"processes": []}, ["no_worker"]),
            ({"processes": [process("server")]}, ["no_worker"]),
            ({"processes": [process(), process("server", silent=True)]}, ["silent"]),
            ({"processes": [process(silent=True)]}, ["no_worker", "silent"]),
            ({"integrations": {"a": figures(open_in=1)}}, ["breaker"]),
            ({"integrations": {"a": figures(answered=9, failed=1)}}, ["failing"]),
            ({"integrations": {"a": figures(answered=8, failed=1)}}, []),
            ({"integrations": {"a": figures(answered=91, failed=9)}}, []),
            ({"clock_trusted": False}, ["clock"]),
            ({"backup_at": NOW, "in_review": 1}, ["restored", "review"]),
            ({"keys": [OLD]}, ["old_key"]),
            ({"keys": [OLD], "overdue": NOW}, ["overdue", "old_key"]),
        ],
        ids=str,
    )
    def test_of(self, changed, names):
        """
        Each thing that is wrong is found, the worst first, and nothing where all is well.
        """
        well = {
            "in_review": 0,
            "overdue": None,
            "integrations": {"a": figures(answered=1)},
            "processes": [process(), process("server")],
            "keys": [],
            "clock_trusted": True,
        }

        assert names == [each.name for each in findings(Facts(**(well | changed)))]


class TestChart:
    def test_bars(self):
        """
        The highest column fills the chart, the second bar stands on the first, once is visible.
        """
        drawn = chart(
            [
                Column(label="a", first=1_000),
                Column(label="b", first=500, second=500),
                Column(label="c", first=0, second=1),
                Column(label="d", first=0),
            ]
        )

        assert [(0, HEIGHT), (HEIGHT // 2, HEIGHT // 2), (0, HEIGHT // 2), (HEIGHT - 2, 2)] == [
            (bar.y, bar.height) for bar in drawn.bars
        ]
        assert (2_001, 1_000) == (drawn.total, drawn.most)

    def test_nothing(self):
        """
        A chart of nothing is empty.
        """
        assert ((), 0) == (chart([]).bars, chart([Column(label="a", first=0)]).most)
