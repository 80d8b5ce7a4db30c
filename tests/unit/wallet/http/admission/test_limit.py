"""How many at once: learnt from time in line."""

from wallet.http.admission.limit import (
    DATABASE,
    LOOP,
    TARGETS,
    WINDOW_SECONDS,
    Limit,
    Pressure,
)


class TestLimit:
    def test_shrinks_to_its_lowest(self):
        """
        Each time a fifth goes, down to the lowest, where there is nothing to take.
        """
        limit = Limit(lowest=4, highest=64, first=10)
        shrunk = [(limit.shrink(), limit.now) for _ in range(6)]

        assert [(True, 8), (True, 6), (True, 4), (False, 4)] == shrunk[:4]

    def test_grows_only_where_it_was_reached(self):
        """
        What nobody needs is not added.
        """
        limit = Limit(lowest=4, highest=64, first=32)
        limit.grow()
        before, limit.reached = limit.now, True
        limit.grow()

        assert (32, 36, False) == (before, limit.now, limit.reached)

    def test_stays_below_its_highest(self):
        """
        It never grows further than its highest.
        """
        limit = Limit(lowest=4, highest=33, first=32)
        limit.reached = True
        limit.grow()

        assert 33 == limit.now


class TestPressure:
    def test_worst_line(self):
        """
        The line that is worst by what is aimed at tells, by its mean.
        """
        pressure = Pressure()
        pressure.over(0.0)
        for line, seconds in ((LOOP, 0.02), (LOOP, 0.08), (DATABASE, 0.1)):
            pressure.note(line, seconds)

        assert None is pressure.over(WINDOW_SECONDS / 2)
        assert 0.05 / TARGETS[LOOP] == pressure.over(WINDOW_SECONDS)

    def test_nothing_seen(self):
        """
        Where nobody stood in line, nothing is said.
        """
        pressure = Pressure()

        assert None is pressure.over(5.0)
