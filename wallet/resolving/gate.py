"""
The two transactions of a scan: T1 consumes the code, T2 discloses the answers.

`Gate` is the seam: this file is the plain path on SQLAlchemy, right on both databases and the
reference for any faster one.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.spi import Person
from wallet.bindings.service import Binding, BindingsService
from wallet.clock import Clock
from wallet.consents.service import ConsentsService
from wallet.devices.service import DevicesService
from wallet.errors import NotFoundError
from wallet.http.callers import TerminalCaller
from wallet.journal.service import JournalService
from wallet.parties.service import PartiesService
from wallet.presentations.service import FOREIGN, Brought, Opening, PresentationsService
from wallet.residents.service import ResidentsService
from wallet.resolving.entries import disclosed, scanned
from wallet.resolving.errors import CodeNotAcceptedError
from wallet.resolving.refusals import refusal
from wallet.resolving.scans import Admitted, Shown
from wallet.resolving.standing import answered, standing
from wallet.resolving.verdicts import ContextVerdict
from wallet.resolving.words import CONSENT_REQUIRED, SHOWN_BY_CODE, Status
from wallet.vault.errors import KeyDestroyedError


class Disclosed(Struct, frozen=True, kw_only=True):
    """
    What T2 let out.

    Attributes:
        verdicts: as they may leave; one whose consent or binding went away is refused.
        alarmed: whether the device's clone alarm is on by now.
    """

    verdicts: tuple[ContextVerdict, ...]
    alarmed: bool


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

        Raises:
            CodeNotAcceptedError: its resident is no longer known.
        """
        admitted = await self.read(session, caller, shown)
        await self._presentations.open(session, caller, shown.opening, shown.brought)
        await self._journal.write(session, scanned(caller, admitted, self._clock.now()))
        return admitted

    async def read(self, session: AsyncSession, caller: TerminalCaller, shown: Shown) -> Admitted:
        """
        Read what the contexts need; also used when an interrupted scan is taken up again.

        Raises:
            CodeNotAcceptedError: its resident is no longer known.
        """
        opening, brought = shown.opening, shown.brought
        person = await self._person(session, opening.resident_id)
        live = await self._bindings.live(session, opening.resident_id)
        if brought is None:
            bindings = {each.context: each for each in live if each.is_default}
            contexts = shown.contexts or tuple(bindings)
        else:
            bindings = {brought.context: _of_code(opening, brought, live)}
            contexts = (brought.context,)
        bound = {name: bindings[name] for name in contexts if name in bindings}
        settings = await self._parties.settings(session, caller.party_id)
        return Admitted(
            opening=opening,
            contexts=tuple(sorted(set(contexts))),
            bindings=bound,
            bases=await self._consents.bases(
                session, opening.resident_id, opening.purpose.value, caller.party_id
            ),
            person=person,
            parties={
                each.integration_id: await self._parties.view(
                    session, caller.party_id, each.integration_id
                )
                for each in bound.values()
            },
            party_name=settings.name,
            credentials={brought.integration_id: brought.credential} if brought else {},
            alarmed=await self._devices.alarmed(session, opening.resident_id, opening.device_no),
        )

    async def disclose(
        self,
        session: AsyncSession,
        caller: TerminalCaller,
        admitted: Admitted,
        verdicts: Sequence[ContextVerdict],
        identity: tuple[str, ...],
    ) -> Disclosed | None:
        """
        Re-read device, consent and bindings, keep what stands, and write the ``disclosed`` row.

        Args:
            session: of T2.
            caller: who is answered.
            admitted: what T1 read.
            verdicts: what the contexts answered.
            identity: names of what the answer tells of the person.

        Returns:
            What may leave, or None when this presentation was answered meanwhile by another
            request.

        Raises:
            DeviceFrozenError: the resident froze their devices meanwhile.
            CodeRevokedError: they revoked this one.
        """
        opening = admitted.opening
        resident_id = opening.resident_id
        await self._insist_on_device(session, opening)
        bases = await self._consents.bases(
            session, resident_id, opening.purpose.value, caller.party_id
        )
        live = {binding.binding_id for binding in await self._bindings.live(session, resident_id)}
        left = tuple(standing(verdict, bases, live) for verdict in verdicts)
        if not await self._presentations.release(session, opening, [answered(v) for v in left]):
            return None
        for verdict in left:
            await self._snapshot(session, verdict)
        entry = disclosed(
            caller, admitted, self._clock.now(), verdicts=left, bases=bases, identity=identity
        )
        await self._journal.write(session, entry)
        return Disclosed(
            verdicts=left,
            alarmed=await self._devices.alarmed(session, resident_id, opening.device_no),
        )

    async def _insist_on_device(self, session: AsyncSession, opening: Opening) -> None:
        if opening.method == FOREIGN:
            return
        place = opening.resident_id, opening.device_no
        stopped = await self._devices.stopped(session, *place)
        if stopped is not None:
            raise refusal(stopped)

    async def _person(self, session: AsyncSession, resident_id: int) -> Person:
        try:
            return await self._residents.person(session, resident_id)
        except (NotFoundError, KeyDestroyedError):
            raise CodeNotAcceptedError from None

    async def _snapshot(self, session: AsyncSession, verdict: ContextVerdict) -> None:
        if verdict.binding is None or verdict.binding.binding_id == SHOWN_BY_CODE:
            return
        resident_id, binding_id = verdict.binding.resident_id, verdict.binding.binding_id
        refused = verdict.status is Status.REFUSED and verdict.refusal != CONSENT_REQUIRED
        if verdict.fresh is not None:
            await self._bindings.keep_snapshot(session, resident_id, binding_id, verdict.fresh)
        elif refused and verdict.binding.snapshot is not None:
            await self._bindings.forget_snapshot(session, resident_id, binding_id)


def _of_code(opening: Opening, brought: Brought, live: Sequence[Binding]) -> Binding:
    """
    Return the binding that a foreign code stands for; where there is none, the code itself.
    """
    for binding in live:
        if binding.integration_id == brought.integration_id:
            return binding
    return Binding(
        resident_id=opening.resident_id,
        binding_id=SHOWN_BY_CODE,
        context=brought.context,
        integration_id=brought.integration_id,
        subject=brought.subject,
        label="",
        status="live",
        is_default=False,
        version=0,
        created_at=opening.opened_at,
    )
