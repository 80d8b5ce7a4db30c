"""Insurer and provider as the wallet meets them: their capabilities over a faulty wire."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from integrations.spi import (
    SPI_VERSION,
    Deadlines,
    Manifest,
    NotSent,
    Numbers,
    Outcome,
    PartyView,
    PollPolicy,
    Prepared,
    Refused,
    Text,
    UnavailableError,
    Unknown,
    Valid,
)
from tests.simulation.partners.wire import LostError, NotReachedError, Wire

POLL = PollPolicy(interval_seconds=5, budget_seconds=30)
Told = Callable[[str, Prepared], None]


class Memory(Struct, frozen=True):
    """
    What an integration remembers.
    """

    visit: str = ""
    settlement: str = ""


class Kept(Struct, frozen=True):
    """
    What a prepared call is made of.
    """

    request: dict[str, Any]
    memory: Memory
    issued: str


class Integration(ABC):
    """
    What both have in common.

    Args:
        name: the integration's id, and its context.
        told: is told of each call just before it leaves.
        now: the partner's own clock.
    """

    def __init__(
        self, name: str, context: str, wire: Wire, told: Told, now: Callable[[], datetime]
    ) -> None:
        self.manifest = Manifest(
            id=name,
            spi_version=SPI_VERSION,
            context=context,
            title=Text(zh=name, en=name),
            releases={},
            refusals={},
            deadlines=Deadlines(validate_ms=2_000, perform_ms=8_000),
            poll=POLL,
        )
        self.wire = wire
        self._told, self._now = told, now

    async def validate(self, request: Any) -> Valid:
        """
        Answer a scan; none comes here.
        """
        del request
        return Valid(fields={})

    def scrub(self, transcript: str) -> str:
        """
        Return a transcript; there is none.
        """
        return transcript

    async def close(self) -> None:  # noqa: B027 - nobody has any
        """
        Give up connections; there are none.
        """

    async def statement(self, day: Any, party: PartyView) -> tuple[Any, ...]:
        """
        Return no statement.
        """
        del day, party
        return ()

    def prepare(
        self, request: Any, continuation: bytes, numbers: Numbers, party: PartyView
    ) -> Prepared | Refused:
        """
        Make a call; pure.
        """
        del party
        if self.wire.refuses(request.__struct_config__.tag):
            return Refused("NOT_PREPARED")
        memory = msgspec.json.decode(continuation, type=Memory) if continuation else Memory()
        kept = Kept(
            request=self.reduced(request), memory=memory, issued=numbers.instant.isoformat()
        )
        return Prepared(
            operation=request.__struct_config__.tag,
            reference=f"{self.manifest.id}-{numbers.serial}",
            payload=msgspec.json.encode(kept),
        )

    def reduced(self, request: Any) -> dict[str, Any]:
        """
        Return what of a request goes over the wire.
        """
        names = ("visit_number", "batch", "original", "operation", "amount_minor", "code")
        found = {name: getattr(request, name) for name in names if hasattr(request, name)}
        bill = getattr(request, "bill", None)
        return found | ({"batch": bill.batch, "total": bill.total_minor} if bill else {})

    async def perform(self, prepared: Prepared, party: PartyView) -> Outcome:
        """
        Perform a call.
        """
        del party
        self._told("performs", prepared)
        kept = msgspec.json.decode(prepared.payload, type=Kept)
        left = self._now()
        arrived = self.pretended if self.wire.lies(prepared.operation) else self.arrived
        try:
            return await self.wire.carry(prepared.operation, lambda: arrived(prepared, kept, left))
        except NotReachedError:
            return NotSent(reason="refused connection")
        except LostError:
            return Unknown(reason="no answer")

    async def asked(self, prepared: Prepared, question: Callable[[], Any]) -> Any:
        """
        Ask the partner something that changes nothing.

        Raises:
            UnavailableError: there is no answer.
        """
        self._told("asks about", prepared)
        try:
            return await self.wire.carry("query", question)
        except (NotReachedError, LostError):
            raise UnavailableError("no answer") from None

    @abstractmethod
    def pretended(self, prepared: Prepared, kept: Kept, left: datetime) -> Outcome:
        """
        Let the partner say that it did what it did not do.
        """

    @abstractmethod
    def arrived(self, prepared: Prepared, kept: Kept, left: datetime) -> Outcome:
        """
        Let the partner carry a call out, and read its answer.
        """
