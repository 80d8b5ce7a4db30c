"""
One scan, end to end.

Order: parse, scope, verify (no database for a one-time password), T1 {terminal, idempotency,
consumption, presentation, journal}, verdicts with no transaction open, T2 {terminal, consent and
bindings again, answers, stored response, journal}. A refused scope burns no code. When no context
needs to leave the process, T1 and T2 are one transaction.
"""

from msgspec import Struct, json
from sqlalchemy.ext.asyncio import AsyncSession

from codes import Accepted
from integrations.registry import Registry
from wallet.clock import Clock, seconds
from wallet.db.faults import repeated
from wallet.db.session import Database
from wallet.errors import InternalError, WalletError
from wallet.failpoints import hit
from wallet.http.tally import NoTally, Tally
from wallet.idempotency.errors import IdempotencyInProgressError
from wallet.idempotency.service import IdempotencyService, Replay
from wallet.ids import Ids
from wallet.parties.errors import ScopeDeniedError, TerminalUnknownError
from wallet.parties.service import PartiesService
from wallet.presentations.service import LIFE, Opening, PresentationsService
from wallet.resolving import reading
from wallet.resolving.errors import CodeExpiredError
from wallet.resolving.evidence import evidence
from wallet.resolving.fast.shortcut import Shortcut
from wallet.resolving.gate import Disclosed, Gate
from wallet.resolving.holding import Held, Holder, Proven
from wallet.resolving.reading import Foreign, Scanned
from wallet.resolving.replays import ROUTE, Replays
from wallet.resolving.scans import Admitted, Answer, Attempt, Shown
from wallet.resolving.schemas import PersonView, Resolved
from wallet.resolving.standing import withheld
from wallet.resolving.verdicts import Asker, ContextVerdict, Inquiry
from wallet.resolving.views import person_view, told_of, verdict_views

__all__ = ("Answer", "Attempt", "ResolvingService")


class _Refusal(Struct, frozen=True):
    """
    An error that is told after the transaction was committed, with the alarm it may have raised.
    """

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
        tally: Tally | None = None,
        shortcut: Shortcut | None = None,
    ) -> None:
        self._database = database
        self._tally = tally or NoTally()
        self._shortcut = shortcut
        self._clock = clock
        self._ids = ids
        self._holder = holder
        self._gate = gate
        self._asker = asker
        self._registry = registry
        self._parties = parties
        self._presentations = presentations
        self._idempotency = idempotency
        self._replays = Replays(
            clock=clock, gate=gate, presentations=presentations, idempotency=idempotency
        )

    async def resolve(self, attempt: Attempt) -> Answer:
        """
        Resolve one code.

        Raises:
            WalletError: every error that `controller` declares.
        """
        try:
            answer = await self._resolved(attempt)
        except Exception as fault:
            known = fault if isinstance(fault, WalletError) else InternalError()
            self._tally.resolve(known.code)
            raise
        self._tally.resolve("repeated" if answer.replayed else "accepted")
        return answer

    async def _resolved(self, attempt: Attempt) -> Answer:
        scanned = reading.parse(attempt.scan.code)
        if f"resolve:{attempt.scan.purpose.value}" not in attempt.caller.scopes:
            raise ScopeDeniedError
        step = await self._before_decoding(attempt, scanned)
        if step is None:
            proven = await self._proven(attempt, scanned)
            step = await self._short(attempt, proven) or await self._step(attempt, proven)
        match step:
            case _Refusal(error=error):
                raise error
            case Answer():
                return step
            case Admitted():
                return await self._asked_outside(attempt, step)

    async def _short(self, attempt: Attempt, proven: Proven | WalletError) -> Answer | None:
        """
        Take an ordinary scan the short way where there is one; None when it is not taken.
        """
        if self._shortcut is None or not isinstance(proven, Accepted):
            return None
        ready = await self._shortcut.admit(attempt, proven)
        if ready is None:
            return None
        verdicts = await self._ask(attempt, ready.admitted)
        now = ready.admitted.opening.opened_at
        person = person_view(ready.admitted.person, attempt.caller.scopes, now)
        disclosed = Disclosed(verdicts=verdicts, alarmed=False)
        resolved = self._told(attempt, ready.admitted.opening, person, disclosed)
        done = await self._shortcut.disclose(attempt, ready, verdicts, resolved)
        return Answer(resolved=resolved) if done else None

    @repeated
    async def _step(
        self, attempt: Attempt, proven: Proven | WalletError
    ) -> Admitted | Answer | _Refusal:
        """
        Do T1, and T2 in the same transaction where no context needs to leave the process.
        """
        async with self._database.transaction() as session:
            step = await self._first(session, attempt, proven)
            if isinstance(step, Admitted) and self._asker.stays_inside(
                step.asked(), step.opening.purpose, self._clock.now()
            ):
                verdicts = await self._ask(attempt, step)
                return await self._second(session, attempt, step, verdicts)
        return step

    async def _asked_outside(self, attempt: Attempt, admitted: Admitted) -> Answer:
        hit("resolve.between")
        verdicts = await self._ask(attempt, admitted)
        async with self._database.transaction() as session:
            await self._insist_on_terminal(session, attempt)
            return await self._second(session, attempt, admitted, verdicts)

    async def _before_decoding(
        self, attempt: Attempt, scanned: Scanned
    ) -> Admitted | Answer | _Refusal | None:
        """
        Look for an earlier post of a foreign code: its partner would not decode it again.
        """
        if not isinstance(scanned, Foreign):
            return None
        self._holder.allow(attempt.scan, scanned)
        async with self._database.transaction() as session:
            await self._insist_on_terminal(session, attempt)
            return await self._replays.known(session, attempt)

    async def _proven(self, attempt: Attempt, scanned: Scanned) -> Proven | WalletError:
        """
        Return what was proven, or a refusal that an earlier post may explain.

        The answer to that may have been lost on the way, and the code be too old by now or
        void at its partner.
        """
        try:
            return await self._holder.prove(attempt.caller, attempt.scan, scanned)
        except CodeExpiredError as error:
            return error
        except WalletError as error:
            if isinstance(scanned, Foreign):
                return error
            raise

    async def _insist_on_terminal(self, session: AsyncSession, attempt: Attempt) -> None:
        caller = attempt.caller
        if not await self._parties.terminal_active(session, caller.party_id, caller.terminal_id):
            raise TerminalUnknownError

    async def _first(
        self, session: AsyncSession, attempt: Attempt, proven: Proven | WalletError
    ) -> Admitted | Answer | _Refusal:
        await self._insist_on_terminal(session, attempt)
        known = await self._replays.known(session, attempt)
        if known is not None:
            return known
        if isinstance(proven, WalletError):
            return _Refusal(proven)
        held = await self._holder.hold(session, attempt.caller, proven)
        if isinstance(held, WalletError):
            # a twin under the same key may have consumed the code while we waited for its lock
            known = await self._replays.known(session, attempt)
            return _Refusal(held) if known is None else known
        return await self._admitted(session, attempt, held)

    async def _admitted(
        self, session: AsyncSession, attempt: Attempt, held: Held
    ) -> Admitted | Answer:
        scan, caller = attempt.scan, attempt.caller
        opening = Opening(
            resident_id=held.resident_id,
            presentation_id=self._ids.local(),
            device_no=held.device_no,
            method=held.method,
            purpose=scan.purpose,
            scene=scan.scene,
            opened_at=self._clock.now(),
        )
        began = await self._idempotency.begin(
            session,
            party_id=caller.party_id,
            terminal_id=caller.terminal_id,
            route=ROUTE,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
            target=(opening.resident_id, opening.presentation_id),
        )
        if isinstance(began, Replay):
            return await self._replays.take_up(session, attempt, began)
        shown = Shown(opening=opening, contexts=tuple(scan.contexts), brought=held.brought)
        return await self._gate.admit(session, caller, shown)

    async def _ask(self, attempt: Attempt, admitted: Admitted) -> tuple[ContextVerdict, ...]:
        opening, asked = admitted.opening, admitted.asked()
        inquiry = Inquiry(
            purpose=opening.purpose,
            scene=opening.scene,
            parties=admitted.parties,
            person=admitted.person,
            evidence=evidence(attempt, opening),
            credentials=admitted.credentials,
            now=self._clock.now(),
        )
        kept_back = {
            name: withheld(name, binding)
            for name, binding in admitted.bindings.items()
            if name not in asked
        }
        names = tuple(name for name in admitted.contexts if name not in kept_back)
        verdicts = kept_back | {
            verdict.context: verdict for verdict in await self._asker.ask(names, asked, inquiry)
        }
        return tuple(verdicts[name] for name in admitted.contexts)

    async def _second(
        self,
        session: AsyncSession,
        attempt: Attempt,
        admitted: Admitted,
        verdicts: tuple[ContextVerdict, ...],
    ) -> Answer:
        opening, caller = admitted.opening, attempt.caller
        person = person_view(admitted.person, caller.scopes, self._clock.now())
        disclosed = await self._gate.disclose(session, caller, admitted, verdicts, told_of(person))
        if disclosed is None:
            return await self._of_twin(session, attempt)
        resolved = self._told(attempt, opening, person, disclosed)
        await self._idempotency.finish(
            session, caller.party_id, ROUTE, attempt.key, json.encode(resolved), keep=LIFE
        )
        return Answer(resolved=resolved)

    def _told(
        self, attempt: Attempt, opening: Opening, person: PersonView, disclosed: Disclosed
    ) -> Resolved:
        return Resolved(
            presentation=self._presentations.handle(
                attempt.caller.party_id, opening.resident_id, opening.presentation_id
            ),
            expires_in=max(0, seconds(opening.expires_at) - seconds(self._clock.now())),
            check_holder=disclosed.alarmed,
            person=person,
            verdicts=verdict_views(self._registry, disclosed.verdicts),
        )

    async def _of_twin(self, session: AsyncSession, attempt: Attempt) -> Answer:
        known = await self._replays.known(session, attempt)
        if isinstance(known, Answer):
            return known
        raise IdempotencyInProgressError(retry_after_seconds=1)
