"""
``/consents``: what may be shown of which context, for which purpose.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from wallet.bindings.linking import LinkingService
from wallet.consents.schemas import GrantConsent
from wallet.consents.service import EVERY_PARTY, PURPOSES, Consent, ConsentsService
from wallet.errors import ValidationFailedError
from wallet.http.callers import ResidentCaller
from wallet.pages.forms import FORM_BODY, Form, go
from wallet.pages.rendering import AnyRequest, page
from wallet.residents.sessions import SessionsService

HERE: Final = "/consents"


class ShownContext(Struct, frozen=True, kw_only=True):
    """
    A context, and per purpose the consent that stands, with its handle, or None.
    """

    name: str
    purposes: list[tuple[str, str, Consent | None]]


class ConsentsPageController(Controller):
    """
    Consents.
    """

    path = HERE
    include_in_schema = False

    @get()
    async def consents(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        consents: NamedDependency[ConsentsService],
        linking: NamedDependency[LinkingService],
    ) -> Response[str]:
        """
        Show them, for every context that is linked or that a consent stands for.
        """
        mine = visitor.resident_id
        live = [each for each in await consents.of_resident(mine) if each.party_id == EVERY_PARTY]
        linked = [each.context for each in await linking.of_resident(mine)]
        names = sorted({*linked, *(each.context for each in live)})
        return page(
            request,
            "resident/consents",
            csrf=sessions.proof(visitor),
            contexts=[_shown(name, mine, consents, live) for name in names],
        )

    @post("/grant", opt=FORM_BODY)
    async def grant(
        self,
        form: NamedDependency[Form],
        consents: NamedDependency[ConsentsService],
        linking: NamedDependency[LinkingService],
    ) -> Response[Any]:
        """
        Allow a linked context to be shown for a purpose.
        """
        mine = form.caller.resident_id
        try:
            asked = msgspec.convert(
                {name: form.fields.get(name, "") for name in ("context", "purpose")}, GrantConsent
            )
        except msgspec.ValidationError:
            raise ValidationFailedError from None
        if asked.context not in {each.context for each in await linking.of_resident(mine)}:
            raise ValidationFailedError
        await consents.grant(mine, asked.context, asked.purpose.value)
        return go(HERE)

    @post("/withdraw", opt=FORM_BODY)
    async def withdraw(
        self, form: NamedDependency[Form], consents: NamedDependency[ConsentsService]
    ) -> Response[Any]:
        """
        Withdraw one.
        """
        await consents.withdraw(form.caller.resident_id, form.fields.get("consent", ""))
        return go(HERE)


def _shown(
    name: str, resident_id: int, consents: ConsentsService, live: Sequence[Consent]
) -> ShownContext:
    stands = {each.purpose: each for each in live if each.context == name}
    purposes = [
        (
            purpose,
            consents.handle(resident_id, stands[purpose]) if purpose in stands else "",
            stands.get(purpose),
        )
        for purpose in PURPOSES
    ]
    return ShownContext(name=name, purposes=purposes)
