"""
Ask each context, all at once, each under its own deadline; nobody waits for a slow one.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from msgspec import Struct

from integrations.registry import Registry
from integrations.spi import (
    CredentialRequest,
    Credentials,
    Evidence,
    Fields,
    Integration,
    Manifest,
    Obtained,
    PartyView,
    Person,
    Purpose,
    Refused,
    Scene,
    UnavailableError,
    Valid,
    ValidateRequest,
)
from wallet.bindings.service import Binding
from wallet.calls.guard import Guard
from wallet.http.tally import NoTally, Tally
from wallet.resolving.distrust import sound
from wallet.resolving.releasing import declared, released
from wallet.resolving.snapshots import snapshot_holds
from wallet.resolving.words import NOT_BOUND, Status

_LOG = structlog.get_logger("wallet.resolving")


class Inquiry(Struct, frozen=True, kw_only=True):
    """
    What every context is asked with.

    Attributes:
        purpose: why.
        scene: where in the visit.
        parties: the party as each integration may know it, by integration id.
        person: who, for integrations that need it.
        evidence: what was shown.
        credentials: what decoding gave already, by integration id.
        now: aware UTC instant.
    """

    purpose: Purpose
    scene: Scene
    parties: Mapping[str, PartyView]
    person: Person | None
    evidence: Evidence
    credentials: Mapping[str, bytes] = {}
    now: datetime

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"Inquiry({self.purpose!r})"


class ContextVerdict(Struct, frozen=True, kw_only=True):
    """
    What became of one context.

    Attributes:
        context: which.
        integration_id: who answered, or empty when nothing is bound.
        binding: the binding that was asked, or None.
        status: what became of it.
        fields: what may be released for the purpose; empty unless valid.
        refusal: the catalogue's code; empty unless refused.
        options: what would help; the catalogue's words.
        credential: for this visit; for the integration alone.
        fresh: what may be released for any purpose, when it was validated just now and may be
            kept as a snapshot.
    """

    context: str
    integration_id: str
    binding: Binding | None
    status: Status
    fields: Fields = {}
    refusal: str = ""
    options: tuple[str, ...] = ()
    credential: bytes = b""
    fresh: Fields | None = None

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return f"ContextVerdict({self.context!r}, {self.status.value!r}, {self.refusal!r})"


class Asker:
    """
    Asks integrations.

    Args:
        tally: is told each verdict that an integration gave.
        elapsed: a clock that only moves forward, in seconds.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        guard: Guard,
        tally: Tally | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._guard = guard
        self._tally = tally or NoTally()
        self._elapsed = elapsed

    def stays_inside(
        self, bindings: Mapping[str, Binding], purpose: Purpose, now: datetime
    ) -> bool:
        """
        Tell whether no context needs to leave the process for its answer.
        """
        return all(self._stays(binding, purpose, now) for binding in bindings.values())

    async def ask(
        self, contexts: tuple[str, ...], bindings: Mapping[str, Binding], inquiry: Inquiry
    ) -> tuple[ContextVerdict, ...]:
        """
        Return a verdict for each context, in the order given.
        """
        answers: dict[str, ContextVerdict] = {}
        asked: dict[str, Integration] = {}
        for name in contexts:
            answer = self._at_hand(name, bindings.get(name), inquiry)
            if isinstance(answer, ContextVerdict):
                answers[name] = answer
            else:
                asked[name] = answer
        if asked:
            calls = (self._asked(each, bindings[name], inquiry) for name, each in asked.items())
            answers |= zip(asked, await asyncio.gather(*calls), strict=True)
        return tuple(answers[name] for name in contexts)

    def _stays(self, binding: Binding, purpose: Purpose, now: datetime) -> bool:
        integration = self._registry.get(binding.integration_id)
        if integration is None or integration.manifest.local:
            return True
        manifest = integration.manifest
        return purpose not in manifest.credential_purposes and snapshot_holds(
            manifest, binding, purpose, now
        )

    def _at_hand(
        self, context: str, binding: Binding | None, inquiry: Inquiry
    ) -> ContextVerdict | Integration:
        """
        Return a verdict that nobody needs to be asked for, or who is to be asked.
        """
        if binding is None:
            return ContextVerdict(
                context=context,
                integration_id="",
                binding=None,
                status=Status.REFUSED,
                refusal=NOT_BOUND,
            )
        integration = self._registry.get(binding.integration_id)
        if integration is None:
            return _unavailable(binding)
        manifest, purpose = integration.manifest, inquiry.purpose
        if purpose not in manifest.credential_purposes and snapshot_holds(
            manifest, binding, purpose, inquiry.now
        ):
            return _from_snapshot(manifest, binding, purpose)
        return integration

    async def _asked(
        self, integration: Integration, binding: Binding, inquiry: Inquiry
    ) -> ContextVerdict:
        manifest = integration.manifest
        began = self._elapsed()
        try:
            verdict = await self._guard.run(
                manifest.id,
                manifest.deadlines.validate_ms,
                lambda: _validated(integration, binding, inquiry),
            )
        except UnavailableError:
            verdict = _unavailable(binding)
        outcome = verdict.refusal or verdict.status.value
        self._tally.verdict(manifest.id, outcome, self._elapsed() - began)
        return verdict


async def _validated(
    integration: Integration, binding: Binding, inquiry: Inquiry
) -> ContextVerdict:
    manifest = integration.manifest
    credential = await _credential(integration, binding, inquiry)
    if isinstance(credential, Refused):
        return _refused(manifest, binding, credential)
    request = ValidateRequest(
        subject=binding.subject,
        purpose=inquiry.purpose,
        scene=inquiry.scene,
        party=inquiry.parties[manifest.id],
        credential=credential,
        now=inquiry.now,
    )
    verdict = sound(await integration.validate(request), Valid, Refused)
    match verdict:
        case Valid(fields=fields):
            fresh = declared(manifest, fields)
            return ContextVerdict(
                context=binding.context,
                integration_id=manifest.id,
                binding=binding,
                status=Status.VALID,
                fields=released(manifest, inquiry.purpose, fresh),
                credential=credential,
                fresh=fresh if manifest.snapshot_ages else None,
            )
        case Refused():
            return _refused(manifest, binding, verdict)


async def _credential(
    integration: Integration, binding: Binding, inquiry: Inquiry
) -> bytes | Refused:
    """
    Return the credential for this visit: what decoding gave, or what the evidence obtains.
    """
    manifest = integration.manifest
    credential = inquiry.credentials.get(manifest.id, b"")
    if credential or inquiry.purpose not in manifest.credential_purposes:
        return credential
    if not isinstance(integration, Credentials):
        return b""
    request = CredentialRequest(
        subject=binding.subject,
        person=inquiry.person if manifest.needs_person else None,
        evidence=inquiry.evidence,
        purpose=inquiry.purpose,
        scene=inquiry.scene,
        party=inquiry.parties[manifest.id],
        now=inquiry.now,
    )
    obtained = sound(await integration.obtain(request), Obtained, Refused)
    return obtained if isinstance(obtained, Refused) else obtained.credential


def _from_snapshot(manifest: Manifest, binding: Binding, purpose: Purpose) -> ContextVerdict:
    fields = binding.snapshot.fields if binding.snapshot else {}
    return ContextVerdict(
        context=binding.context,
        integration_id=manifest.id,
        binding=binding,
        status=Status.VALID,
        fields=released(manifest, purpose, fields),
    )


def _refused(manifest: Manifest, binding: Binding, refused: Refused) -> ContextVerdict:
    if refused.code == Status.UNAVAILABLE.name:
        return _unavailable(binding)
    if refused.code not in manifest.refusals:
        _LOG.warning("refusal outside the catalogue", integration=manifest.id)
        return _unavailable(binding)
    return ContextVerdict(
        context=binding.context,
        integration_id=manifest.id,
        binding=binding,
        status=Status.REFUSED,
        refusal=refused.code,
        options=refused.options,
    )


def _unavailable(binding: Binding) -> ContextVerdict:
    return ContextVerdict(
        context=binding.context,
        integration_id=binding.integration_id,
        binding=binding,
        status=Status.UNAVAILABLE,
    )
