"""
Returning a completed settlement, whole or some of its lines (退费).

There is no partial undo at an insurer: the whole settlement is cancelled (2208), the cash part
goes back by its original routes, and what remains is settled anew with a fresh scan.
"""

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.errors import StateConflictError
from wallet.http.callers import TerminalCaller
from wallet.settling.bill import estimated, without
from wallet.settling.counter import REFUND, REFUND_KIND, Counter, Folder
from wallet.settling.errors import BillInvalidError
from wallet.settling.happenings import CancelAsked
from wallet.settling.opening import Wish, batch_of
from wallet.settling.records import Change, Settlement
from wallet.settling.refunding import paid_out
from wallet.settling.service import SettlingService
from wallet.visiting.intents import Intent, allow

RETURNED = "RETURNED"


class Return(Struct, frozen=True, kw_only=True):
    """
    What is returned.

    Attributes:
        lines: numbers of the returned lines; empty for the whole.
        presentation: the handle of a fresh scan, where something remains.
        use_account: draw on the personal account for what remains.
    """

    lines: frozenset[str] = frozenset()
    presentation: str = ""
    use_account: bool = True

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Return(…)"


class Net(Struct, frozen=True, kw_only=True):
    """
    What a return would come to. All amounts in minor units.

    Attributes:
        returned_minor: the returned lines.
        back_minor: the cash part that goes back first.
        remaining_minor: the bill that is settled anew.
        cash_minor: its cash part, estimated in proportion; the insurer alone decides it.
        net_minor: what the patient gets back in the end; negative: owes.
    """

    returned_minor: int
    back_minor: int
    remaining_minor: int
    cash_minor: int
    net_minor: int


class ReturnsService:
    """
    What a desk does to return things.
    """

    def __init__(self, *, counter: Counter, settling: SettlingService) -> None:
        self._counter = counter
        self._settling = settling
        self._mover = counter.mover
        self._till = counter.till

    async def preview(self, caller: TerminalCaller, name: str, wish: Return) -> Net:
        """
        Tell what a return would come to; changes nothing.

        Raises:
            NotFoundError: there is no such settlement of the party.
            StateConflictError: it is not completed.
            BillInvalidError: a line is not one of the bill's.
        """
        allow(caller, REFUND)
        settlement = (await self._counter.get(caller, name)).settlement
        _completed(settlement)
        remaining = _remaining(settlement, wish, settlement.settlement_id)
        total_minor = 0 if remaining is None else remaining.bill.total_minor
        cash_minor = 0
        if settlement.split is not None:
            cash_minor = estimated(settlement.split, total_minor).cash_minor
        back_minor = settlement.state.tendered_minor
        return Net(
            returned_minor=settlement.total_minor - total_minor,
            back_minor=back_minor,
            remaining_minor=total_minor,
            cash_minor=cash_minor,
            net_minor=back_minor - cash_minor,
        )

    async def give_back(self, intent: Intent, name: str, wish: Return) -> Folder:
        """
        Return a completed settlement, or some of its lines.

        Raises:
            NotFoundError: there is no such settlement of the party.
            StateConflictError: it is not completed, another one is going on, or the hospital's
                own system settled it and lines cannot be returned here.
            BillInvalidError: a line is not one of the bill's.
            HandleMismatchError: the fresh scan is somebody else's or missing.
        """
        key = self._counter.locate(f"party:{intent.caller.party_id}", name)

        async def do(session: AsyncSession, settlement: Settlement) -> None:
            _completed(settlement)
            following_id = self._till.ids.local()
            remaining = _remaining(settlement, wish, following_id)
            change = Change()
            if remaining is not None:
                await self._prepare(session, intent, settlement, remaining, following_id)
                change = Change(plain={"replaced_by": following_id})
            await self._mover.move(session, settlement, CancelAsked(reason=RETURNED), change)

        return await self._counter.act(intent, key, ("returns", REFUND), do)

    async def pay_out(self, intent: Intent, name: str, refund_name: str, reference: str) -> Folder:
        """
        Confirm that the desk has handed cash back, or refunded a card at its own machine.

        Raises:
            NotFoundError: there is no such settlement or refund of the party.
            StateConflictError: it is not paid out at the desk, or was confirmed before.
        """
        audience = f"party:{intent.caller.party_id}"
        key = self._counter.locate(audience, name)
        refund_key = self._counter.locate(audience, refund_name, REFUND_KIND)

        async def do(session: AsyncSession, settlement: Settlement) -> None:
            refund = await self._till.tenders.refund(session, *refund_key)
            if refund.settlement_id != settlement.settlement_id:
                raise StateConflictError
            now = self._till.clock.now()
            plain = {"refunded_at": now, "reference": reference}
            state = paid_out(refund.state)
            await self._till.tenders.move_refund(session, refund, state, plain)
            tender = await self._till.tenders.get(session, key[0], refund.tender_id)
            await self._mover.refunded(session, refund, tender, intent.caller.terminal_id, now)

        return await self._counter.act(intent, key, ("payout", REFUND), do)

    async def _prepare(
        self,
        session: AsyncSession,
        intent: Intent,
        settlement: Settlement,
        wish: Wish,
        following_id: int,
    ) -> None:
        """
        Write the settlement of what remains; it goes on when the returned one is undone.
        """
        visit = await self._counter.visits.records.get(
            session, settlement.resident_id, settlement.visit_id
        )
        made = await self._settling.made(session, intent.caller, visit, following_id, wish)
        following = replace(made, replaces=settlement.settlement_id)
        await self._mover.records.add(session, following)


def _completed(settlement: Settlement) -> None:
    if settlement.state.phase != "completed":
        raise StateConflictError("Only a completed settlement is returned.")


def _remaining(settlement: Settlement, wish: Return, following_id: int) -> Wish | None:
    """
    Return what is to be settled anew, or None when nothing remains.
    """
    if not wish.lines:
        return None
    if settlement.state.insurer == "his":
        raise StateConflictError("The hospital's system settled it; return the whole.")
    try:
        bill = without(settlement.bill, wish.lines, batch_of(following_id))
    except KeyError as unknown:
        raise BillInvalidError(problem="LINE_UNKNOWN", line=str(unknown.args[0])) from None
    if bill is None:
        return None
    return Wish(
        presentation=wish.presentation,
        bill=bill,
        use_account=wish.use_account,
        self_pay=settlement.state.insurer == "nobody",
    )
