"""
One scan, end to end.

Order: parse, scope, verify (no database for a one-time password), T1 {terminal, consumption,
idempotency, presentation, journal}, verdicts with no transaction open, T2 {consent and bindings
again, answers, stored response, journal}. A refused scope burns no code. When no context needs to
leave the process, T1 and T2 are one transaction.
"""

from datetime import timedelta

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.registry import Registry
from integrations.spi import CardRead, Evidence, FusedCode
from wallet.clock import Clock
from wallet.db.session import Database
from wallet.errors import WalletError
from wallet.http.callers import TerminalCaller
from wallet.idempotency.errors import IdempotencyInProgressError
from wallet.idempotency.service import IdempotencyService, Replay
from wallet.ids import Ids
from wallet.parties.errors import ScopeDeniedError, TerminalUnknownError
from wallet.parties.service import PartiesService
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.presentations.service import LIFE, Opening, PresentationsService
from wallet.resolving import reading
from wallet.resolving.errors import CodeExpiredError, CodeUsedError
from wallet.resolving.gate import Admitted, Gate, Shown, withheld
from wallet.resolving.holding import Held, Holder, Proven
from wallet.resolving.schemas import Resolve, Resolved
from wallet.resolving.verdicts import Asker, ContextVerdict, Inquiry
from wallet.resolving.views import person_view, verdict_views

ROUTE = "POST /v1/resolve"
_RESUME_AFTER = timedelta(seconds=15)


class Attempt(Struct, frozen=True, kw_only=True):
    """
    One POST: who, what, and under which idempotency key.
    """

    caller: TerminalCaller
    scan: Resolve
    key: str
    fingerprint: bytes


class Answer(Struct, frozen=True, kw_only=True):
    """
    What goes back to the desk.
    """

    resolved: Resolved
    replayed: bool = False


class _Refusal(Struct, frozen=True):
    error: WalletError


class ResolvingService:
    """
    Resolves codes.
    """

    def __init__(  # noqa: PLR0913 - collaborators, by keyword
        self,
        *,
        database: Database,
        clock: Clock,
        ids: Ids,
        holder: Holder,
        gate: Gate,
        asker: Asker,
        registry: Registry,
        parties: PartiesService,
        presentations: PresentationsService,
        idempotency: IdempotencyService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._holder = holder
        self._gate = gate
        self._asker = asker
        self._registry = registry
        self._parties = parties
        self._presentations = presentations
        self._idempotency = idempotency

    async def resolve(self, attempt: Attempt) -> Answer:
        """
        Resolve one code.

        Raises:
            WalletError: every error that `controller` declares.
        """
        scanned = reading.parse(attempt.scan.code)
        if f"resolve:{attempt.scan.purpose.value}" not in attempt.caller.scopes:
            raise ScopeDeniedError
        try:
            proven = await self._holder.prove(attempt.caller, attempt.scan, scanned)
        except (CodeExpiredError, CodeUsedError) as error:
            # the answer to an earlier POST may have been lost on the way
            proven = error
        async with self._database.transaction() as session:
            step = await self._first(session, attempt, proven)
            if isinstance(step, Admitted) and self._stays_inside(step):
                verdicts = await self._ask(attempt, step)
                return await self._second(session, attempt, step, verdicts)
        match step:
            case _Refusal(error=error):
                raise error
            case Answer():
                return step
            case Admitted():
                verdicts = await self._ask(attempt, step)
                async with self._database.transaction() as session:
                    return await self._second(session, attempt, step, verdicts)

    async def _first(
        self, session: AsyncSession, attempt: Attempt, proven: Proven | WalletError
    ) -> Admitted | Answer | _Refusal:
        caller = attempt.caller
        if not await self._parties.terminal_active(session, caller.party_id, caller.terminal_id):
            return _Refusal(TerminalUnknownError())
        replay = await self._found(session, attempt)
        if replay is not None:
            return await self._replayed(session, attempt, replay)
        if isinstance(proven, WalletError):
            return _Refusal(proven)
        held = await self._holder.hold(session, caller, proven)
        if isinstance(held, WalletError):
            # a twin under the same key may have consumed the code while we waited for its lock
            replay = await self._found(session, attempt)
            return await self._replayed(session, attempt, replay) if replay else _Refusal(held)
        return await self._admitted(session, attempt, held)

    async def _admitted(
        self, session: AsyncSession, attempt: Attempt, held: Held
    ) -> Admitted | Answer:
        opening = Opening(
            resident_id=held.resident_id,
            presentation_id=self._ids.local(),
            device_no=held.device_no,
            method=held.method,
            purpose=attempt.scan.purpose,
            scene=attempt.scan.scene,
        )
        began = await self._idempotency.begin(
            session,
            party_id=attempt.caller.party_id,
            terminal_id=attempt.caller.terminal_id,
            route=ROUTE,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
            target=(opening.resident_id, opening.presentation_id),
        )
        if isinstance(began, Replay):
            raise IdempotencyInProgressError(retry_after_seconds=1)
        shown = Shown(opening=opening, contexts=_asked_for(attempt.scan, held), held=held)
        return await self._gate.admit(session, attempt.caller, shown)

    async def _found(self, session: AsyncSession, attempt: Attempt) -> Replay | None:
        return await self._idempotency.find(
            session,
            party_id=attempt.caller.party_id,
            route=ROUTE,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
        )

    async def _replayed(
        self, session: AsyncSession, attempt: Attempt, replay: Replay
    ) -> Admitted | Answer:
        if replay.terminal_id != attempt.caller.terminal_id:
            raise HandleMismatchError
        resident_id, presentation_id = replay.target
        opening = await self._presentations.opening(session, resident_id, presentation_id)
        if opening is None:
            raise HandleExpiredError
        held = Held(resident_id=resident_id, device_no=opening.device_no, method=opening.method)
        shown = Shown(opening=opening, contexts=_asked_for(attempt.scan, held), held=held)
        admitted = await self._gate.read(session, attempt.caller, shown)
        if replay.response is None:
            if self._clock.now() < replay.created_at + _RESUME_AFTER:
                raise IdempotencyInProgressError(retry_after_seconds=1)
            return admitted  # T1 was committed and T2 never was: ask again
        resolved = msgspec.json.decode(replay.response, type=Resolved)
        return Answer(resolved=_consented(resolved, admitted), replayed=True)

    def _stays_inside(self, admitted: Admitted) -> bool:
        opening = admitted.opening
        return self._asker.stays_inside(admitted.bindings, opening.purpose, self._clock.now())

    async def _ask(self, attempt: Attempt, admitted: Admitted) -> tuple[ContextVerdict, ...]:
        opening = admitted.opening
        allowed = {name: admitted.bindings[name] for name in admitted.asked()}
        inquiry = Inquiry(
            purpose=opening.purpose,
            scene=opening.scene,
            parties=admitted.parties,
            person=admitted.person,
            evidence=_evidence(attempt, admitted),
            credentials=admitted.credentials,
            now=self._clock.now(),
        )
        kept_back = {
            name: withheld(name, binding)
            for name, binding in admitted.bindings.items()
            if name not in allowed
        }
        open_contexts = tuple(name for name in admitted.contexts if name not in kept_back)
        asked = await self._asker.ask(open_contexts, allowed, inquiry)
        verdicts = {verdict.context: verdict for verdict in asked} | kept_back
        return tuple(verdicts[name] for name in admitted.contexts)

    async def _second(
        self,
        session: AsyncSession,
        attempt: Attempt,
        admitted: Admitted,
        verdicts: tuple[ContextVerdict, ...],
    ) -> Answer:
        standing = await self._gate.disclose(session, attempt.caller, admitted, verdicts)
        opening, caller = admitted.opening, attempt.caller
        resolved = Resolved(
            presentation=self._presentations.handle(
                caller.party_id, opening.resident_id, opening.presentation_id
            ),
            expires_in=int(LIFE.total_seconds()),
            check_holder=admitted.alarmed,
            person=person_view(admitted.person, caller.scopes, self._clock.now().date()),
            verdicts=verdict_views(self._registry, standing),
        )
        await self._idempotency.finish(
            session, caller.party_id, ROUTE, attempt.key, msgspec.json.encode(resolved)
        )
        return Answer(resolved=resolved)


def _asked_for(scan: Resolve, held: Held) -> tuple[str, ...]:
    if not held.contexts:
        return tuple(scan.contexts)
    wanted = [name for name in held.contexts if not scan.contexts or name in scan.contexts]
    return tuple(wanted or held.contexts)


def _evidence(attempt: Attempt, admitted: Admitted) -> Evidence:
    card = attempt.scan.card
    if card is None:
        return FusedCode(reference=f"{admitted.opening.presentation_id:x}")
    return CardRead(reader=card.reader, card=card.card, number=card.number, serial=card.serial)


def _consented(resolved: Resolved, admitted: Admitted) -> Resolved:
    """
    Return a stored answer without what the resident has withdrawn since.
    """
    verdicts = [
        view
        if view.status != "valid" or view.context in admitted.asked()
        else msgspec.structs.replace(
            view, status="refused", fields={}, refusal="CONSENT_REQUIRED", message=None
        )
        for view in resolved.verdicts
    ]
    return msgspec.structs.replace(resolved, verdicts=verdicts)
