r"""
The OpenAPI document: generated, the same bytes every time, true to what the server does.

The framework leaves four things untold, which are added here: that closed Structs refuse unknown
members, patterns in the dialect that JSON Schema reads (ECMA-262 knows no ``\A`` nor ``\Z``), the
errors that any route may answer, and what a caller must bring: a token where the handler asks for
its caller, a key where it declares ``IDEMPOTENCY_KEY_MISSING``.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar._openapi.schema_generation.schema import SchemaCreator
from litestar.openapi.spec import Schema
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition

from wallet.errors import (
    BodyTooLargeError,
    InternalError,
    MediaTypeUnsupportedError,
    OverloadedError,
    StorageFullError,
    ValidationFailedError,
    WalletError,
)
from wallet.http.errors import RequestTimeoutError
from wallet.http.problems import MEDIA_TYPE

ALWAYS: Final = (InternalError, OverloadedError, StorageFullError)
WITH_INPUT: Final = (ValidationFailedError,)
WITH_BODY: Final = (BodyTooLargeError, MediaTypeUnsupportedError, RequestTimeoutError)
TERMINAL_SCHEME: Final = "terminal"
RESIDENT_SCHEME: Final = "resident"
_ONE_OF: Final = "One of: "
_METHODS: Final = ("get", "put", "post", "delete", "patch")
_PROBLEM_SCHEMA: Final = "Problem"

Json = dict[str, Any]


class ClosedStructs(StructSchemaPlugin):
    """
    Documents a Struct with ``forbid_unknown_fields`` as closed, as it is at run time.
    """

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        """
        Return the schema of a Struct.
        """
        schema = super().to_openapi_schema(field_definition, schema_creator)
        kind: type[msgspec.Struct] = field_definition.type_
        if kind.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        return schema


def document(app: Litestar) -> bytes:
    """
    Return the document as it is committed and served: sorted, indented, ending in a newline.
    """
    # over JSON, so that every tuple and enum is plain and nothing of the framework's is changed
    generated = app.openapi_schema.to_schema()
    plain: Json = msgspec.json.decode(msgspec.json.encode(generated, enc_hook=str))
    _finish(plain, _callers(app))
    text = msgspec.json.encode(plain, order="deterministic")
    return msgspec.json.format(text, indent=2) + b"\n"


def _callers(app: Litestar) -> dict[str, str]:
    """
    Return who may call, by operation id: the caller that a handler asks to be given.
    """
    return {
        str(handler.operation_id): scheme
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for scheme in (TERMINAL_SCHEME, RESIDENT_SCHEME)
        if scheme in handler.parsed_fn_signature.parameters
    }


def _finish(plain: Json, callers: Mapping[str, str]) -> None:
    for operation in _operations(plain):
        if "IDEMPOTENCY_KEY_MISSING" in _codes(operation):
            operation.setdefault("parameters", []).append(dict(_IDEMPOTENCY_KEY))
        scheme = callers.get(operation["operationId"])
        if scheme:
            operation["security"] = [{scheme: []}]
        for error in _errors_of(operation):
            _declare(operation["responses"], error)
    schemas = plain.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault(_PROBLEM_SCHEMA, _PROBLEM)
    for node in _nodes(plain):
        pattern = node.get("pattern")
        if isinstance(pattern, str):
            node["pattern"] = pattern.replace("\\A", "^").replace("\\Z", "$")


def _operations(plain: Json) -> Iterator[Json]:
    for item in plain.get("paths", {}).values():
        for method in _METHODS:
            if method in item:
                yield item[method]


def _errors_of(operation: Json) -> tuple[type[WalletError], ...]:
    errors: tuple[type[WalletError], ...] = ALWAYS
    if operation.get("parameters") or operation.get("requestBody"):
        errors += WITH_INPUT
    if operation.get("requestBody"):
        errors += WITH_BODY
    return errors


def _declare(responses: Json, error: type[WalletError]) -> None:
    response = responses.setdefault(
        str(error.status),
        {
            "description": _ONE_OF,
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{_PROBLEM_SCHEMA}"}}
            },
        },
    )
    said = str(response.get("description", ""))
    if not said.startswith(_ONE_OF):
        # the framework's own guess about a bad request: not the shape we answer
        responses.pop(str(error.status))
        _declare(responses, error)
        return
    names = {name for name in said.removeprefix(_ONE_OF).split(", ") if name}
    response["description"] = _ONE_OF + ", ".join(sorted(names | {error.code}))


def _codes(operation: Json) -> set[str]:
    said = (str(answer.get("description", "")) for answer in operation["responses"].values())
    listed = (text.removeprefix(_ONE_OF) for text in said if text.startswith(_ONE_OF))
    return {code for text in listed for code in text.split(", ")}


def _nodes(value: Any) -> Iterator[Json]:  # noqa: ANN401
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


_IDEMPOTENCY_KEY: Final[Json] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "One value for one intent: send it again, with the same body, to learn what "
    "became of the first attempt.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
}
_PROBLEM: Final[Json] = {
    "title": _PROBLEM_SCHEMA,
    "description": "An RFC 9457 problem. Decide by `code`.",
    "type": "object",
    "required": ["code", "status", "title", "type"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
    },
}
