"""
The wire form of bindings.
"""

from typing import Annotated

from msgspec import Meta, Struct

from wallet.http.described import one_of

IntegrationId = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{1,31}\Z", examples=["health_card"])]


class LinkContext(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Link one integration; repeat with `choice` after a choice was asked for.
    """

    integration: IntegrationId
    choice: Annotated[str, Meta(pattern=r"\A[!-~]{0,64}\Z")] = ""


class ChoiceView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One thing to choose from.
    """

    key: str
    zh: str
    en: str


class BindingView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    One linked context.
    """

    id: str
    context: str
    integration: str
    label: str
    is_default: bool
    linked_at: str


class LinkStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Where linking stands: ``linked``, ``choice_required`` or ``action_required``.
    """

    status: Annotated[str, one_of(("linked", "choice_required", "action_required"))]
    binding: BindingView | None = None
    choices: list[ChoiceView] = []
    url: str = ""


class LinkableView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    An integration that can be linked.
    """

    integration: str
    context: str
    zh: str
    en: str


class BindingList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What is linked and what can be.
    """

    bindings: list[BindingView]
    linkable: list[LinkableView]
