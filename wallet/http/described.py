"""
What the document says beside what the framework sees: headers, the problem, who may call.

A route says of itself what no type tells: `allows` which of a terminal's scopes let it in, and
`signed_at_will` that its signature may be left out.
"""

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Meta

from wallet.http.problems import MEDIA_TYPE

Json = dict[str, Any]

TERMINAL_SCHEME: Final = "terminal"
RESIDENT_SCHEME: Final = "resident"
# the name of a handler's parameter, and who has called when it is filled
CALLERS: Final = {
    "terminal": (TERMINAL_SCHEME,),
    "resident": (RESIDENT_SCHEME,),
    "viewer": (TERMINAL_SCHEME, RESIDENT_SCHEME),
}
PROBLEM: Final = "Problem"
SCOPES: Final = "scopes"
SIGNATURE_OPTIONAL: Final = "signature_optional"


def allows(*scopes: str) -> dict[str, Any]:
    """
    Return what a terminals' route passes as ``opt``: any one of the scopes lets a terminal in.
    """
    return {SCOPES: scopes}


def signed_at_will() -> dict[str, Any]:
    """
    Return what an unsafe route passes as ``opt`` whose signature may be left out.
    """
    return {SIGNATURE_OPTIONAL: True}


def one_of(words: Iterable[str], description: str = "") -> Meta:
    """
    Return the annotation of a text that we answer and that is always one of a few words.
    """
    return Meta(description=description or None, extra_json_schema={"enum": [*words]})


def problem_response(status: int, codes: list[str]) -> Json:
    """
    Return the response that carries one of the codes.
    """
    response: Json = {
        "description": "One of: " + ", ".join(codes),
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "$ref": f"#/components/schemas/{PROBLEM}",
                    "properties": {"code": {"enum": codes}, "status": {"const": status}},
                }
            }
        },
    }
    headers = {name: HEADERS[name] for name, codes_or in _SENT if codes_or & {*codes, str(status)}}
    if headers:
        response["headers"] = headers
    return response


HEADERS: Final[dict[str, Json]] = {
    "Retry-After": {
        "description": "Seconds after which the same request may be sent again.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 3600},
    },
    "WWW-Authenticate": {
        "description": "The challenge of RFC 9110 §11.6.1.",
        "required": True,
        "schema": {"type": "string"},
    },
}
_SENT: Final = (
    ("Retry-After", {"429", "503", "IDEMPOTENCY_IN_PROGRESS"}),
    ("WWW-Authenticate", {"401"}),
)
SIGNATURE: Final = ("SignatureInput", "Signature", "ContentDigest")
SIGNATURE_AT_WILL: Final = tuple(name + "AtWill" for name in SIGNATURE)
_SIGNATURE_PARAMETERS: Final[dict[str, Json]] = {
    "SignatureInput": {
        "name": "Signature-Input",
        "in": "header",
        "description": "RFC 9421 §4.1: label, covered components (`@method`, `@target-uri`, "
        "`content-digest`, `authorization`, `idempotency-key`) and parameters (`created`, no "
        "older than 60 s; `nonce`, never used before; `keyid`, the terminal's id; `tag`, "
        "`fusion-wallet`).",
        "schema": {"type": "string", "minLength": 1, "maxLength": 1024},
        "example": 'fusion=("@method" "@target-uri" "content-digest" "authorization" '
        '"idempotency-key");created=1772415000;nonce="b3k9x2m7q5t1w8z4";'
        'keyid="trm_5k3jz9q8w7e6r5t4y3v2x1z0abcdefghjkmnpqrstvwxyz012345";'
        'alg="ed25519";tag="fusion-wallet"',
    },
    "Signature": {
        "name": "Signature",
        "in": "header",
        "description": "RFC 9421 §4.2: the signature under the same label, with the terminal's "
        "enrolled key (Ed25519, or ECDSA on P-256 with SHA-256).",
        "schema": {"type": "string", "minLength": 1, "maxLength": 512},
        "example": "fusion=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6"
        "vuQv5lIp5WPpBKRCw==:",
    },
    "ContentDigest": {
        "name": "Content-Digest",
        "in": "header",
        "description": "RFC 9530 §2: the SHA-256 of the body, of the empty one too.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 256},
        "example": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    },
}
HEADER_PARAMETERS: Final[dict[str, Json]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "One value for one intent: send it again, with the same body, to learn "
        "what became of the first attempt.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "pattern": "^[!-~]{1,255}$",
        },
        "example": "3f0c2f5e-8d0b-4f35-a5a9-0d1f6a3c9e10",
    },
    **{name: each | {"required": True} for name, each in _SIGNATURE_PARAMETERS.items()},
    **{
        name + "AtWill": each
        | {
            "required": False,
            "description": "All three together, where the party's terminals sign this call too. "
            + each["description"],
        }
        for name, each in _SIGNATURE_PARAMETERS.items()
    },
}
PROBLEM_SCHEMA: Final[Json] = {
    "title": PROBLEM,
    "description": "An RFC 9457 problem. Decide by `code`; take no notice of members you do not "
    "know.",
    "type": "object",
    "required": ["code", "request_id", "status", "title", "type"],
    "properties": {
        "type": {
            "type": "string",
            "description": "`urn:fusion-wallet:problem:` and the code in lower case.",
            "pattern": "^urn:fusion-wallet:problem:[a-z-]+$",
        },
        "title": {"type": "string", "description": "English, for developers."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "pattern": "^[A-Z_]+$", "examples": ["CODE_USED"]},
        "detail": {"type": "string", "description": "English; never what was sent."},
        "request_id": {
            "type": "string",
            "description": "Finds the request in the logs; the response's `X-Request-Id`.",
        },
        "check_holder": {
            "type": "boolean",
            "description": "With `CODE_USED`: the desk should compare the holder with the person.",
        },
        "families": {
            "type": "array",
            "items": {"type": "string"},
            "description": "With `CODE_AMBIGUOUS`: what the text could be.",
        },
        "family": {"type": "string", "description": "With `CODE_UNSUPPORTED`: what the text is."},
        "refusal": {
            "type": "string",
            "description": "The integration's own refusal, of its catalogue.",
        },
        "problem": {
            "type": "string",
            "description": "With `BILL_INVALID`: what does not add up.",
        },
        "line": {
            "type": "string",
            "description": "With `BILL_INVALID`: the number of the line, or empty.",
        },
        "reason": {"type": "string", "description": "With `DOCUMENT_INVALID`: what is wrong."},
        "failing": {
            "type": "array",
            "items": {"type": "string"},
            "description": "With `NOT_READY`: the checks that fail.",
        },
        "error": {
            "type": "string",
            "enum": [
                "invalid_client",
                "invalid_request",
                "invalid_scope",
                "unsupported_grant_type",
            ],
            "description": "At the token endpoint: the code of RFC 6749 §5.2.",
        },
        "error_description": {
            "type": "string",
            "description": "At the token endpoint: English, for developers.",
        },
    },
}
