"""
``/contexts``: what the code stands for, linking and unlinking it.
"""

from typing import Any, Final

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from wallet.bindings.errors import IntegrationUnavailableError, LinkRefusedError
from wallet.bindings.linking import LinkingService, Step
from wallet.errors import WalletError
from wallet.http.callers import ResidentCaller
from wallet.pages.forms import FORM_BODY, Form, go
from wallet.pages.language import language_of
from wallet.pages.problems import sentence, waiting
from wallet.pages.rendering import AnyRequest, page
from wallet.pages.texts import catalogue
from wallet.residents.sessions import SessionsService

HERE: Final = "/contexts"


class ContextsController(Controller):
    """
    Linked contexts.
    """

    path = HERE
    include_in_schema = False

    @get()
    async def contexts(
        self,
        request: AnyRequest,
        visitor: NamedDependency[ResidentCaller],
        sessions: NamedDependency[SessionsService],
        linking: NamedDependency[LinkingService],
    ) -> Response[str]:
        """
        Show what is linked and what can be.
        """
        return await _shown(request, visitor, sessions, linking)

    @post("/link", opt=FORM_BODY)
    async def link(
        self,
        request: AnyRequest,
        form: NamedDependency[Form],
        sessions: NamedDependency[SessionsService],
        linking: NamedDependency[LinkingService],
    ) -> Response[Any]:
        """
        Take one step of linking: done, choose one of several, or agree on the partner's page.
        """
        name, choice = form.fields.get("integration", ""), form.fields.get("choice", "")
        try:
            step = await linking.link(form.caller.resident_id, name, choice)
        except WalletError as error:
            said = sentence(request, error)
            return await _refused(request, form, sessions, linking, said, error)
        if step.binding is not None:
            return go(HERE)
        return await _shown(request, form.caller, sessions, linking, step=step, name=name)

    @post("/default", opt=FORM_BODY)
    async def default(
        self, form: NamedDependency[Form], linking: NamedDependency[LinkingService]
    ) -> Response[None]:
        """
        Make one the default of its kind.
        """
        await linking.make_default(form.caller.resident_id, form.fields.get("binding", ""))
        return go(HERE)

    @post("/unlink", opt=FORM_BODY)
    async def unlink(
        self,
        request: AnyRequest,
        form: NamedDependency[Form],
        sessions: NamedDependency[SessionsService],
        linking: NamedDependency[LinkingService],
    ) -> Response[Any]:
        """
        End one; it is ended here also where the partner does not release it, or does not answer.
        """
        try:
            await linking.unlink(form.caller.resident_id, form.fields.get("binding", ""))
        except (LinkRefusedError, IntegrationUnavailableError) as error:
            said = catalogue(language_of(request))["contexts.unlinked_here"]
            return await _refused(request, form, sessions, linking, said, error)
        return go(HERE)


async def _refused(
    request: AnyRequest,
    form: Form,
    sessions: SessionsService,
    linking: LinkingService,
    said: str,
    error: WalletError,
) -> Response[str]:
    answer = await _shown(request, form.caller, sessions, linking, wrong=said, error=error)
    return waiting(answer, error)


async def _shown(  # noqa: PLR0913 - what the page may show
    request: AnyRequest,
    caller: ResidentCaller,
    sessions: SessionsService,
    linking: LinkingService,
    *,
    step: Step | None = None,
    name: str = "",
    wrong: str = "",
    error: WalletError | None = None,
) -> Response[str]:
    bindings = await linking.of_resident(caller.resident_id)
    linked = {each.integration_id for each in bindings}
    manifests = {each.id: each for each in linking.linkable()}
    return page(
        request,
        "resident/contexts",
        status_code=200 if error is None else error.status,
        csrf=sessions.proof(caller),
        bindings=[
            (linking.handle(each), each, manifests.get(each.integration_id)) for each in bindings
        ],
        linkable=[each for each in manifests.values() if each.id not in linked],
        step=step,
        asked=manifests.get(name),
        wrong=wrong,
    )
