"""
One ordinary scan in two steps: read everything, answer inside the process, write everything.

The writing is T1 and T2 in one. Whatever is unusual is left to the
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
from wallet.db.errors import NotServedError
from wallet.idempotency.service import IdempotencyService
from wallet.ids import Ids
from wallet.journal.service import JournalService
from wallet.parties.service import PartiesService
from wallet.presentations.service import LIFE, Opening, PresentationsService
from wallet.residents.service import ResidentsService
from wallet.resolving import entries
from wallet.resolving.fast.ordinary import at_hand, is_ahead, usable
from wallet.resolving.fast.records import Answers, Entries, Scan, Store, Wanted, Writing
from wallet.resolving.fast.rows import Found, Party
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
        store: Store,
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
        self._store = store
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
            parts = await self._store.read(
                Wanted(
                    resident_id=resident_id,
                    device_no=device_no,
                    purpose=scan.purpose.value,
                    party_id=caller.party_id,
                    terminal_id=caller.terminal_id,
                    route=ROUTE,
                    key=attempt.key,
                )
            )
        except NotServedError:
            return None
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
        writing = Writing(
            scan=self._of_scan(attempt, ready, resolved),
            answers=self._of_answers(ready, verdicts),
            entries=self._of_journal(attempt, ready, verdicts, resolved),
        )
        try:
            return await self._store.write(writing)
        except NotServedError:
            return False

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

    def _of_scan(self, attempt: Attempt, ready: Ready, resolved: Resolved) -> Scan:
        accepted, caller, opening = ready.accepted, attempt.caller, ready.admitted.opening
        now = opening.opened_at
        return Scan(
            resident_id=accepted.resident_id,
            device_no=accepted.device_no,
            counter=accepted.counter,
            enrolment_nonce=accepted.enrolment_nonce,
            ahead=is_ahead(accepted),
            at=now,
            party_id=caller.party_id,
            terminal_id=caller.terminal_id,
            purpose=opening.purpose.value,
            bindings=ready.bindings,
            consents=ready.consents,
            route=ROUTE,
            key=attempt.key,
            fingerprint=attempt.fingerprint,
            presentation_id=opening.presentation_id,
            response=self._idempotency.sealed(
                caller.party_id, ROUTE, attempt.key, json.encode(resolved)
            ),
            response_until=now + LIFE,
            key_until=now + self._idempotency.keep_keys,
            scene=opening.scene.value,
            handle_until=opening.expires_at,
        )

    def _of_answers(self, ready: Ready, verdicts: Sequence[ContextVerdict]) -> Answers:
        opening = ready.admitted.opening
        kept = [answered(verdict) for verdict in verdicts]
        return Answers(
            contexts=[each.context for each in kept],
            integrations=[each.integration_id for each in kept],
            bindings=[each.binding_id for each in kept],
            valid=[int(each.valid) for each in kept],
            refusals=[each.refusal for each in kept],
            subjects=[
                self._presentations.sealed_subject(opening, each, ready.keys) for each in kept
            ],
        )

    def _of_journal(
        self,
        attempt: Attempt,
        ready: Ready,
        verdicts: Sequence[ContextVerdict],
        resolved: Resolved,
    ) -> Entries:
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
        return Entries(
            numbers=numbers,
            kinds=[entry.kind for entry in told],
            details=[
                self._journal.sealed(entry, number, ready.keys)
                for entry, number in zip(told, numbers, strict=True)
            ],
        )
