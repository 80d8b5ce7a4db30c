"""
``/v1/bindings``: the resident links and unlinks contexts.
"""

from typing import Annotated

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter

from wallet.bindings.errors import IntegrationUnavailableError, LinkRefusedError
from wallet.bindings.linking import LinkingService, Step
from wallet.bindings.schemas import (
    BindingList,
    BindingView,
    ChoiceView,
    LinkableView,
    LinkContext,
    LinkStep,
)
from wallet.bindings.service import Binding
from wallet.errors import (
    BodyTooLargeError,
    InternalError,
    MediaTypeUnsupportedError,
    NotFoundError,
    OverloadedError,
    ValidationFailedError,
)
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import problems

Handle = Annotated[str, PathParameter(pattern=r"\A[0-9A-Za-z_]{1,128}\Z")]
_READING = (InternalError, OverloadedError, TokenInvalidError, ValidationFailedError)
_WRITING = (*_READING, BodyTooLargeError, MediaTypeUnsupportedError, NotFoundError)


class BindingsController(Controller):
    """
    Linked contexts.
    """

    path = "/v1/bindings"
    tags = ("resident",)

    @get(
        operation_id="listBindings",
        summary="What is linked and what can be",
        responses=problems(*_READING),
    )
    async def list_bindings(
        self, resident: NamedDependency[ResidentCaller], linking: NamedDependency[LinkingService]
    ) -> BindingList:
        """
        Return the resident's live bindings and the integrations that can be linked.
        """
        bindings = await linking.of_resident(resident.resident_id)
        return BindingList(
            bindings=[_view(linking, binding) for binding in bindings],
            linkable=[
                LinkableView(
                    integration=manifest.id,
                    context=manifest.context,
                    zh=manifest.title.zh,
                    en=manifest.title.en,
                )
                for manifest in linking.linkable()
            ],
        )

    @post(
        operation_id="linkContext",
        summary="Link a context, or take the next step of it",
        description="201 when linked; 202 when the resident must choose or agree elsewhere first.",
        responses={
            202: ResponseSpec(LinkStep, description="The resident has to choose or agree first."),
            **problems(*_WRITING, LinkRefusedError, IntegrationUnavailableError),
        },
    )
    async def link(
        self,
        data: JSONBody[LinkContext],
        resident: NamedDependency[ResidentCaller],
        linking: NamedDependency[LinkingService],
    ) -> Response[LinkStep]:
        """
        Link a context.
        """
        step = await linking.link(resident.resident_id, data.integration, data.choice)
        return Response(_step(linking, step), status_code=201 if step.binding else 202)

    @post(
        "/{handle:str}/default",
        operation_id="makeBindingDefault",
        summary="Use this binding when its context is asked for",
        status_code=200,
        responses=problems(*_READING, NotFoundError),
    )
    async def make_default(
        self,
        handle: Handle,
        resident: NamedDependency[ResidentCaller],
        linking: NamedDependency[LinkingService],
    ) -> BindingView:
        """
        Make a binding the default of its context.
        """
        return _view(linking, await linking.make_default(resident.resident_id, handle))

    @delete(
        "/{handle:str}",
        operation_id="unlinkContext",
        summary="Unlink a context",
        description="It ends here at once, whatever the partner answers to being told.",
        responses=problems(
            *_READING, NotFoundError, LinkRefusedError, IntegrationUnavailableError
        ),
    )
    async def unlink(
        self,
        handle: Handle,
        resident: NamedDependency[ResidentCaller],
        linking: NamedDependency[LinkingService],
    ) -> None:
        """
        End a binding.
        """
        await linking.unlink(resident.resident_id, handle)


def _view(linking: LinkingService, binding: Binding) -> BindingView:
    return BindingView(
        id=linking.handle(binding),
        context=binding.context,
        integration=binding.integration_id,
        label=binding.label,
        is_default=binding.is_default,
        linked_at=binding.created_at.isoformat(),
    )


def _step(linking: LinkingService, step: Step) -> LinkStep:
    if step.binding is not None:
        return LinkStep(status="linked", binding=_view(linking, step.binding))
    if step.url:
        return LinkStep(status="action_required", url=step.url)
    return LinkStep(
        status="choice_required",
        choices=[
            ChoiceView(key=choice.key, zh=choice.text.zh, en=choice.text.en)
            for choice in step.choices
        ],
    )
