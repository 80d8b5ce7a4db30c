"""
What the claims of somebody who signed in there are worth here.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from integrations.spi import Person
from wallet.oidc.configuration import Client, ResidentClient
from wallet.oidc.errors import Reason, SignInRefusedError
from wallet.oidc.tokens import SKEW_SECONDS, IdToken

_NAME_MAX: Final = 50
_NUMBER: Final = re.compile(r"\A[0-9A-Za-z ]{5,20}\Z")
_PHONE: Final = re.compile(r"\A(?:\+?86[ -]?)?(1[0-9]{10})\Z")


def insist_on_assurance(client: Client, token: IdToken) -> None:
    """
    Let only those on whom the provider saw in the way that is asked for.

    Raises:
        SignInRefusedError: acr, amr or a required claim is missing or another.
    """
    claims = token.everything
    strong = (not client.acr or token.acr in client.acr) and (
        not client.amr or not set(client.amr).isdisjoint(token.amr)
    )
    # `True == 1` in Python, but not in a token
    required = all(
        type(claims.get(name)) is type(value) and claims.get(name) == value
        for name, value in client.required.items()
    )
    if not (strong and required):
        raise SignInRefusedError(Reason.ASSURANCE)


def signed_in_at(token: IdToken, *, not_before: int | None, now_seconds: int) -> datetime | None:
    """
    Return when somebody signed in there.

    Args:
        token: says so, if it was asked to.
        not_before: seconds; None where nobody asked.
        now_seconds: nobody signed in later.

    Raises:
        SignInRefusedError: it was longer ago than is allowed, or is not told.
    """
    at = token.auth_time
    if not_before is not None and (at is None or at < not_before - SKEW_SECONDS):
        raise SignInRefusedError(Reason.ASSURANCE)
    return None if at is None else datetime.fromtimestamp(max(0, min(at, now_seconds)), UTC)


def lacks_person(client: ResidentClient, claims: Mapping[str, Any]) -> bool:
    """
    Tell whether claims say too little to know who somebody is.
    """
    return _person(client, claims) is None


def person(client: ResidentClient, claims: Mapping[str, Any]) -> Person:
    """
    Return who somebody is; whether there can be such a document is the person index's to say.

    Raises:
        SignInRefusedError: name, document type or number are missing or not of a usable form.
    """
    found = _person(client, claims)
    if found is None:
        raise SignInRefusedError(Reason.INCOMPLETE)
    return found


def _person(client: ResidentClient, claims: Mapping[str, Any]) -> Person | None:
    name = _text(claims, client.claims.name)
    number = _text(claims, client.claims.document_number)
    kind = client.document_types.get(_text(claims, client.claims.document_type))
    usable = 0 < len(name) <= _NAME_MAX and name.isprintable()
    if kind is None or not usable or _NUMBER.match(number) is None:
        return None
    phone = _PHONE.match(_text(claims, client.claims.phone))
    return Person(
        name=name,
        document_type=kind,
        document_number=number,
        phone=phone[1] if phone else "",
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
