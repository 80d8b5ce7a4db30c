"""A start of each process once, and what shape the findings have."""

import os

import pytest

from bench import start
from bench.memory import held
from bench.start import ON_SQLITE, PYTHON, Plan


@pytest.mark.slow
class TestRun:
    def test_looks_at_time_and_memory(self):
        """
        A server that is started has a time, and each of its processes its memory.
        """
        found = start.run(Plan(rounds=1, workers=1, residents=3, of=(PYTHON, ON_SQLITE)))
        units = {(series.name, series.unit.split()[0]) for series in found.series}
        judged = [target.what for target in found.targets]

        assert {(PYTHON, "seconds"), (ON_SQLITE, "seconds"), (ON_SQLITE, "processor")} <= units
        assert {(f"{ON_SQLITE}, its parent", "MB")} <= units
        assert [
            f"{ON_SQLITE}: start to ready",
            f"{ON_SQLITE}, each of its workers: memory (PSS)",
        ] == judged


class TestHeld:
    def test_counts_shared_pages_once_at_most(self):
        """
        The proportional figure is never more than the resident one.
        """
        own = held(os.getpid())

        assert 0 < own.pss_mb <= own.rss_mb
