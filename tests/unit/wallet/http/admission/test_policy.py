"""Who goes, who waits, who is refused: on a clock that stands still."""

from collections import Counter

import pytest

from wallet.http.admission.limit import WINDOW_SECONDS, Limit
from wallet.http.admission.lines import BURST_SECONDS, CALM_SECONDS, HURRIED_SECONDS
from wallet.http.admission.policy import RULES, Policy
from wallet.http.admission.words import Outcome, Priority

F, S, H, D = Priority.FINISHING, Priority.SCANNING, Priority.HISTORY, Priority.DECORATION
EVER = 1e9


def fixed(most):
    return Limit(lowest=most, highest=most, first=most)


class Scene:
    """
    A policy with so many places, and a clock.
    """

    def __init__(self, finishing=8, others=8):
        self.policy = Policy(finishing=fixed(finishing), others=fixed(others))
        self.now = 100.0

    def ask(self, priority, party=None, until=EVER):
        self.parties = getattr(self, "parties", 1000) + 1
        return self.policy.ask(priority, party or self.parties, self.now, until)

    def several(self, count, priority, party=None):
        return [self.ask(priority, party) for _ in range(count)]

    def done(self, ticket):
        return self.policy.done(ticket, self.now)

    def later(self, seconds):
        self.now += seconds
        return self.policy.sweep(self.now)


@pytest.fixture
def scene():
    return Scene()


class TestAsk:
    def test_goes_while_there_is_room(self, scene):
        """
        Up to the limit everybody goes at once; the next one waits.
        """
        tickets = scene.several(9, S)

        assert [True] * 8 + [False] == [ticket.going for ticket in tickets]
        assert (None, 1) == (tickets[-1].refused, scene.policy.waiting)

    def test_lower_priorities_fill_a_part(self, scene):
        """
        History fills half of the places, decoration a quarter, and scans find room all the same.
        """
        going = Counter(
            priority
            for priority in (D, H, S)
            for ticket in scene.several(8, priority)
            if ticket.going
        )

        assert {D: 2, H: 2, S: 4} == going

    def test_finishing_has_its_own_places(self, scene):
        """
        However many scans there are, whoever finishes a payment goes.
        """
        scene.several(80, S)

        assert scene.ask(F).going

    def test_a_party_leaves_room(self, scene):
        """
        One party at fifty times its share leaves a quarter of the places to others, then half.
        """
        flood = scene.several(50, S, party=7)
        others = scene.several(4, S)

        assert (6, [True] * 2 + [False] * 2) == (
            sum(ticket.going for ticket in flood),
            [ticket.going for ticket in others],
        )
        assert [others[2]] == scene.done(flood[0])

    def test_full(self, scene):
        """
        Who finds the line full is refused at once; a party alone fills half of it.
        """
        flood = Counter(ticket.refused for ticket in scene.several(100, S, party=7))
        scene.several(200, S)
        late = scene.ask(S)

        assert {None: 6 + RULES[S].waiting // 2, Outcome.FULL: 94 - RULES[S].waiting // 2} == flood
        assert Outcome.FULL == late.refused

    def test_nobody_waits_any_more(self, scene):
        """
        What came too late already is not begun.
        """
        assert Outcome.EXPIRED == scene.ask(S, until=scene.now).refused


class TestDone:
    def test_highest_priority_first(self, scene):
        """
        A place that becomes free goes to whom it matters most, whoever came first.
        """
        first, *_ = scene.several(8, S)
        low, high = scene.ask(H), scene.ask(S)

        assert [high] == scene.done(first)
        assert (False, True) == (low.going, high.going)

    def test_parties_take_turns(self, scene):
        """
        A party with many in line is served as often as one with a single one.
        """
        going = scene.several(4, S) + scene.several(4, S, party=7)
        scene.several(10, S, party=7)
        other = scene.ask(S, party=8)
        scene.done(going[0])
        scene.done(going[1])

        assert other.going

    def test_once(self, scene):
        """
        A place is given back once, however often that is said.
        """
        first, *_ = scene.several(8, S)
        scene.several(2, S)

        assert [1, 0] == [len(scene.done(first)), len(scene.done(first))]

    def test_not_for_who_has_gone(self, scene):
        """
        Nothing is begun whose caller waits no longer.
        """
        first, *_ = scene.several(8, S)
        gone, other = scene.ask(S, until=scene.now + 1), scene.ask(S)
        scene.now += 2

        assert [gone, other] == scene.done(first)
        assert (Outcome.EXPIRED, True) == (gone.refused, other.going)


class TestSweep:
    def test_a_burst_waits(self, scene):
        """
        A short burst just waits.
        """
        scene.several(9, S)

        assert [] == scene.later(BURST_SECONDS / 2)

    def test_a_standing_line_is_told_soon(self, scene):
        """
        Who stands in a standing line is refused after a moment, in less than a tenth of a second.
        """
        scene.several(9, S)
        scene.later(BURST_SECONDS)
        late = scene.ask(S)
        told = scene.later(HURRIED_SECONDS)

        assert Outcome.LATE == late.refused
        assert late in told

    def test_last_come_first_served(self, scene):
        """
        In a standing line the newest goes first: the oldest are about to leave.
        """
        first, *_ = scene.several(8, S)
        scene.several(2, S, party=7)
        scene.now += 2 * BURST_SECONDS
        newest = scene.ask(S, party=7)

        assert [newest] == scene.done(first)

    def test_calm_again(self, scene):
        """
        When the line was empty for a while, a burst waits again.
        """
        going = scene.several(9, S)
        scene.later(BURST_SECONDS)
        scene.done(going[0])
        scene.later(CALM_SECONDS)
        scene.several(1, S)

        assert [] == scene.later(HURRIED_SECONDS)

    def test_expired(self, scene):
        """
        Who said how long they wait is refused then, and not worked on.
        """
        scene.several(8, F)
        impatient = scene.ask(F, until=scene.now + 0.1)

        assert [impatient] == scene.later(0.1)
        assert Outcome.EXPIRED == impatient.refused


class TestLeave:
    def test_out_of_the_line(self, scene):
        """
        Whose caller hung up has no place in line any more.
        """
        first, *_ = scene.several(8, S)
        gone = scene.ask(S)
        scene.policy.leave(gone, scene.now)

        assert (0, []) == (scene.policy.waiting, scene.done(first))


class TestPressure:
    def limits(self, seconds):
        policy, now = Policy(), 100.0
        for _ in range(10):
            for _ in range(300):
                policy.ask(S, 1, now, EVER)
                policy.ask(F, 1, now, EVER)
            policy.note("loop", seconds)
            now += WINDOW_SECONDS
            policy.sweep(now)
        return policy.limits

    def test_others_shrink_first(self):
        """
        Under pressure the others go down to their lowest before finishing loses anything.
        """
        policy = Policy(
            finishing=Limit(lowest=16, highest=256, first=64),
            others=Limit(lowest=4, highest=128, first=5),
        )
        seen = []
        for number in range(3):
            policy.note("loop", 0.05)
            policy.sweep(100.0 + number)
            seen.append(policy.limits)

        assert [(64, 4), (51, 4), (40, 4)] == seen

    def test_a_half_is_too_much_while_somebody_finishes(self):
        """
        What would be bearable otherwise shrinks the others while a payment is being finished.
        """
        policy = Policy(others=Limit(lowest=4, highest=128, first=10))
        seen = []
        ticket = policy.ask(Priority.FINISHING, 7, 100.0, 130.0)
        for number in range(2):
            policy.note("loop", 0.003)
            policy.sweep(101.0 + number)
            seen.append(policy.limits[1])
            policy.done(ticket, 101.5)

        assert [8, 8] == seen

    def test_both_grow(self):
        """
        Without pressure both grow as far as they are asked for.
        """
        finishing, others = self.limits(0.0)

        assert (True, True) == (finishing > 64, others > 32)


class TestAgain:
    def test_spread(self, scene):
        """
        Not everybody is told to come again in the same second, and what matters least, latest.
        """
        soon = {scene.policy.again(S) for _ in range(9)}

        assert {1, 2, 3} == soon
        assert scene.policy.again(D) > max(soon)


class TestCounts:
    def test_every_outcome(self, scene):
        """
        Each ticket is counted once, by what became of it, and the waits of those let in.
        """
        first, *_ = scene.several(80, S)
        scene.now += 0.2
        scene.done(first)
        scene.later(5)
        outcomes = {outcome.value: count for (_, outcome), count in scene.policy.counts.items()}

        assert {"admitted": 8, "full": 8, "waited": 1, "late": 63} == outcomes
        assert [(S, 0.2)] == [(priority, round(wait, 6)) for priority, wait in scene.policy.waits]
