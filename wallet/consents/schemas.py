"""
The wire form of consents.
"""

from typing import Annotated

from msgspec import Meta, Struct

from integrations.spi import Purpose
from wallet.http.described import one_of

ContextName = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{1,31}\Z", examples=["insurance"])]


class GrantConsent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Let every relying party of the region see a context for a purpose.
    """

    context: ContextName
    purpose: Purpose


class ConsentView(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A consent that stands.
    """

    id: str
    context: str
    purpose: Annotated[str, one_of(Purpose)]
    basis: Annotated[str, one_of(("contract", "law", "separate_consent"))]
    notice_version: str
    granted_at: str


class ConsentList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The consents that stand.
    """

    consents: list[ConsentView]
