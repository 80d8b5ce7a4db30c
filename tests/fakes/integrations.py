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


async def told(value, request):
    """
    Raise an exception, wait a number of seconds, ask a function, or return the value itself.
    """
    if isinstance(value, int | float):
        await asyncio.sleep(value)
        return Valid({})
    if isinstance(value, BaseException):
        raise value
    return await value(request) if callable(value) else value


class FakeIntegration:
    """
    Answers what it was told to.

    Args:
        given: its manifest.

    Attributes:
        verdict, link_result, unlink_result: what the calls do; see `told`.
        asked: every request that came.
        unlinked: every subject that was to be released.
    """

    def __init__(self, given: Manifest) -> None:
        self.manifest = given
        self.verdict: object = Valid({"label": given.context, "secret": "never released"})
        self.asked: list[object] = []
        self.link_result: object = Linked(subject=f"subject of {given.id}", label="标签")
        self.unlink_result: object = Unlinked()
        self.unlinked: list[str] = []

    def requests(self, kind: type) -> list[object]:
        """
        Return the requests of one kind.
        """
        return [request for request in self.asked if isinstance(request, kind)]

    async def validate(self, request: ValidateRequest):
        """
        Answer as told.
        """
        self.asked.append(request)
        return await told(self.verdict, request)

    async def link(self, request: LinkRequest):
        """
        Link as told.
        """
        self.asked.append(request)
        return await told(self.link_result, request)

    async def unlink(self, subject: str):
        """
        Note what was unlinked, and answer as told.
        """
        self.unlinked.append(subject)
        return await told(self.unlink_result, subject)

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

    Attributes:
        credential, decoded: what `obtain` and `decode` do; see `told`. Until told otherwise it
            obtains a credential for ten minutes, and knows Li Ming behind every code.
    """

    def __init__(self, given: Manifest) -> None:
        super().__init__(given)
        self.credential: object = _obtained
        self.decoded: object = decoded()

    async def obtain(self, request: CredentialRequest):
        """
        Answer as told.
        """
        self.asked.append(request)
        return await told(self.credential, request)

    async def decode(self, request: DecodeRequest):
        """
        Answer as told.
        """
        self.asked.append(request)
        return await told(self.decoded, request)


async def _obtained(request: CredentialRequest) -> Obtained:
    return Obtained(
        credential=b"credential",
        method="grant",
        expires_at=request.now + timedelta(minutes=10),
    )


def person(name: str = "李明", number: str = "440104198807213314") -> Person:
    """
    Return a person with an ID card.
    """
    return Person(name=name, document_type=PersonKey.ID_CARD, document_number=number)


def decoded(subject: str = "", **changes) -> Decoded:
    """
    Return what a decoder says of Li Ming.
    """
    return Decoded(
        **({"person": person(), "subject": subject, "credential": b"decoded"} | changes)
    )


UNAVAILABLE = UnavailableError("told so")
SUSPENDED = Refused("SUSPENDED", ("another card",))
CHOICES = (LinkChoice("310", _TEXT), LinkChoice("390", _TEXT))
