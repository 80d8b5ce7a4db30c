"""
Alipay as the wallet sees it: agreements (`Linking`) and payments (`Payment`).
"""

from collections.abc import Mapping
from datetime import date

import msgspec

from integrations.alipay import requests, signing
from integrations.alipay.agreements import Agreements
from integrations.alipay.client import Client
from integrations.alipay.context import AlipaySettings
from integrations.alipay.manifest import MANIFEST
from integrations.alipay.payments import Payments
from integrations.alipay.scrubbing import scrub
from integrations.spi import (
    ActionRequired,
    Answer,
    Environment,
    InvalidSettingsError,
    Linked,
    LinkRequest,
    Manifest,
    Numbers,
    Outcome,
    PartyView,
    PaymentRequest,
    Prepared,
    Query,
    Refused,
    Secured,
    SecureRequest,
    StatementRow,
    Unlinked,
    ValidateRequest,
    Verdict,
)


class AlipayPlugin:
    """
    Alipay before it is opened.
    """

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        return MANIFEST

    def open(self, environment: Environment) -> "Alipay":
        """
        Open it; connects to nothing yet.

        Raises:
            InvalidSettingsError: the settings or a key in them cannot be used.
        """
        try:
            settings = msgspec.json.decode(environment.settings, type=AlipaySettings)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidSettingsError(str(error)) from None
        try:
            signing.private_key(settings.private_key_pem)
        except signing.UnusableKeyError:
            raise InvalidSettingsError("not an RSA key - at `$.private_key_pem`") from None
        try:
            signing.public_key(settings.alipay_public_key_pem)
        except signing.UnusableKeyError:
            raise InvalidSettingsError("not an RSA key - at `$.alipay_public_key_pem`") from None
        return Alipay(environment, settings)


class Alipay:
    """
    Alipay, opened.
    """

    def __init__(self, environment: Environment, settings: AlipaySettings) -> None:
        self._client = Client(environment, settings.gateway_url)
        self._agreements = Agreements(environment, settings, self._client)
        self._payments = Payments(environment, settings, self._client)

    @property
    def manifest(self) -> Manifest:
        """
        What it declares.
        """
        return MANIFEST

    def scrub(self, transcript: str) -> str:
        """
        Withhold whatever is not known to be harmless; idempotent.
        """
        return scrub(transcript)

    async def close(self) -> None:
        """
        Give up connections.
        """
        await self._client.close()

    async def validate(self, request: ValidateRequest) -> Verdict:
        """
        Say whether the agreement still stands.

        Raises:
            UnavailableError: Alipay did not answer.
        """
        return await self._agreements.validate(request)

    async def link(self, request: LinkRequest) -> Linked | ActionRequired:
        """
        Send the resident to the page on which the agreement is signed, until it stands.

        Raises:
            UnavailableError: Alipay did not answer.
        """
        return await self._agreements.link(request)

    async def unlink(self, subject: str) -> Unlinked | Refused:
        """
        End the agreement; one that is not known any more is ended.

        Raises:
            UnavailableError: Alipay did not answer.
        """
        return await self._agreements.unlink(subject)

    async def secure(self, request: SecureRequest) -> Secured | Refused:
        """
        Check that the agreement stands towards the application that will charge, and its limit.

        Raises:
            UnavailableError: Alipay did not answer.
        """
        return await self._agreements.secure(request)

    def prepare(
        self,
        request: PaymentRequest,
        continuation: bytes,  # noqa: ARG002 - Alipay needs nothing of what went before
        numbers: Numbers,
        party: PartyView,
    ) -> Prepared | Refused:
        """
        Build a charge, a cancel or a refund. Pure.
        """
        profile = requests.profile_of(party)
        if profile is None:
            return Refused("PARTY_NOT_SET_UP")
        return requests.prepare(request, numbers, profile)

    async def perform(self, prepared: Prepared, party: PartyView) -> Outcome:
        """
        Perform a committed call. A declined charge is confirmed by a query before it counts.
        """
        return await self._payments.perform(prepared, party)

    async def query(self, query: Query, party: PartyView) -> Answer:
        """
        Say what became of a charge, a cancel or a refund.

        Raises:
            UnavailableError: Alipay did not answer, or the party profile is not usable.
        """
        return await self._payments.query(query, party)

    async def statement(self, day: date, party: PartyView) -> tuple[StatementRow, ...]:
        """
        Fetch the statement of one day in China, of the application that charges for the party.

        Raises:
            UnavailableError: there is none yet, or it could not be fetched or read.
        """
        return await self._payments.statement(day, party)

    def notification(
        self, form: Mapping[str, str], party: PartyView | None = None
    ) -> str | Refused:
        """
        Verify a notification and name the trade to query; nothing else in it is believed.

        Args:
            form: the notification's decoded form.
            party: whose application it names, None for the deployment's own.

        Returns:
            The ``out_trade_no``, or a refusal when the signature or the application is wrong.
        """
        return self._payments.notification(form, party)
