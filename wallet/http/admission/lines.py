"""
Lines: who waits, party by party, and how long they may.

A line that has not been empty for a while is a standing one: whoever stands in it longer than a
moment is told so, and who came last goes first, because those who came first are about to leave
anyway ("Fail at Scale", ACM Queue 2015). A short burst just waits.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from wallet.http.admission.words import Outcome, Priority

BURST_SECONDS: Final = 0.3
CALM_SECONDS: Final = 1.0
HURRIED_SECONDS: Final = 0.04


class Rules(Struct, frozen=True, kw_only=True):
    """
    How one priority is treated.

    Attributes:
        share: of the common limit that requests of this priority and of those below may fill.
        waiting: how many may stand in line.
        patience_seconds: how long, while the line is no standing one.
        deadline_seconds: how long anybody is worked for, unless the caller says less.
        again_seconds: when to come again, at the earliest.
    """

    share: float
    waiting: int
    patience_seconds: float
    deadline_seconds: float
    again_seconds: int


class Ticket:
    """
    One request that asked.

    Attributes:
        going: it may be worked on.
        refused: why not; None while it waits or goes.
        wake: called when either changes while it waits.
    """

    __slots__ = ("asked_at", "going", "party", "priority", "refused", "until", "wake")

    def __init__(self, priority: Priority, party: int, asked_at: float, until: float) -> None:
        self.priority = priority
        self.party = party
        self.asked_at = asked_at
        self.until = until
        self.going = False
        self.refused: Outcome | None = None
        self.wake: Callable[[], object] | None = None


class Line:
    """
    Those of one priority who wait.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.count = 0
        self._parties: OrderedDict[int, deque[Ticket]] = OrderedDict()
        self._filled_at = 0.0
        self._emptied_at = 0.0
        self._standing = False

    def stands(self, now: float) -> bool:
        """
        Tell whether the line is a standing one.
        """
        if self.count and now - self._filled_at >= BURST_SECONDS:
            self._standing = True
        elif not self.count and now - self._emptied_at >= CALM_SECONDS:
            self._standing = False
        return self._standing

    def has_room(self, party: int) -> bool:
        """
        Tell whether one more of a party may wait; no party may be more than half of the line.
        """
        theirs = len(self._parties.get(party, ()))
        return self.count < self.rules.waiting and theirs < max(1, self.rules.waiting // 2)

    def add(self, ticket: Ticket, now: float) -> None:
        """
        Let one wait.
        """
        if not self.count:
            self.stands(now)
            self._filled_at = now
        self._parties.setdefault(ticket.party, deque()).append(ticket)
        self.count += 1

    def take(self, may_go: Callable[[int], bool], now: float) -> Ticket | None:
        """
        Take the next one of the party whose turn it is, among those that may go.
        """
        for party, tickets in self._parties.items():
            if may_go(party):
                ticket = tickets.pop() if self.stands(now) else tickets.popleft()
                if tickets:
                    self._parties.move_to_end(party)
                else:
                    del self._parties[party]
                self._less(now)
                return ticket
        return None

    def leave(self, ticket: Ticket, now: float) -> None:
        """
        Take one out that does not want to wait any more.
        """
        tickets = self._parties.get(ticket.party, deque())
        if ticket in tickets:
            tickets.remove(ticket)
            if not tickets:
                del self._parties[ticket.party]
            self._less(now)

    def overdue(self, now: float) -> Iterator[Ticket]:
        """
        Take out those who waited too long, each with why.
        """
        moment = HURRIED_SECONDS if self.stands(now) else self.rules.patience_seconds
        for ticket in [each for waiting in self._parties.values() for each in waiting]:
            if now >= ticket.until:
                ticket.refused = Outcome.EXPIRED
            elif now >= ticket.asked_at + moment:
                ticket.refused = Outcome.LATE
            else:
                continue
            self.leave(ticket, now)
            yield ticket

    def _less(self, now: float) -> None:
        self.count -= 1
        if not self.count:
            self._emptied_at = now
