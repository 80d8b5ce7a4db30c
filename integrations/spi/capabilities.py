"""
What an integration can do, each capability a protocol of its own.

Safe calls raise `UnavailableError` and nothing else when the partner does not answer.
`perform` raises nothing: a transport failure is `NotSent` or `Unknown`.
"""

from datetime import date
from typing import Protocol, runtime_checkable

from integrations.spi.insurance import InsuranceRequest
from integrations.spi.manifest import Manifest
from integrations.spi.outcome import Answer, Numbers, Outcome, Prepared, Query, StatementRow
from integrations.spi.payment import PaymentRequest, Secured, SecureRequest
from integrations.spi.request import (
    CredentialRequest,
    Decoded,
    DecodeRequest,
    Environment,
    LinkRequest,
    LinkResult,
    Obtained,
    PartyView,
    Person,
    Proved,
    Unlinked,
    ValidateRequest,
)
from integrations.spi.verdict import Refused, Verdict


@runtime_checkable
class Integration(Protocol):
    """
    An opened integration: stateless but for its connections.
    """

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        ...

    async def validate(self, request: ValidateRequest) -> Verdict:
        """
        Say whether its context holds.

        Raises:
            UnavailableError: the partner did not answer.
        """
        ...

    def scrub(self, transcript: str) -> str:
        """
        Return the transcript of an exchange without anything personal or secret; idempotent.
        """
        ...

    async def close(self) -> None:
        """
        Give up connections; calling it twice is harmless.
        """
        ...


class Plugin(Protocol):
    """
    An integration before it is opened; what `builtin` and entry points name.
    """

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        ...

    def open(self, environment: Environment) -> Integration:
        """
        Open it; connects to nothing yet.

        Raises:
            InvalidSettingsError: the settings do not fit the manifest's type.
        """
        ...


@runtime_checkable
class Proofing(Protocol):
    """
    Confirms that a name and a document belong together.
    """

    async def prove(self, person: Person) -> Proved | Refused:
        """
        Ask the outside system about the person.
        """
        ...


@runtime_checkable
class Linking(Protocol):
    """
    Binds a resident to the outside system. Both calls converge when repeated.
    """

    async def link(self, request: LinkRequest) -> LinkResult | Refused:
        """
        Bind, ask for a choice, or send the resident to the partner's page.
        """
        ...

    async def unlink(self, subject: str) -> Unlinked | Refused:
        """
        Release the binding at the partner.
        """
        ...


@runtime_checkable
class Credentials(Protocol):
    """
    Obtains a credential for one visit (the `Credential` capability).
    """

    async def obtain(self, request: CredentialRequest) -> Obtained | Refused:
        """
        Turn evidence of presence into a credential the partner accepts.
        """
        ...


@runtime_checkable
class Decoding(Protocol):
    """
    Decodes foreign codes of the manifest's families.
    """

    async def decode(self, request: DecodeRequest) -> Decoded | Refused:
        """
        Say who shows the code. Most partners void the code by this.
        """
        ...


@runtime_checkable
class Insurance(Protocol):
    """
    Registers visits and settles bills with an insurer.
    """

    def prepare(
        self,
        request: InsuranceRequest,
        continuation: bytes,
        numbers: Numbers,
        party: PartyView,
    ) -> Prepared | Refused:
        """
        Build an unsafe call. Pure.
        """
        ...

    async def perform(self, prepared: Prepared, party: PartyView) -> Outcome:
        """
        Perform a committed call; repeating it is the same call.
        """
        ...

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        Say what became of a committed call.
        """
        ...

    async def statement(self, day: date, party: PartyView) -> tuple[StatementRow, ...]:
        """
        Fetch the partner's statement of one day (place-of-treatment calendar).
        """
        ...


@runtime_checkable
class Payment(Protocol):
    """
    Charges the cash part.
    """

    async def secure(self, request: SecureRequest) -> Secured | Refused:
        """
        Check agreement and limit before the insurer settles.
        """
        ...

    def prepare(
        self,
        request: PaymentRequest,
        continuation: bytes,
        numbers: Numbers,
        party: PartyView,
    ) -> Prepared | Refused:
        """
        Build an unsafe call. Pure.
        """
        ...

    async def perform(self, prepared: Prepared, party: PartyView) -> Outcome:
        """
        Perform a committed call; repeating it is the same call.
        """
        ...

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        Say what became of a committed call.
        """
        ...

    async def statement(self, day: date, party: PartyView) -> tuple[StatementRow, ...]:
        """
        Fetch the partner's statement of one day.
        """
        ...
