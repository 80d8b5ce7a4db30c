"""A short selection of histories; `make simulate` plays as many as anybody likes."""

import pytest

from tests.simulation import drawn
from tests.simulation.history import play
from tests.simulation.mutants import MUTANTS, mistaken
from tests.simulation.shrinking import shrunk
from wallet.settling.states import PHASES

BLOCKS, BLOCK = 4, 10
LARGEST_SEARCH = 400
SUSPECT = {mutant.name: mutant for mutant in MUTANTS}


class TestHistories:
    @pytest.mark.parametrize("block", range(BLOCKS))
    def test_nothing_breaks(self, block):
        """
        Whatever a seed lets go wrong, what must hold holds, and everything comes to an end.
        """
        outcomes = [play(seed) for seed in range(block * BLOCK, (block + 1) * BLOCK)]

        assert [] == [(each.seed, each.verdict) for each in outcomes if each.verdict]

    def test_an_ordinary_day(self):
        """
        Where nothing is out of the ordinary the bill is settled and paid at the first try.
        """
        outcome = play(0, frozenset())

        assert ("", ("completed",)) == (outcome.verdict, outcome.ends)
        assert frozenset() == outcome.made

    def test_again(self):
        """
        The same seed is the same history, to the last instant.
        """
        assert play(7, tell=True) == play(7, tell=True)

    def test_everything_is_reached(self):
        """
        The machine's drawing names every phase, so that no arrow is missing for want of a name.
        """
        named = {phase for arrow in drawn.of_settlements() for phase in arrow} - {"[*]"}

        assert set(PHASES) == named


class TestMistakes:
    @pytest.mark.parametrize("name", SUSPECT)
    def test_is_found_out(self, name):
        """
        A wallet with this mistake breaks an invariant before long.
        """
        mutant = SUSPECT[name]
        with mistaken(mutant):
            found = first_broken(mutant)

        assert found.verdict
        assert "" == play(found.seed, forced=mutant.forced).verdict

    def test_is_made_small(self):
        """
        A history that breaks is cut down to what it needs to break, and breaks from that alone.
        """
        mutant = SUSPECT["works on without its lease"]
        with mistaken(mutant):
            found = first_broken(mutant)

            def breaks(only):
                return "" != play(found.seed, only, forced=mutant.forced).verdict

            kept = shrunk(found.made, breaks)

            assert breaks(kept)
            assert len(kept) < len(found.made) / 2
            assert not any(breaks(kept - {each}) for each in kept)


def first_broken(mutant):
    """
    Return the first history that breaks; the search begins where one was found before.
    """
    for seed in range(mutant.first, mutant.first + LARGEST_SEARCH):
        outcome = play(seed, forced=mutant.forced)
        if outcome.verdict:
            return outcome
    raise AssertionError(f"nobody found out that the wallet {mutant.name}")
