"""
The two transactions of a scan: T1 consumes the code, T2 discloses the answers.

`Gate` is the seam: this file is the plain path on SQLAlchemy, right on both databases and the
reference for any faster one.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import PartyView, Person
from wallet.bindings.service import Binding, BindingsService
from wallet.clock import Clock
from wallet.consents.service import ConsentsService
from wallet.devices.service import DevicesService
from wallet.http.callers import TerminalCaller
from wallet.journal.service import Entry, JournalService
from wallet.parties.service import PartiesService
from wallet.presentations.service import Answered, Opening, PresentationsService
from wallet.residents.service import ResidentsService
from wallet.resolving.holding import Held
from wallet.resolving.verdicts import ContextVerdict

CONSENT_REQUIRED = "CONSENT_REQUIRED"
SHOWN_BY_CODE = 0  # stands for a binding that exists only because its own code was shown


class Shown(Struct, frozen=True, kw_only=True):
    """
    What was shown and for what, after verification.

    Attributes:
        opening: whose, which device, what kind of code, purpose and scene.
        contexts: which contexts are asked; empty means all that are linked.
        held: the consumed code.
    """

    opening: Opening
    contexts: tuple[str, ...]
    held: Held


class Admitted(Struct, frozen=True, kw_only=True):
    """
    What T1 read, enough to ask every context without a database.

    Attributes:
        opening: as it was kept.
        contexts: which contexts are answered, sorted.
        bindings: the default binding per context.
        bases: per context the legal basis of disclosing it; a context that is missing here is
            not asked.
        person: who.
        parties: the party as each integration may know it.
        party_name: for the resident's log.
        credentials: what decoding gave already, by integration id.
        alarmed: whether the device's clone alarm is on.
    """

    opening: Opening
    contexts: tuple[str, ...]
    bindings: Mapping[str, Binding]
    bases: Mapping[str, str]
    person: Person
    parties: Mapping[str, PartyView]
    party_name: str
    credentials: Mapping[str, bytes]
    alarmed: bool

    def asked(self) -> tuple[str, ...]:
        """
        Return the contexts that are bound and may be disclosed.
        """
        return tuple(
            name
            for name, binding in self.bindings.items()
            if name in self.bases or binding.binding_id == SHOWN_BY_CODE
        )

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Admitted(…)"


class Gate:
    """
    Does both transactions' work inside sessions that the caller commits.
    """

    def __init__(  # noqa: PLR0913 - collaborators, by keyword
        self,
        *,
        clock: Clock,
        devices: DevicesService,
        residents: ResidentsService,
        parties: PartiesService,
        bindings: BindingsService,
        consents: ConsentsService,
        presentations: PresentationsService,
        journal: JournalService,
    ) -> None:
        self._clock = clock
        self._devices = devices
        self._residents = residents
        self._parties = parties
        self._bindings = bindings
        self._consents = consents
        self._presentations = presentations
        self._journal = journal

    async def admit(self, session: AsyncSession, caller: TerminalCaller, shown: Shown) -> Admitted:
        """
        Keep the presentation and its ``scanned`` journal row, and read what the contexts need.
        """
        admitted = await self.read(session, caller, shown)
        await self._presentations.open(session, caller, shown.opening)
        await self._write(session, caller, admitted, "scanned", admitted.contexts, ())
        return admitted

    async def read(self, session: AsyncSession, caller: TerminalCaller, shown: Shown) -> Admitted:
        """
        Read what the contexts need; also used when an interrupted scan is taken up again.
        """
        opening = shown.opening
        bindings = await self._bindings.defaults(session, opening.resident_id)
        bindings |= self._brought(shown.held, opening, bindings)
        contexts = shown.contexts or tuple(sorted(bindings))
        asked = {name: bindings[name] for name in contexts if name in bindings}
        settings = await self._parties.settings(session, caller.party_id)
        return Admitted(
            opening=opening,
            contexts=tuple(sorted(set(contexts))),
            bindings=asked,
            bases=await self._consents.bases(
                session, opening.resident_id, opening.purpose.value, caller.party_id
            ),
            person=await self._residents.person(session, opening.resident_id),
            parties={
                binding.integration_id: await self._parties.view(
                    session, caller.party_id, binding.integration_id
                )
                for binding in asked.values()
            },
            party_name=settings.name,
            credentials=shown.held.credentials,
            alarmed=await self._devices.alarmed(session, opening.resident_id, opening.device_no),
        )

    async def disclose(
        self,
        session: AsyncSession,
        caller: TerminalCaller,
        admitted: Admitted,
        verdicts: Sequence[ContextVerdict],
    ) -> tuple[ContextVerdict, ...]:
        """
        Re-read consent and bindings, keep what stands, and write the ``disclosed`` journal row.

        Returns:
            The verdicts as they may leave now: one whose consent or binding went away meanwhile
            is refused.
        """
        opening = admitted.opening
        resident_id = opening.resident_id
        bases = await self._consents.bases(
            session, resident_id, opening.purpose.value, caller.party_id
        )
        live = {binding.binding_id for binding in await self._bindings.live(session, resident_id)}
        standing = tuple(_still(verdict, bases, live) for verdict in verdicts)
        await self._presentations.release(
            session, resident_id, opening.presentation_id, [_answered(v) for v in standing]
        )
        for verdict in standing:
            await self._snapshot(session, verdict)
        valid = tuple(verdict for verdict in standing if verdict.status == "valid")
        await self._write(
            session,
            caller,
            admitted,
            "disclosed",
            tuple(verdict.context for verdict in valid),
            tuple(f"{v.context}.{name}" for v in valid for name in sorted(v.fields)),
        )
        return standing

    def _brought(
        self, held: Held, opening: Opening, bindings: Mapping[str, Binding]
    ) -> dict[str, Binding]:
        brought = {}
        for integration_id, subject in held.subjects.items():
            context = held.contexts[0]
            if not subject or context in bindings:
                continue
            brought[context] = Binding(
                resident_id=opening.resident_id,
                binding_id=SHOWN_BY_CODE,
                context=context,
                integration_id=integration_id,
                subject=subject,
                label="",
                status="live",
                is_default=True,
                version=0,
                created_at=self._clock.now(),
            )
        return brought

    async def _snapshot(self, session: AsyncSession, verdict: ContextVerdict) -> None:
        if verdict.binding is None or verdict.binding.binding_id == SHOWN_BY_CODE:
            return
        resident_id, binding_id = verdict.binding.resident_id, verdict.binding.binding_id
        if verdict.fresh is not None:
            await self._bindings.keep_snapshot(session, resident_id, binding_id, verdict.fresh)
        elif verdict.status == "refused" and verdict.binding.snapshot is not None:
            await self._bindings.forget_snapshot(session, resident_id, binding_id)

    async def _write(
        self,
        session: AsyncSession,
        caller: TerminalCaller,
        admitted: Admitted,
        kind: str,
        contexts: tuple[str, ...],
        fields: tuple[str, ...],
    ) -> None:
        opening = admitted.opening
        bases = {admitted.bases[name] for name in contexts if name in admitted.bases}
        await self._journal.write(
            session,
            Entry(
                resident_id=opening.resident_id,
                kind=kind,
                party_id=caller.party_id,
                party_name=admitted.party_name,
                terminal_id=caller.terminal_id,
                purpose=opening.purpose.value,
                contexts=contexts,
                fields=fields,
                basis="+".join(sorted(bases)),
                presentation_id=opening.presentation_id,
                subject_id=None,
                at=self._clock.now(),
            ),
        )


def withheld(context: str, binding: Binding) -> ContextVerdict:
    """
    Return the verdict of a context that the resident does not let this party see.
    """
    return ContextVerdict(
        context=context,
        integration_id=binding.integration_id,
        binding=binding,
        status="refused",
        refusal=CONSENT_REQUIRED,
    )


def _still(verdict: ContextVerdict, bases: Mapping[str, str], live: set[int]) -> ContextVerdict:
    binding = verdict.binding
    shown_by_code = binding is not None and binding.binding_id == SHOWN_BY_CODE
    if binding is None or shown_by_code or verdict.status != "valid":
        return verdict
    if binding.binding_id not in live:
        return msgspec.structs.replace(
            verdict, status="refused", fields={}, refusal="NOT_BOUND", credential=b"", fresh=None
        )
    if verdict.context not in bases:
        return withheld(verdict.context, binding)
    return verdict


def _answered(verdict: ContextVerdict) -> Answered:
    valid = verdict.status == "valid"
    return Answered(
        context=verdict.context,
        integration_id=verdict.integration_id,
        binding_id=(verdict.binding.binding_id or None) if verdict.binding else None,
        valid=valid,
        refusal=verdict.refusal or ("" if valid else verdict.status.upper()),
        subject=verdict.binding.subject if verdict.binding and valid else "",
        credential=verdict.credential if valid else b"",
    )
