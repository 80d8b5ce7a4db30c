"""What the wallet does to work items and visits, in any order: for comparing storages."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import asdict

from tests.simulation.desk import DETAILS
from tests.simulation.draws import Draws
from tests.simulation.storage.vaults import PlainVault
from tests.simulation.virtual import START
from wallet.visiting import repository as visiting
from wallet.visiting.machine import VisitState
from wallet.visiting.records import Visit, VisitRecords
from wallet.work import repository as work

Act = Callable[[Any], Awaitable[Any]]
VAULT: Any = PlainVault()


class Drawing:
    """
    Draws acts from a seed; two with the same seed draw the same.
    """

    def __init__(self, seed: int) -> None:
        self._draws = Draws(seed)
        self._leases: list[Any] = []
        self._instants = 0
        self._kinds: tuple[Callable[[], Act], ...] = ()

    def next(self) -> tuple[str, Act]:
        """
        Return an act and its name.
        """
        kind = self._draws.of("act", self._kinds)
        return kind.__name__, kind()

    def _below(self, limit: int) -> int:
        return self._draws.below("number", limit)

    def _at(self) -> datetime:
        """
        Return an instant that no other act has, since ties fall as they like.
        """
        self._instants += 1
        return START + timedelta(seconds=self._below(9), microseconds=self._instants)

    def _item(self) -> tuple[int, str, int]:
        return 1 + self._below(2), ("visit", "settlement")[self._below(2)], self._below(3)

    def _lease(self) -> Any:
        if self._leases and self._below(3):
            return self._leases[self._below(len(self._leases))]
        resident_id, kind, subject_id = self._item()
        return work.Lease(
            resident_id=resident_id,
            kind=kind,
            subject_id=subject_id,
            owner="w0",
            fence=1,
            wakes=0,
            attempts=1,
        )

    def _put(self) -> Act:
        item, at = self._item(), self._at()
        return lambda session: work.put(session, item, at)

    def _claim(self) -> Act:
        owner, at, most = f"w{self._below(2)}", self._at(), 1 + self._below(3)

        async def act(session: Any) -> Any:
            until = at + timedelta(seconds=3)
            found = await work.claim_due(session, owner=owner, now=at, until=until, limit=most)
            self._leases += sorted(found, key=repr)
            return sorted((asdict(each) for each in found), key=repr)

        return act

    def _claim_one(self) -> Act:
        item, owner, at = self._item(), f"w{self._below(2)}", self._at()

        async def act(session: Any) -> Any:
            until = at + timedelta(seconds=3)
            found = await work.claim_one(session, item, owner=owner, now=at, until=until)
            self._leases += [found] if found else []
            return found

        return act

    def _renew(self) -> Act:
        lease, at = self._lease(), self._at()
        return lambda session: work.renew(session, lease, at)

    def _give_back(self) -> Act:
        lease, at, progressed = self._lease(), self._at(), bool(self._below(2))
        return lambda session: work.give_back(session, lease, at, progressed=progressed)

    def _remove(self) -> Act:
        lease = self._lease()
        return lambda session: work.remove(session, lease)

    def _due(self) -> Act:
        before, now = self._at(), self._at()
        return lambda session: work.oldest_due(session, due_before=before, now=now)

    def _visit(self) -> Act:
        visit = Visit(
            resident_id=1,
            visit_id=self._below(3),
            party_id=7,
            terminal_id=70,
            presentation_id=1,
            version=1,
            state=VisitState(phase=("open", "closed", "cancelled")[self._below(3)]),
            insurance=None,
            visit_number="V1",
            details=DETAILS,
            continuation=b"",
            visit_reference="",
            open_settlement_id=None,
            standing=0,
            opened_at=START,
            closes_at=self._at(),
        )
        return lambda session: VisitRecords(VAULT).add(session, visit)

    def _take(self) -> Act:
        visit, settlement, version = self._below(3), self._below(3), self._below(3)
        if version == 0:
            return lambda session: visiting.retake(session, (1, visit), settlement)
        return lambda session: visiting.take(session, (1, visit), settlement, version=version)

    def _hand_over(self) -> Act:
        visit, settlement = self._below(3), self._below(3)
        successor = ((None, 5)[self._below(2)], self._below(2))
        return lambda session: visiting.hand_over(session, 1, visit, settlement, successor)

    def _visit_changes(self) -> Act:
        key, version, tries = self._below(3), 1 + self._below(3), self._below(3) - 1

        async def act(session: Any) -> Any:
            return await visiting.change(session, (1, key), {"tries": tries}, version=version)

        return act
