"""The wallet with a mistake in it: each must be found out, or the invariants are worth nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wallet.calls.conducting import Conductor
from wallet.calls.events import Done, Doubtful, Undetermined
from wallet.idempotency.service import Fresh, IdempotencyService
from wallet.settling import machine, refunding, tendering
from wallet.settling.moving import Mover
from wallet.settling.states import ASKED
from wallet.settling.tenders import TenderRecords
from wallet.visiting import machine as visiting
from wallet.work.service import WorkService

Patch = tuple[Any, str, Any]
WIRES = {"plan.insurer's wire": 4, "plan.provider's wire": 4}
HESITATION = {"plan.buyers hesitate": 2}


class Mutant(Struct, frozen=True, kw_only=True):
    """
    A mistake.

    Attributes:
        forced: what has to go wrong often for it to matter.
        patches: makes it: where, what, and instead of it.
        first: a seed from which it is not far to a history that breaks.
    """

    name: str
    first: int = 0
    forced: Mapping[str, int]
    patches: Callable[[], list[Patch]]


@contextmanager
def mistaken(mutant: Mutant) -> Iterator[None]:
    """
    Let the wallet make a mistake for a while.
    """
    patches = mutant.patches()
    was = [getattr(place, name) for place, name, _ in patches]
    for place, name, instead in patches:
        setattr(place, name, instead)
    try:
        yield
    finally:
        for (place, name, _), before in zip(patches, was, strict=True):
            setattr(place, name, before)


def _done_again() -> list[Patch]:
    right = machine._doubtful

    def doubtful(state: Any, event: Any) -> Any:
        after = right(state, event)
        return replace(after, status="due") if event.operation in ASKED else after

    return [(machine, "_APPLY", {**machine._APPLY, Doubtful: doubtful})]


def _performed_first() -> list[Patch]:
    right = Conductor._perform

    async def perform(self: Any, lease: Any, case: Any, call: Any) -> Any:
        if call.prepared.operation == "charge":
            async with self._database.reading() as session:
                view = await self._calls.view(session, call.party_id, call.integration_id)
            await self._calls.outside.perform(call.integration_id, call.prepared, view, None)
        return await right(self, lease, case, call)

    return [(Conductor, "_perform", perform)]


def _given_up() -> list[Patch]:
    right = tendering._charge

    def charge(state: Any, event: Any) -> Any:
        if isinstance(event, Doubtful):
            return tendering._over(state, "refused", "NO")
        return right(state, event)

    return [(tendering, "_charge", charge)]


def _believed() -> list[Patch]:
    right = tendering._cancel

    def cancel(state: Any, event: Any) -> Any:
        if isinstance(event, Done):
            return tendering._over(state, "cancelled", "NO")
        return right(state, event)

    return [(tendering, "_cancel", cancel)]


def _another_refund() -> list[Patch]:
    right = refunding.apply

    def apply(state: Any, event: Any) -> Any:
        after = right(state, event)
        again = isinstance(event, Doubtful | Undetermined)
        return replace(after, status="due") if again else after

    return [(refunding, "apply", apply)]


def _no_lease() -> list[Patch]:
    async def hold(self: Any, session: Any, lease: Any) -> None:
        pass

    return [(WorkService, "hold", hold)]


def _books_keep_it() -> list[Patch]:
    right = Mover._book

    async def book(self: Any, session: Any, settlement: Any, before: Any, after: Any) -> None:
        if after.settled != "undone":
            await right(self, session, settlement, before, after)

    return [(Mover, "_book", book)]


def _late_money_kept() -> list[Patch]:
    async def add_refund(self: Any, session: Any, refund: Any) -> None:
        pass

    return [(TenderRecords, "add_refund", add_refund)]


def _same_undo_for_ever() -> list[Patch]:
    def doubted(state: Any) -> Any:
        return replace(state, status="unknown", tries=state.tries + 1)

    return [(machine, "_undo_doubted", doubted)]


def _every_request_is_new() -> list[Patch]:
    async def begin(*_: Any, **__: Any) -> Any:
        return Fresh()

    return [(IdempotencyService, "begin", begin)]


def _refusal_for_all() -> list[Patch]:
    def failed(state: Any, code: str, *, refused: bool) -> Any:
        del refused
        return replace(visiting._resting(state, "open"), reason=code)

    return [(visiting, "_failed", failed)]


def _other_content() -> list[Patch]:
    right = Conductor.repeat

    async def repeat(self: Any, lease: Any, case: Any, operation: str) -> Any:
        await right(self, lease, case, operation)
        return await self.begin(lease, case, operation)

    return [(Conductor, "repeat", repeat)]


MUTANTS = (
    Mutant(name="does again what nobody knows of", forced=WIRES, patches=_done_again),
    Mutant(name="charges before it commits", forced={}, patches=_performed_first),
    Mutant(name="gives up a charge nobody knows of", first=19, forced=WIRES, patches=_given_up),
    Mutant(
        name="believes a cancel without asking",
        first=31,
        forced={**WIRES, **HESITATION, "plan.late success": 1},
        patches=_believed,
    ),
    Mutant(name="refunds anew instead of again", first=19, forced=WIRES, patches=_another_refund),
    Mutant(
        name="works on without its lease",
        forced={"plan.processes stand still": 3},
        patches=_no_lease,
    ),
    Mutant(name="leaves in the books what was undone", forced={}, patches=_books_keep_it),
    Mutant(name="opens no refund", forced=HESITATION, patches=_late_money_kept),
    Mutant(name="repeats an old undo for ever", forced=WIRES, patches=_same_undo_for_ever),
    Mutant(
        name="does a repeated request twice",
        first=75,
        forced={"plan.commits are cut": 3},
        patches=_every_request_is_new,
    ),
    Mutant(name="repeats as another call", forced=WIRES, patches=_other_content),
    Mutant(
        name="takes a repetition's refusal for the first one's",
        first=60,
        forced={"plan.insurer's wire": 4},
        patches=_refusal_for_all,
    ),
)
