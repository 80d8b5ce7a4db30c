"""The insurer's integration: reads what the insurer says, and believes only what is listed."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from integrations.spi import (
    Answer,
    Declined,
    DidNotHappen,
    Happened,
    Outcome,
    PartyView,
    Prepared,
    PreSettled,
    Query,
    Registered,
    Reversed,
    Settled,
    Split,
    SplitLine,
    Succeeded,
    Undecided,
    Undone,
    Unknown,
    Uploaded,
)
from tests.simulation.partners.insurer import Insurer, Message, Reply, Settlement
from tests.simulation.partners.integrations import Integration, Kept, Memory, Told
from tests.simulation.partners.wire import Wire
from tests.simulation.virtual import START

INSURER = "insurer"


def split_of(total: int, cash: int) -> Split:
    """
    Return a split with so much cash.
    """
    fund = (total - cash) * 2 // 3
    return Split(
        total_minor=total,
        funds=(SplitLine(code="310", name="统筹基金", amount_minor=fund),),
        account_minor=total - cash - fund,
        mutual_aid_minor=0,
        hospital_minor=0,
        cash_minor=cash,
    )


class InsurerIntegration(Integration):
    """
    Registers, uploads, settles and undoes.
    """

    def __init__(
        self, insurer: Insurer, wire: Wire, told: Told, now: Callable[[], datetime]
    ) -> None:
        super().__init__(INSURER, "insurance", wire, told, now)
        self._insurer = insurer

    def arrived(self, prepared: Prepared, kept: Kept, left: datetime) -> Outcome:
        """
        Let the insurer carry a message out, and read its answer.
        """
        message = Message(
            number=prepared.reference,
            operation=prepared.operation,
            issued=datetime.fromisoformat(kept.issued),
            left=left,
            visit=kept.memory.visit,
            settlement=kept.memory.settlement,
            body=kept.request,
        )
        reply = self._insurer.receive(message, self._now())
        match reply.said:
            case "done":
                return self._done(prepared.operation, kept.memory, reply)
            case "already" if prepared.operation != "register":
                return Succeeded(result=Undone(), continuation=_encoded(kept.memory))
            case "refused":
                return Declined(code=reply.code)
            case "reversed":
                return Declined(code="REVERSED")
            case said:
                return Unknown(reason=said)

    def pretended(self, prepared: Prepared, kept: Kept, left: datetime) -> Outcome:
        """
        Let the insurer say that it is done.
        """
        del left
        total = kept.request.get("total", 0)
        said = Reply(said="done", visit="M-0", settlement="S-0", total=total, cash=total // 5)
        return self._done(prepared.operation, kept.memory, said)

    def _done(self, operation: str, memory: Memory, reply: Reply) -> Outcome:
        after = memory
        match operation:
            case "register":
                after = Memory(visit=reply.visit)
                result = Registered(visit_reference=reply.visit)
            case "upload":
                result = Uploaded(lines=1)
            case "pre_settle":
                result = PreSettled(split=split_of(reply.total, reply.cash))
            case "settle":
                after = Memory(visit=memory.visit, settlement=reply.settlement)
                result = _settled(reply.settlement, reply.total, reply.cash)
            case "reverse":
                result = Reversed()
            case _:
                result = Undone()
        return Succeeded(result=result, continuation=_encoded(after))

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        Find out what became of a call.
        """
        del party
        kept = msgspec.json.decode(query.prepared.payload, type=Kept)
        answer: Answer = await self.asked(query.prepared, lambda: self._found(query, kept))
        return answer

    def _found(self, query: Query, kept: Kept) -> Answer:
        match query.prepared.operation:
            case "register" | "cancel_registration":
                return self._of_visit(query.prepared.operation, kept)
            case "settle":
                listed = [
                    each
                    for each in self._insurer.settlements.values()
                    if each.message == query.prepared.reference and each.status != "reversed"
                ]
                return _of_settle(listed, query, kept.memory)
            case "cancel_settlement":
                made = self._insurer.settlements.get(kept.memory.settlement)
                if made is None or made.status == "settled":
                    return Undecided(reason="still settled")
                return Happened(result=Undone(), continuation=_encoded(kept.memory))
            case _:
                return Undecided(reason="repeat")

    def _of_visit(self, operation: str, kept: Kept) -> Answer:
        if operation == "register":
            visit = self._insurer.visits.get(kept.request["visit_number"], "")
            if visit not in self._insurer.open_visits:
                return Undecided(reason="not listed")
            result = Registered(visit_reference=visit)
            return Happened(result=result, continuation=_encoded(Memory(visit=visit)))
        if kept.memory.visit in self._insurer.open_visits:
            return Undecided(reason="still registered")
        return Happened(result=Undone(), continuation=_encoded(kept.memory))


def _of_settle(listed: list[Settlement], query: Query, memory: Memory) -> Answer:
    if not listed:
        if query.undo_acknowledged:
            return DidNotHappen(code="REVERSED")
        return Undecided(reason="not listed")
    (made,) = listed
    if made.status == "cancelled":
        return DidNotHappen(code="ALREADY_CANCELLED")
    after = Memory(visit=memory.visit, settlement=made.number)
    return Happened(
        result=_settled(made.number, made.total, made.cash), continuation=_encoded(after)
    )


def _settled(number: str, total: int, cash: int) -> Settled:
    return Settled(split=split_of(total, cash), settlement_reference=number, at=START)


def _encoded(memory: Memory) -> bytes:
    return msgspec.json.encode(memory)
