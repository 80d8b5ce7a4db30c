"""
Codes of other issuers: given to the integration that knows them.
"""

from msgspec import Struct

from integrations.registry import Registry
from integrations.spi import (
    Decoded,
    DecodeRequest,
    Decoding,
    Manifest,
    Person,
    Refused,
    ScannedCode,
    UnavailableError,
)
from wallet.bindings.errors import IntegrationUnavailableError
from wallet.calls.guard import Guard
from wallet.clock import Clock
from wallet.db.session import Database
from wallet.http.callers import TerminalCaller
from wallet.parties.service import PartiesService
from wallet.presentations.service import Brought
from wallet.resolving.distrust import sound
from wallet.resolving.errors import CodeNotAcceptedError, CodeUnsupportedError
from wallet.resolving.reading import Foreign
from wallet.resolving.schemas import Resolve


class Foreigner(Struct, frozen=True, kw_only=True):
    """
    A foreign code that its integration decoded.
    """

    person: Person
    brought: Brought

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Foreigner({self.brought.integration_id!r})"


class Decoder:
    """
    Gives foreign codes to the integration that knows them.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        registry: Registry,
        guard: Guard,
        parties: PartiesService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._registry = registry
        self._guard = guard
        self._parties = parties

    def owner(self, scan: Resolve, foreign: Foreign) -> tuple[Manifest, Decoding]:
        """
        Return who decodes a foreign code.

        Raises:
            CodeUnsupportedError: no integration decodes this family, or none of the contexts
                that are asked for is its own; `family` names it.
        """
        owner = self._registry.owner_of(foreign.family)
        decoding = self._registry.decoder_of(foreign.family)
        if owner is None or decoding is None:
            raise CodeUnsupportedError(family=foreign.family)
        if scan.contexts and owner.manifest.context not in scan.contexts:
            raise CodeUnsupportedError(family=foreign.family)
        return owner.manifest, decoding

    async def decode(self, caller: TerminalCaller, scan: Resolve, foreign: Foreign) -> Foreigner:
        """
        Ask who shows a foreign code.

        Raises:
            CodeUnsupportedError: see `owner`.
            CodeNotAcceptedError: the integration refused the code.
            IntegrationUnavailableError: it did not answer.
        """
        manifest, decoding = self.owner(scan, foreign)
        async with self._database.reading() as session:
            party = await self._parties.view(session, caller.party_id, manifest.id)
        request = DecodeRequest(
            code=ScannedCode(family=foreign.family, text=foreign.text),
            purpose=scan.purpose,
            scene=scan.scene,
            party=party,
            now=self._clock.now(),
        )
        decoded = await self._asked(manifest, decoding, request)
        if isinstance(decoded, Refused):
            if decoded.code not in manifest.refusals:
                raise IntegrationUnavailableError(retry_after_seconds=2)
            raise CodeNotAcceptedError(refusal=decoded.code)
        return Foreigner(
            person=decoded.person,
            brought=Brought(
                context=manifest.context,
                integration_id=manifest.id,
                subject=decoded.subject,
                credential=decoded.credential,
            ),
        )

    async def _asked(
        self, manifest: Manifest, decoding: Decoding, request: DecodeRequest
    ) -> Decoded | Refused:
        async def call() -> Decoded | Refused:
            return sound(await decoding.decode(request), Decoded, Refused)

        try:
            return await self._guard.run(manifest.id, manifest.deadlines.validate_ms, call)
        except UnavailableError:
            raise IntegrationUnavailableError(retry_after_seconds=2) from None
