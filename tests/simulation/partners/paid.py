"""The provider's integration: what is not definite is asked about again."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from integrations.spi import (
    Answer,
    Charged,
    ChargeUndone,
    Declined,
    DidNotHappen,
    Happened,
    Outcome,
    PartyView,
    Pending,
    Prepared,
    Query,
    Refunded,
    Refused,
    Secured,
    SecureRequest,
    StillPending,
    Succeeded,
    UnavailableError,
    Undecided,
    Unknown,
)
from tests.simulation.partners.integrations import Integration, Kept, Told
from tests.simulation.partners.provider import Provider, Said
from tests.simulation.partners.wire import LostError, NotReachedError, Wire
from tests.simulation.virtual import START

PROVIDER = "provider"


class ProviderIntegration(Integration):
    """
    Secures, charges, cancels and refunds.
    """

    def __init__(
        self, provider: Provider, wire: Wire, told: Told, now: Callable[[], datetime]
    ) -> None:
        super().__init__(PROVIDER, "payment", wire, told, now)
        self._provider = provider

    async def secure(self, request: SecureRequest) -> Secured | Refused:
        """
        Say whether an amount can be charged.
        """
        amount = request.amount_minor
        try:
            fits = await self.wire.carry("secure", lambda: amount <= self._provider.limit)
        except (NotReachedError, LostError):
            raise UnavailableError("no answer") from None
        if not isinstance(fits, bool):
            raise UnavailableError("no usable answer")
        return Secured(continuation=b"{}") if fits else Refused("AMOUNT_OVER_LIMIT")

    def arrived(self, prepared: Prepared, kept: Kept, left: datetime) -> Outcome:
        """
        Let the provider carry a call out, and read its answer.
        """
        del left
        number, body, now = prepared.reference, kept.request, self._now()
        match prepared.operation:
            case "charge":
                return self._charged(number, self._provider.charge(number, body, now))
            case "cancel_charge":
                said = self._provider.cancel_charge(number, body, now)
                if said.said == "refused":
                    return Declined(code=said.code)
                undone = ChargeUndone(refunded=said.refunded)
                return Succeeded(result=undone, continuation=b"{}")
            case _:
                return _refunded(self._provider.refund(number, body, now))

    def pretended(self, prepared: Prepared, kept: Kept, left: datetime) -> Outcome:
        """
        Let the provider say that it is done.
        """
        del left
        amount = kept.request.get("amount_minor", 0)
        match prepared.operation:
            case "charge":
                result = _charge(prepared.reference, amount)
            case "refund":
                result = Refunded(amount_minor=amount)
            case _:
                result = ChargeUndone(refunded=False)
        return Succeeded(result=result, continuation=b"{}")

    def _charged(self, number: str, said: Said) -> Outcome:
        match said.said:
            case "done":
                return Succeeded(result=_charge(number, said.amount), continuation=b"{}")
            case "waiting":
                return Pending(continuation=b"{}")
            case "refused":
                there = self._provider.look(number, self._now())
                if there.said == "missing" or there.status == "closed":
                    return Declined(code=said.code)
                return Unknown(reason="refused, yet there is a trade")
            case other:
                return Unknown(reason=other)

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        Find out what became of a call.
        """
        del party
        kept = msgspec.json.decode(query.prepared.payload, type=Kept)
        answer: Answer = await self.asked(query.prepared, lambda: self._found(query, kept))
        return answer

    def _found(self, query: Query, kept: Kept) -> Answer:
        number = query.prepared.reference
        if query.prepared.operation == "refund":
            said = self._provider.look_refund(number, kept.request["original"], self._now())
            if said.said == "missing":
                return Undecided(reason="not refunded yet")
            return Happened(result=Refunded(amount_minor=said.amount), continuation=b"{}")
        said = self._provider.look(number, self._now())
        if said.said == "missing":
            missing = DidNotHappen(code="TRADE_CLOSED")
            return missing if query.undo_acknowledged else Undecided(reason="no such trade")
        match said.status:
            case "waiting":
                return StillPending()
            case "closed":
                return DidNotHappen(code="TRADE_CLOSED")
            case _:
                return Happened(result=_charge(number, said.amount), continuation=b"{}")


def _refunded(said: Said) -> Outcome:
    match said.said:
        case "done":
            return Succeeded(result=Refunded(amount_minor=said.amount), continuation=b"{}")
        case "repeated":
            return Pending(continuation=b"{}")
        case _:
            return Declined(code=said.code)


def _charge(number: str, amount: int) -> Charged:
    return Charged(amount_minor=amount, provider_reference=f"T-{number}", at=START)
