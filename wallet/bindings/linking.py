"""
Linking and unlinking: the resident's side of bindings.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from integrations.registry import Registry
from integrations.spi import (
    ActionRequired,
    ChoiceRequired,
    LinkChoice,
    Linked,
    Linking,
    LinkRequest,
    Manifest,
    Refused,
    UnavailableError,
    Unlinked,
)
from wallet.bindings.errors import IntegrationUnavailableError, LinkRefusedError
from wallet.bindings.service import KIND, Binding, BindingsService
from wallet.calls.guard import Guard
from wallet.clock import Clock
from wallet.consents.service import ConsentsService
from wallet.db.session import Database
from wallet.errors import NotFoundError, WalletError
from wallet.residents.service import ResidentsService
from wallet.vault.service import Vault

R = TypeVar("R")
_LINK_RESULTS: Final = (Linked, ChoiceRequired, ActionRequired, Refused)


class Step(Struct, frozen=True, kw_only=True):
    """
    Where linking stands: bound, or what the resident has to do first.
    """

    binding: Binding | None = None
    choices: tuple[LinkChoice, ...] = ()
    url: str = ""


class LinkingService:
    """
    Links residents to integrations, with what linking means for consent.
    """

    def __init__(  # noqa: PLR0913 - collaborators, by keyword
        self,
        *,
        database: Database,
        clock: Clock,
        vault: Vault,
        registry: Registry,
        guard: Guard,
        residents: ResidentsService,
        consents: ConsentsService,
        bindings: BindingsService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._registry = registry
        self._guard = guard
        self._residents = residents
        self._consents = consents
        self._bindings = bindings

    def linkable(self) -> tuple[Manifest, ...]:
        """
        Return the integrations a resident can link.
        """
        return tuple(each.manifest for each in self._registry if isinstance(each, Linking))

    async def of_resident(self, resident_id: int) -> Sequence[Binding]:
        """
        Return the resident's live bindings.
        """
        async with self._database.reading() as session:
            return await self._bindings.live(session, resident_id)

    async def link(self, resident_id: int, integration_id: str, choice: str = "") -> Step:
        """
        Take one step of linking; repeat it after a choice or after agreeing on a partner's page.

        Raises:
            NotFoundError: no such integration, or nothing to link there.
            LinkRefusedError: the outside system refused.
            IntegrationUnavailableError: it did not answer.
        """
        linking = self._registry.linking(integration_id)
        integration = self._registry.get(integration_id)
        if linking is None or integration is None:
            raise NotFoundError
        manifest = integration.manifest
        async with self._database.reading() as session:
            person = await self._residents.person(session, resident_id)
            earlier = await self._bindings.ended(session, resident_id, integration_id)
        request = LinkRequest(
            person=person,
            reference=self._reference(resident_id, integration_id, earlier),
            choice=choice,
            now=self._clock.now(),
        )
        result = await self._asked(manifest, lambda: linking.link(request), _LINK_RESULTS)
        match result:
            case Refused():
                raise _refused(manifest, result)
            case ChoiceRequired(choices=choices):
                return Step(choices=choices)
            case ActionRequired(url=url):
                return Step(url=url)
            case Linked():
                return Step(binding=await self._kept(resident_id, manifest, result))

    async def make_default(self, resident_id: int, handle: str) -> Binding:
        """
        Make a binding the default of its context.

        Raises:
            NotFoundError: the resident has no such live binding.
        """
        async with self._database.transaction() as session:
            binding = await self._owned(session, resident_id, handle)
            if not await self._bindings.make_default(session, binding):
                raise NotFoundError
        return msgspec.structs.replace(binding, is_default=True)

    async def unlink(self, resident_id: int, handle: str) -> None:
        """
        End a binding here at once, then release it at the partner.

        Repeating it asks the partner again, unless the same integration was linked anew since.

        Raises:
            NotFoundError: the resident never had such a binding.
            LinkRefusedError: it is ended here; the partner does not release it.
            IntegrationUnavailableError: it is ended here; the partner did not answer, repeat it.
        """
        async with self._database.transaction() as session:
            binding = await self._owned(session, resident_id, handle, live=False)
            await self._bindings.end(session, binding)
            living = await self._bindings.live(session, resident_id)
        integration = self._registry.get(binding.integration_id)
        linking = self._registry.linking(binding.integration_id)
        anew = binding.integration_id in {each.integration_id for each in living}
        if integration is None or linking is None or anew:
            return
        manifest = integration.manifest
        unlinked = await self._asked(
            manifest, lambda: linking.unlink(binding.subject), (Unlinked, Refused)
        )
        if isinstance(unlinked, Refused):
            raise _refused(manifest, unlinked)

    def handle(self, binding: Binding) -> str:
        """
        Return the binding's id as the resident sees it.
        """
        audience = f"resident:{binding.resident_id}"
        return self._vault.seal_id(KIND, audience, binding.resident_id, binding.binding_id)

    def _reference(self, resident_id: int, integration_id: str, earlier: int) -> str:
        # the same through all steps of one attempt, another one once that link has ended
        attempt = f"{resident_id}:{integration_id}:{earlier}"
        return self._vault.blind("link", attempt).hex()[:32]

    async def _kept(self, resident_id: int, manifest: Manifest, linked: Linked) -> Binding:
        async with self._database.transaction() as session:
            standing = await self._bindings.live(session, resident_id)
            # what was withdrawn of a linked context stays so, however often it is linked
            if manifest.context not in {each.context for each in standing}:
                await self._consents.grant_linked(session, resident_id, manifest.context)
            return await self._bindings.keep(
                session, resident_id, manifest.context, manifest.id, linked
            )

    async def _owned(
        self, session: AsyncSession, resident_id: int, handle: str, *, live: bool = True
    ) -> Binding:
        opened = self._vault.open_id(KIND, f"resident:{resident_id}", handle)
        if opened is None or opened[0] != resident_id:
            raise NotFoundError
        binding = await self._bindings.binding(session, *opened)
        if binding is None or (live and binding.status != "live"):
            raise NotFoundError
        return binding

    async def _asked(
        self, manifest: Manifest, call: Callable[[], Awaitable[R]], expected: tuple[type, ...]
    ) -> R:
        deadline_ms = manifest.deadlines.perform_ms
        try:
            return await self._guard.run(manifest.id, deadline_ms, call, expected=expected)
        except UnavailableError:
            raise _unavailable() from None


def _refused(manifest: Manifest, refused: Refused) -> WalletError:
    if refused.code not in manifest.refusals:
        return _unavailable()
    return LinkRefusedError(refusal=refused.code)


def _unavailable() -> IntegrationUnavailableError:
    return IntegrationUnavailableError(retry_after_seconds=2)
