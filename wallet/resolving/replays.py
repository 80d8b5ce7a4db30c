"""
A scan that was posted before: answered the same way, or taken up where it was interrupted.
"""

from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from wallet.clock import Clock, seconds
from wallet.idempotency.errors import IdempotencyInProgressError
from wallet.idempotency.service import IdempotencyService, Replay
from wallet.presentations.errors import HandleExpiredError, HandleMismatchError
from wallet.presentations.service import PresentationsService, Reopened
from wallet.resolving.gate import Gate
from wallet.resolving.scans import Admitted, Answer, Attempt, Shown
from wallet.resolving.schemas import Resolved, VerdictView
from wallet.resolving.views import FULL_IDENTITY, person_view, refused_view
from wallet.resolving.words import CONSENT_REQUIRED, NOT_BOUND, SHOWN_BY_CODE, Status

ROUTE: Final = "POST /v1/resolve"
_RESUME_AFTER: Final = timedelta(seconds=15)  # longer than any request is worked on


class Replays:
    """
    Answers repeated posts of one scan.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        gate: Gate,
        presentations: PresentationsService,
        idempotency: IdempotencyService,
    ) -> None:
        self._clock = clock
        self._gate = gate
        self._presentations = presentations
        self._idempotency = idempotency

    async def known(self, session: AsyncSession, attempt: Attempt) -> Admitted | Answer | None:
        """
        Return what became of the same post when it came before; None for a new one.

        Raises:
            WalletError: see `take_up`; and ``IDEMPOTENCY_MISMATCH`` for a key that stands for
                another request.
        """
        replay = await self._idempotency.find(
            session,
            party_id=attempt.caller.party_id,
            route=ROUTE,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
        )
        return None if replay is None else await self.take_up(session, attempt, replay)

    async def take_up(
        self, session: AsyncSession, attempt: Attempt, replay: Replay
    ) -> Admitted | Answer:
        """
        Return the stored answer less what was withdrawn since, or what is to be asked again.

        Raises:
            HandleMismatchError: another terminal scanned it.
            HandleExpiredError: the handle's time is over.
            IdempotencyInProgressError: the first post is still being worked on.
        """
        if replay.terminal_id != attempt.caller.terminal_id:
            raise HandleMismatchError
        reopened = await self._presentations.reopened(session, *replay.target)
        if reopened is None:
            raise HandleExpiredError
        shown = Shown(
            opening=reopened.opening,
            contexts=tuple(attempt.scan.contexts),
            brought=reopened.brought,
        )
        admitted = await self._gate.read(session, attempt.caller, shown)
        if replay.response is None:
            if self._clock.now() < replay.created_at + _RESUME_AFTER:
                raise IdempotencyInProgressError(retry_after_seconds=1)
            return admitted  # T1 was committed and T2 never was
        resolved = msgspec.json.decode(replay.response, type=Resolved)
        return Answer(resolved=self._again(attempt, resolved, reopened, admitted), replayed=True)

    def _again(
        self, attempt: Attempt, resolved: Resolved, reopened: Reopened, admitted: Admitted
    ) -> Resolved:
        now, person = self._clock.now(), resolved.person
        if not person.masked and FULL_IDENTITY not in attempt.caller.scopes:
            person = person_view(admitted.person, attempt.caller.scopes, now)
        return msgspec.structs.replace(
            resolved,
            expires_in=seconds(reopened.opening.expires_at) - seconds(now),
            check_holder=resolved.check_holder or admitted.alarmed,
            person=person,
            verdicts=[_still(view, reopened, admitted) for view in resolved.verdicts],
        )


def _still(view: VerdictView, reopened: Reopened, admitted: Admitted) -> VerdictView:
    if view.status is not Status.VALID:
        return view
    binding = admitted.bindings.get(view.context)
    if binding is None or binding.binding_id != (
        reopened.answered_by.get(view.context) or SHOWN_BY_CODE
    ):
        return refused_view(view, NOT_BOUND)
    return view if view.context in admitted.asked() else refused_view(view, CONSENT_REQUIRED)
