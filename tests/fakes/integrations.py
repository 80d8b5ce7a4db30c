"""Integrations that live in the process and do as a test tells them."""

import asyncio
from datetime import timedelta

from integrations.spi import (
    SPI_VERSION,
    CredentialRequest,
    Deadlines,
    Decoded,
    DecodeRequest,
    LinkChoice,
    Linked,
    LinkRequest,
    Manifest,
    Obtained,
    Person,
    PersonKey,
    Purpose,
    Refused,
    Text,
    UnavailableError,
    Unlinked,
    Valid,
    ValidateRequest,
)

EVERY_PURPOSE = tuple(Purpose)
_TEXT = Text(zh="测试", en="Test")


def manifest(context: str, **changes) -> Manifest:
    """
    Return the manifest of a fake for a context.
    """
    given = {
        "id": f"fake_{context}",
        "spi_version": SPI_VERSION,
        "context": context,
        "title": _TEXT,
        "releases": dict.fromkeys(EVERY_PURPOSE, ("label",)),
        "refusals": {"SUSPENDED": _TEXT, "CREDENTIAL_REQUIRED": _TEXT, "NOT_KNOWN": _TEXT},
        "deadlines": Deadlines(validate_ms=300, perform_ms=300),
        "local": True,
    }
    return Manifest(**(given | changes))


class FakeIntegration:
    """
    Answers what it was told to.

    Args:
        given: its manifest.

    Attributes:
        verdict: what `validate` returns, raises if it is an exception, or waits for if it is a
            number of seconds.
        asked: every request that came.
    """

    def __init__(self, given: Manifest) -> None:
        self.manifest = given
        self.verdict: object = Valid({"label": given.context, "secret": "never released"})
        self.asked: list[object] = []
        self.link_result: object = Linked(subject=f"subject of {given.id}", label="标签")
        self.unlinked: list[str] = []

    async def validate(self, request: ValidateRequest):
        """
        Answer as told.
        """
        self.asked.append(request)
        match self.verdict:
            case int() | float():
                await asyncio.sleep(self.verdict)
                return Valid({})
            case Exception():
                raise self.verdict
            case _:
                return self.verdict

    async def link(self, request: LinkRequest):
        """
        Link as told.
        """
        self.asked.append(request)
        if isinstance(self.link_result, Exception):
            raise self.link_result
        return self.link_result

    async def unlink(self, subject: str):
        """
        Note what was unlinked.
        """
        self.unlinked.append(subject)
        return Unlinked()

    def scrub(self, transcript: str) -> str:
        """
        There is never anything in it.
        """
        return transcript

    async def close(self) -> None:
        """
        There is nothing to close.
        """


class FakeInsurer(FakeIntegration):
    """
    Obtains a credential before it validates, and decodes a foreign family.
    """

    def __init__(self, given: Manifest) -> None:
        super().__init__(given)
        self.credential: object = None
        self.decoded: object = None

    async def obtain(self, request: CredentialRequest):
        """
        Answer as told, or give a credential for ten minutes.
        """
        self.asked.append(request)
        if isinstance(self.credential, Refused):
            return self.credential
        return Obtained(
            credential=b"credential",
            method="grant",
            expires_at=request.now + timedelta(minutes=10),
        )

    async def decode(self, request: DecodeRequest):
        """
        Answer as told.
        """
        self.asked.append(request)
        if isinstance(self.decoded, Exception):
            raise self.decoded
        return self.decoded


def person(name: str = "李明", number: str = "440104198807213314") -> Person:
    """
    Return a person with an ID card.
    """
    return Person(name=name, document_type=PersonKey.ID_CARD, document_number=number)


def decoded(subject: str = "") -> Decoded:
    """
    Return what a decoder says of Li Ming.
    """
    return Decoded(person=person(), subject=subject, credential=b"decoded")


UNAVAILABLE = UnavailableError("told so")
CHOICES = (LinkChoice("310", _TEXT), LinkChoice("390", _TEXT))
