"""
One ordinary scan in two round trips: read everything, answer inside the process, write everything.

The writing statement is T1 and T2 in one and commits by itself. Whatever is unusual is left to the
plain path, before anything was written: a code that is no one-time password, a context that has
to be asked outside or whose snapshot is to change, a repeated post, any refusal, any alarm. So
each refusal and each alarm has one implementation, and this one is the way of accepted codes only.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct, json

from codes import Accepted, Profile
from integrations.registry import Registry
from integrations.spi import PartyView
from wallet.bindings.service import Binding, BindingsService
from wallet.clock import Clock
from wallet.db.pinned import NotServedError, Pinned
from wallet.idempotency.service import IdempotencyService
from wallet.ids import Ids
from wallet.journal.service import JournalService
from wallet.parties.service import PartiesService
from wallet.presentations.service import LIFE, Opening, PresentationsService
from wallet.residents.service import ResidentsService
from wallet.resolving import entries
from wallet.resolving.fast.ordinary import at_hand, is_ahead, usable
from wallet.resolving.fast.rows import Found, Party, found
from wallet.resolving.fast.statements import READ, WRITE
from wallet.resolving.replays import ROUTE
from wallet.resolving.scans import Admitted, Attempt
from wallet.resolving.schemas import Resolved
from wallet.resolving.standing import answered
from wallet.resolving.verdicts import ContextVerdict
from wallet.resolving.views import told_of
from wallet.vault.errors import KeyDestroyedError
from wallet.vault.service import Unlocked, Vault

_METHOD: Final = Profile.OTP.name.lower()


class Ready(Struct, frozen=True, kw_only=True):
    """
    A scan that was read and can be answered here.

    Attributes:
        admitted: what the contexts are answered with.
        accepted: the code, not yet used up.
        keys: of the resident.
        bindings: ids of every live default, in order; the answer stands on exactly these.
        consents: ids of every consent that stands for purpose and party, likewise.
    """

    admitted: Admitted
    accepted: Accepted
    keys: Unlocked
    bindings: list[int]
    consents: list[int]

    def __repr__(self) -> str:
        """
        Show nothing personal.
        """
        return "Ready(…)"


class Shortcut:
    """
    Reads and writes ordinary scans.
    """

    def __init__(  # noqa: PLR0913 - collaborators, by keyword
        self,
        *,
        pinned: Pinned,
        clock: Clock,
        ids: Ids,
        vault: Vault,
        registry: Registry,
        residents: ResidentsService,
        parties: PartiesService,
        bindings: BindingsService,
        presentations: PresentationsService,
        journal: JournalService,
        idempotency: IdempotencyService,
    ) -> None:
        self._pinned = pinned
        self._clock = clock
        self._ids = ids
        self._vault = vault
        self._registry = registry
        self._residents = residents
        self._parties = parties
        self._bindings = bindings
        self._presentations = presentations
        self._journal = journal
        self._idempotency = idempotency

    async def admit(self, attempt: Attempt, accepted: Accepted) -> Ready | None:
        """
        Read what an ordinary scan needs; None leaves it to the plain path.

        Args:
            attempt: the post.
            accepted: its code, whose password was right.
        """
        caller, scan = attempt.caller, attempt.scan
        if accepted.profile is not Profile.OTP or caller.signed or scan.card is not None:
            return None
        resident_id, device_no = accepted.resident_id, accepted.device_no
        try:
            rows = await self._pinned.fetch(
                READ,
                resident_id,
                device_no,
                scan.purpose.value,
                caller.party_id,
                caller.terminal_id,
                ROUTE,
                attempt.key,
            )
        except NotServedError:
            return None
        parts = found(resident_id, rows)
        if parts.taken or not usable(parts.device, accepted):
            return None
        try:
            keys = self._vault.unlock(resident_id, parts.keys)
        except KeyDestroyedError:
            return None
        admitted = self._admitted(attempt, accepted, parts, keys)
        if admitted is None or not at_hand(self._registry, admitted):
            return None
        return Ready(
            admitted=admitted,
            accepted=accepted,
            keys=keys,
            bindings=list(parts.bindings),
            consents=list(parts.consents),
        )

    async def disclose(
        self,
        attempt: Attempt,
        ready: Ready,
        verdicts: Sequence[ContextVerdict],
        resolved: Resolved,
    ) -> bool:
        """
        Use the code up and keep everything, if what was read is still so.

        Returns:
            False when nothing was written, or nobody knows; the plain path finds out which.
        """
        arguments = (
            *self._of_scan(attempt, ready, resolved),
            *self._of_answers(ready, verdicts),
            *self._of_journal(attempt, ready, verdicts, resolved),
        )
        try:
            rows = await self._pinned.fetch(WRITE, *arguments)
        except NotServedError:
            return False
        return bool(rows[0][0])

    def _admitted(
        self, attempt: Attempt, accepted: Accepted, parts: Found, keys: Unlocked
    ) -> Admitted | None:
        if parts.party is None or parts.person is None:
            return None
        scan, resident_id = attempt.scan, accepted.resident_id
        opened = [self._bindings.opened(sealed, keys) for sealed in parts.bindings.values()]
        bindings = {each.context: each for each in opened}
        contexts = tuple(scan.contexts) or tuple(bindings)
        bound = {name: bindings[name] for name in contexts if name in bindings}
        return Admitted(
            opening=Opening(
                resident_id=resident_id,
                presentation_id=self._ids.local(),
                device_no=accepted.device_no,
                method=_METHOD,
                purpose=scan.purpose,
                scene=scan.scene,
                opened_at=self._clock.now(),
            ),
            contexts=tuple(sorted(set(contexts))),
            bindings=bound,
            bases=dict(parts.consents.values()),
            person=self._residents.opened(resident_id, parts.person, keys),
            parties=self._views(attempt.caller.party_id, parts.party, parts.profiles, bound),
            party_name=parts.party.name,
            credentials={},
            alarmed=False,
        )

    def _views(
        self,
        party_id: int,
        party: Party,
        profiles: Mapping[str, bytes],
        bound: Mapping[str, Binding],
    ) -> dict[str, PartyView]:
        view = PartyView(id=str(party_id), name=party.name, kind=party.kind)
        ids = {binding.integration_id for binding in bound.values()}
        return {
            each: self._parties.profiled(view, party_id, each, profiles.get(each)) for each in ids
        }

    def _of_scan(self, attempt: Attempt, ready: Ready, resolved: Resolved) -> tuple[object, ...]:
        accepted, caller, opening = ready.accepted, attempt.caller, ready.admitted.opening
        now = opening.opened_at
        response = self._idempotency.sealed(
            caller.party_id, ROUTE, attempt.key, json.encode(resolved)
        )
        return (
            accepted.resident_id,
            accepted.device_no,
            accepted.counter,
            accepted.enrolment_nonce,
            is_ahead(accepted),
            now,
            caller.party_id,
            caller.terminal_id,
            opening.purpose.value,
            ready.bindings,
            ready.consents,
            ROUTE,
            attempt.key,
            attempt.fingerprint,
            opening.presentation_id,
            response,
            now + LIFE,
            now + self._idempotency.keep_keys,
            opening.scene.value,
            opening.expires_at,
        )

    def _of_answers(
        self, ready: Ready, verdicts: Sequence[ContextVerdict]
    ) -> tuple[list[object], ...]:
        opening = ready.admitted.opening
        kept = [answered(verdict) for verdict in verdicts]
        return (
            [each.context for each in kept],
            [each.integration_id for each in kept],
            [each.binding_id for each in kept],
            [int(each.valid) for each in kept],
            [each.refusal for each in kept],
            [self._presentations.sealed_subject(opening, each, ready.keys) for each in kept],
        )

    def _of_journal(
        self,
        attempt: Attempt,
        ready: Ready,
        verdicts: Sequence[ContextVerdict],
        resolved: Resolved,
    ) -> tuple[list[object], ...]:
        admitted, caller = ready.admitted, attempt.caller
        now = admitted.opening.opened_at
        told = [
            entries.scanned(caller, admitted, now),
            entries.disclosed(
                caller,
                admitted,
                now,
                verdicts=verdicts,
                bases=admitted.bases,
                identity=told_of(resolved.person),
            ),
        ]
        numbers = [self._ids.local() for _ in told]
        return (
            list(numbers),
            [entry.kind for entry in told],
            [
                self._journal.sealed(entry, number, ready.keys)
                for entry, number in zip(told, numbers, strict=True)
            ],
        )
