"""
Who is worked on now, who waits, and who is told to come again. Pure: it is told the time.

Finishing has places of its own. All others share a limit, of which the lower priorities may fill
but a part; and no party may hold more than half while there are others.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from wallet.http.admission.limit import Limit, Pressure
from wallet.http.admission.lines import Line, Rules, Ticket
from wallet.http.admission.words import Outcome, Priority

RULES: Final[Mapping[Priority, Rules]] = {
    Priority.FINISHING: Rules(
        share=1.0, waiting=256, patience_seconds=2.0, deadline_seconds=30.0, again_seconds=1
    ),
    Priority.SCANNING: Rules(
        share=1.0, waiting=64, patience_seconds=1.0, deadline_seconds=20.0, again_seconds=1
    ),
    Priority.HISTORY: Rules(
        share=0.5, waiting=32, patience_seconds=0.5, deadline_seconds=10.0, again_seconds=3
    ),
    Priority.DECORATION: Rules(
        share=0.25, waiting=16, patience_seconds=0.25, deadline_seconds=10.0, again_seconds=5
    ),
}
_AGAIN_SPREAD: Final = 3
# of the time in line that is aimed at: a payment takes a hundred turns one after the other
_WHILE_FINISHING: Final = 0.5


class _Places:
    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.taken = 0
        self._by_party: dict[int, int] = {}

    def free(self, share: float, party: int) -> bool:
        most = self.limit.now
        theirs = self._by_party.get(party, 0)
        among_others = self.taken > theirs
        if self.taken < max(1, int(most * share)) and theirs < _of_one(most, among_others):
            return True
        self.limit.reached = True
        return False

    def take(self, party: int) -> None:
        self.taken += 1
        self._by_party[party] = self._by_party.get(party, 0) + 1

    def give_back(self, party: int) -> None:
        self.taken -= 1
        left = self._by_party[party] - 1
        if left:
            self._by_party[party] = left
        else:
            del self._by_party[party]


def _of_one(most: int, among_others: bool) -> int:  # noqa: FBT001 - private
    """
    Return how many places one party may hold; some stay free for others even while it is alone.
    """
    return max(1, (most + 1) // 2 if among_others else most * 3 // 4)


class Policy:
    """
    Admission to one process.

    Args:
        finishing: how many finish at once; shrinks last.
        others: how many others are worked on at once.
        rules: of each priority.

    Attributes:
        counts: what became of requests since somebody last took them.
        waits: how long those waited who were let in after all, likewise.
    """

    def __init__(
        self,
        *,
        finishing: Limit | None = None,
        others: Limit | None = None,
        rules: Mapping[Priority, Rules] = RULES,
    ) -> None:
        own = _Places(finishing or Limit(lowest=16, highest=512, first=64))
        shared = _Places(others or Limit(lowest=4, highest=128, first=32))
        self.rules = rules
        self._own, self._shared = own, shared
        self._places = dict.fromkeys(Priority, shared) | {Priority.FINISHING: own}
        self._lines = {each: Line(rules[each]) for each in Priority}
        self._pressure = Pressure()
        self._refusals = 0
        self.counts: Counter[tuple[Priority, Outcome]] = Counter()
        self.waits: list[tuple[Priority, float]] = []

    @property
    def limits(self) -> tuple[int, int]:
        """
        How many may finish at once, and how many others be worked on.
        """
        return self._own.limit.now, self._shared.limit.now

    @property
    def waiting(self) -> int:
        """
        How many stand in line.
        """
        return sum(line.count for line in self._lines.values())

    def hopeless(self, priority: Priority, party: int) -> bool:
        """
        Tell whether asking now would be refused for want of room.
        """
        line = self._lines[priority]
        free = self._places[priority].free(line.rules.share, party)
        return not free and not line.has_room(party)

    def ask(self, priority: Priority, party: int, now: float, until: float) -> Ticket:
        """
        Ask for a place; the ticket says whether it goes, waits, or is refused.

        Args:
            priority: what it is for.
            party: whose it is.
            now: in seconds of a clock that only moves forward.
            until: how long its caller waits, on the same clock.
        """
        self._judge(now)
        ticket = Ticket(priority, party, now, until)
        line, places = self._lines[priority], self._places[priority]
        if now >= until:
            self._refuse(ticket, Outcome.EXPIRED)
        elif places.free(line.rules.share, party):
            self._let(ticket, Outcome.ADMITTED)
        elif line.has_room(party):
            line.add(ticket, now)
        else:
            self._refuse(ticket, Outcome.FULL)
        return ticket

    def done(self, ticket: Ticket, now: float) -> list[Ticket]:
        """
        Give a place back; returns those who may go instead.
        """
        if not ticket.going:
            return []
        ticket.going = False
        self._places[ticket.priority].give_back(ticket.party)
        return self._next(now)

    def leave(self, ticket: Ticket, now: float) -> None:
        """
        Take one out of its line whose caller has gone.
        """
        self._lines[ticket.priority].leave(ticket, now)

    def sweep(self, now: float) -> list[Ticket]:
        """
        Look through the lines; returns those who waited too long, and those who may go.
        """
        self._judge(now)
        late = [ticket for line in self._lines.values() for ticket in line.overdue(now)]
        for ticket in late:
            self.counts[ticket.priority, ticket.refused or Outcome.LATE] += 1
        return late + self._next(now)

    def note(self, line: str, seconds: float) -> None:
        """
        Take note of how long somebody stood in a line inside, such as for a connection.
        """
        self._pressure.note(line, seconds)

    def again(self, priority: Priority) -> int:
        """
        Return in how many seconds to come again; spread, so that not all come at once.
        """
        self._refusals += 1
        return self.rules[priority].again_seconds + self._refusals % _AGAIN_SPREAD

    def _judge(self, now: float) -> None:
        pressure = self._pressure.over(now)
        if pressure is None:
            return
        own, shared = self._own.limit, self._shared.limit
        if pressure > (_WHILE_FINISHING if self._own.taken else 1):
            if not shared.shrink():
                own.shrink()
        else:
            own.grow()
            shared.grow()

    def _next(self, now: float) -> list[Ticket]:
        going: list[Ticket] = []
        for priority, line in self._lines.items():
            places, share = self._places[priority], line.rules.share
            while line.count:
                ticket = line.take(lambda party: places.free(share, party), now)  # noqa: B023
                if ticket is None:
                    break
                if now >= ticket.until:
                    self._refuse(ticket, Outcome.EXPIRED)
                else:
                    self._let(ticket, Outcome.WAITED)
                    self.waits.append((priority, now - ticket.asked_at))
                going.append(ticket)
        return going

    def _let(self, ticket: Ticket, how: Outcome) -> None:
        ticket.going = True
        self._places[ticket.priority].take(ticket.party)
        self.counts[ticket.priority, how] += 1

    def _refuse(self, ticket: Ticket, why: Outcome) -> None:
        ticket.refused = why
        self.counts[ticket.priority, why] += 1
