"""
The plugin: opens from the deployment's settings and hands each call to the part that knows it.
"""

from datetime import date

import msgspec

from integrations.nhsa.asking import Asker
from integrations.nhsa.calls import prepare
from integrations.nhsa.client import Client
from integrations.nhsa.context import InstitutionProfile, NhsaSettings
from integrations.nhsa.identity import Registrar
from integrations.nhsa.manifest import MANIFEST
from integrations.nhsa.memory import Payload, decode
from integrations.nhsa.performing import Performer
from integrations.nhsa.presence import Doorkeeper
from integrations.nhsa.querying import Querier
from integrations.nhsa.scrubbing import scrub
from integrations.spi import (
    Answer,
    CredentialRequest,
    Decoded,
    DecodeRequest,
    Environment,
    InsuranceRequest,
    Integration,
    InvalidSettingsError,
    LinkRequest,
    LinkResult,
    Manifest,
    NotSent,
    Numbers,
    Obtained,
    Outcome,
    PartyView,
    Person,
    Prepared,
    Proved,
    Query,
    Refused,
    StatementRow,
    UnavailableError,
    Undecided,
    Unlinked,
    ValidateRequest,
    Verdict,
)

_NOT_DESIGNATED = Refused("PARTY_NOT_DESIGNATED")
_NO_LINKING = Refused("CREDENTIAL_REQUIRED", ("nhsa_ec", "id_card", "social_security_card"))
_REFERENCE_BYTES = 16


class NhsaPlugin:
    """
    The national insurance platform (国家医保信息平台), towards designated institutions.
    """

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        return MANIFEST

    def open(self, environment: Environment) -> Integration:
        """
        Open it; connects to nothing yet.

        Raises:
            InvalidSettingsError: the settings do not fit, or name an unknown refusal code.
        """
        try:
            settings = msgspec.json.decode(environment.settings, type=NhsaSettings)
        except msgspec.ValidationError as error:
            raise InvalidSettingsError(f"nhsa: {_where(error)}") from None
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise InvalidSettingsError("nhsa: not JSON") from None
        for infcode, code in settings.infcodes.items():
            if code not in MANIFEST.refusals:
                raise InvalidSettingsError(f"nhsa: infcodes.{infcode}: unknown refusal code")
        return OpenNhsa(environment, settings)


class OpenNhsa:
    """
    The opened integration; stateless but for its HTTP session.
    """

    def __init__(self, environment: Environment, settings: NhsaSettings) -> None:
        validate_seconds = MANIFEST.deadlines.own_validate_ms / 1_000
        perform_seconds = MANIFEST.deadlines.own_perform_ms / 1_000
        client = Client(environment)
        asker = Asker(environment, client)
        self._environment = environment
        self._linking = settings.linking
        self._client = client
        self._registrar = Registrar(
            asker,
            Doorkeeper(environment, client, validate_seconds),
            settings.infcodes,
            validate_seconds,
        )
        self._performer = Performer(client, settings.infcodes, perform_seconds)
        self._querier = Querier(asker, client, perform_seconds)

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        return MANIFEST

    async def validate(self, request: ValidateRequest) -> Verdict:
        """
        Say whether the bound insurance holds; asks only with a credential of this visit.

        Raises:
            UnavailableError: the platform gave no usable answer.
        """
        profile = _profile(request.party)
        if profile is None:
            return _NOT_DESIGNATED
        return await self._registrar.validate(request, profile)

    async def prove(self, person: Person) -> Proved | Refused:
        """
        Compare name and ID number with the insurer's records; needs the regional grant.

        Raises:
            UnavailableError: the platform gave no usable answer.
        """
        if self._linking is None:
            return _NO_LINKING
        reference = self._environment.token(_REFERENCE_BYTES).hex()
        now = self._environment.now()
        return await self._registrar.prove(person, self._linking, reference, now)

    async def link(self, request: LinkRequest) -> LinkResult | Refused:
        """
        Bind a person to one of their insurances; needs the regional grant.

        Raises:
            UnavailableError: the platform gave no usable answer.
        """
        if self._linking is None:
            return _NO_LINKING
        return await self._registrar.link(request, self._linking)

    async def unlink(self, subject: str) -> Unlinked | Refused:
        """
        Release a binding; the insurer keeps none, so nothing is asked.
        """
        del subject
        return Unlinked()

    async def obtain(self, request: CredentialRequest) -> Obtained | Refused:
        """
        Turn evidence of presence into a credential.

        Raises:
            UnavailableError: there is no usable answer.
        """
        profile = _profile(request.party)
        if profile is None:
            return _NOT_DESIGNATED
        return await self._registrar.obtain(request, profile)

    async def decode(self, request: DecodeRequest) -> Decoded | Refused:
        """
        Say who shows a 医保码; this voids the code.

        Raises:
            UnavailableError: there is no usable answer.
        """
        profile = _profile(request.party)
        if profile is None:
            return _NOT_DESIGNATED
        return await self._registrar.decode(request, profile)

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
        profile = _profile(party)
        if profile is None:
            return _NOT_DESIGNATED
        return prepare(request, continuation, numbers, profile)

    async def perform(self, prepared: Prepared, party: PartyView) -> Outcome:
        """
        Send a committed call; repeating it sends the very same messages.
        """
        profile = _profile(party)
        payload = decode(prepared.payload, Payload)
        if profile is None or payload is None:
            return NotSent(reason="unusable profile or payload")
        return await self._performer.perform(prepared.operation, payload, profile)

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        Say what became of a committed call.

        Raises:
            UnavailableError: the platform gave no usable answer.
        """
        profile = _profile(party)
        if profile is None:
            return Undecided(reason="unusable profile")
        return await self._querier.query(query, profile)

    async def statement(self, day: date, party: PartyView) -> tuple[StatementRow, ...]:
        """
        Fetch the insurer's rows of one day (place-of-treatment calendar).

        Raises:
            UnavailableError: the platform gave no usable answer.
        """
        profile = _profile(party)
        if profile is None:
            raise UnavailableError("3202: unusable profile")
        return await self._querier.statement(day, profile)

    def scrub(self, transcript: str) -> str:
        """
        Return a transcript without anything personal or secret; idempotent.
        """
        return scrub(transcript)

    async def close(self) -> None:
        """
        Give up connections; calling it twice is harmless.
        """
        await self._client.close()


def _profile(party: PartyView) -> InstitutionProfile | None:
    """
    Read a party's profile; None when it has none that is usable.
    """
    try:
        return msgspec.json.decode(party.profile, type=InstitutionProfile)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _where(error: msgspec.ValidationError) -> str:
    """
    Name the field at fault without its value.
    """
    return str(error).rpartition(" - at ")[2] if " - at " in str(error) else "settings"
