"""
What the OpenAPI document says beside the routes.
"""

from importlib.resources import files
from typing import Any, Final

import msgspec
from litestar import Litestar

from wallet.app.links import links
from wallet.http.document import document
from wallet.http.openapi import Interface
from wallet.parties.access import TOKEN_PATH
from wallet.parties.words import Scope

VERSION: Final = "1.0.0"
DESCRIPTION: Final = (
    "One rotating code per resident, resolved once to health card, insurance settlement and "
    "payment. Errors are RFC 9457 problems; decide by `code`. 64-bit numbers are strings; money "
    "is an integer in minor units (fen). Every answer carries an `X-Request-Id`, the caller's own "
    "if it sent one of 16 to 64 letters, digits, `-` and `_`. Bodies are closed: an unknown "
    'member is refused, and so is a value of another type: `"1"` is no integer, nor is `1.0`. '
    "Answers may get more members within v1."
)
TAGS: Final = {
    "desk": "What a terminal of a relying party does: scan, register, settle, return.",
    "demo": "For demonstrations only.",
    "operation": "For those who run it.",
    "resident": "What residents do with their phone.",
    "terminals": "How a terminal gets in.",
}
SCOPES: Final = {
    Scope.RESOLVE_IDENTIFICATION: "Resolve a code to know who somebody is.",
    Scope.RESOLVE_REGISTRATION: "Resolve a code to register somebody.",
    Scope.RESOLVE_SETTLEMENT: "Resolve a code to settle a bill.",
    Scope.RESOLVE_PAYMENT: "Resolve a code to be paid.",
    Scope.IDENTITY_FULL: "See who was scanned in full, not masked.",
    Scope.VISITS_WRITE: "Open visits, look at them, cancel them.",
    Scope.SETTLEMENTS_WRITE: "Settle bills, look at settlements, cancel them.",
    Scope.REFUNDS_WRITE: "Return what was settled.",
    Scope.STATEMENTS_READ: "Read statements.",
    Scope.APPROVALS_SCREEN: "Have a patient sign on a screen of its own.",
}


def examples() -> dict[str, Any]:
    """
    Return an example of each body, by operation id.
    """
    folder = files("wallet.app").joinpath("examples")
    return {
        place.name.removesuffix(".json"): msgspec.json.decode(place.read_bytes())
        for place in folder.iterdir()
        if place.name.endswith(".json")
    }


def interface() -> Interface:
    """
    Return what the application says of its interface.
    """
    return Interface(
        version=VERSION,
        description=DESCRIPTION,
        tags=TAGS,
        token_path=TOKEN_PATH,
        scopes={scope.value: text for scope, text in SCOPES.items()},
        examples=examples(),
        links=links(),
    )


def published(app: Litestar) -> bytes:
    """
    Return the document of an application as it is served and committed.
    """
    return document(app, examples(), links())
