"""
What the library card shows the conformance suite.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec

from integrations.conformance import Bench, Clock, Refusal, Safe, Unsafe, Validation
from integrations.spi import (
    LinkRequest,
    PartyView,
    Person,
    PersonKey,
    Purpose,
    Scene,
    ValidateRequest,
)

LI = Person(name="李明", document_type=PersonKey.ID_CARD, document_number="440104198807213314")
CARD = "L000001"


class LibraryCardExhibit:
    """
    A library with one member.
    """

    page = Path(__file__).parent / "demo-library-card.md"

    @asynccontextmanager
    async def start(self, clock: Clock) -> AsyncIterator["LibraryCardStage"]:
        """
        Nothing has to be started.
        """
        yield LibraryCardStage(clock)


class LibraryCardStage:
    """
    The member's card, good for a month.
    """

    address = None

    def __init__(self, clock: Clock) -> None:
        self._until = clock().date() + timedelta(days=30)

    def settings(self, base_url: str) -> bytes:  # noqa: ARG002 - there is no partner
        """
        The register.
        """
        member = {
            "name": LI.name,
            "document_number": LI.document_number,
            "card": CARD,
            "until": self._until,
        }
        return msgspec.json.encode({"members": [member]})

    def party(self, base_url: str) -> PartyView:  # noqa: ARG002
        """
        A hospital.
        """
        return PartyView(id="party-1", name="示范市第一人民医院", kind="hospital")

    def secret_keys(self) -> tuple[str, ...]:
        """
        There is no key.
        """
        return ()

    def personal(self) -> tuple[str, ...]:
        """
        The member.
        """
        return (LI.name, LI.document_number, CARD)

    @property
    def validations(self) -> tuple[Validation, ...]:
        """
        Requests for a verdict.
        """

        async def good(bench: Bench) -> ValidateRequest:
            return _verdict(bench, CARD)

        async def unknown(bench: Bench) -> ValidateRequest:
            return _verdict(bench, "L999999")

        async def expired(bench: Bench) -> ValidateRequest:
            bench.clock.advance(timedelta(days=31))
            return _verdict(bench, CARD)

        return (
            Validation("", good),
            Validation("NO_MEMBER", unknown),
            Validation("CARD_EXPIRED", expired),
        )

    refusals: tuple[Refusal, ...] = ()

    @property
    def safe(self) -> tuple[Safe, ...]:
        """
        Linking and unlinking.
        """

        async def link(bench: Bench) -> Callable[[], Awaitable[object]]:
            request = LinkRequest(person=LI, reference="REF1", now=bench.clock())
            return partial(bench.integration.link, request)

        async def unlink(bench: Bench) -> Callable[[], Awaitable[object]]:
            return partial(bench.integration.unlink, CARD)

        return (Safe("link", link), Safe("unlink", unlink))

    unsafe: tuple[Unsafe, ...] = ()


def exhibit() -> LibraryCardExhibit:
    """
    What the conformance suite asks for.
    """
    return LibraryCardExhibit()


def _verdict(bench: Bench, subject: str) -> ValidateRequest:
    return ValidateRequest(
        subject=subject,
        purpose=Purpose.IDENTIFICATION,
        scene=Scene.CONSULTATION,
        party=bench.party,
        now=bench.clock(),
    )
