r"""
The OpenAPI document: generated, the same bytes every time, true to what the server does.

The framework leaves six things untold, which are added here: what exactly a Struct takes,
patterns in the dialect that JSON Schema reads (ECMA-262 knows no ``\A`` nor ``\Z``), the errors
that any route may answer, what a caller must bring (a token where the handler asks for its caller,
a key where it declares ``IDEMPOTENCY_KEY_MISSING``, a signature where it declares
``SIGNATURE_INVALID``), an example of each body and links to what may follow.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar._openapi.schema_generation.schema import SchemaCreator
from litestar.handlers import HTTPRouteHandler
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
from wallet.http.described import (
    CALLERS,
    HEADER_PARAMETERS,
    PROBLEM,
    PROBLEM_SCHEMA,
    SCOPES,
    SIGNATURE,
    SIGNATURE_AT_WILL,
    SIGNATURE_OPTIONAL,
    TERMINAL_SCHEME,
    Json,
    problem_response,
)
from wallet.http.errors import RequestTimeoutError

ALWAYS: Final = (InternalError, OverloadedError, StorageFullError, ValidationFailedError)
UNSAFE: Final = (BodyTooLargeError, MediaTypeUnsupportedError, RequestTimeoutError)
_ONE_OF: Final = "One of: "
_MADE: Final = ("200", "201")
_METHODS: Final = ("get", "put", "post", "delete", "patch")
# what the framework writes although it says nothing
_NOISE: Final = {
    "allowEmptyValue": False,
    "allowReserved": False,
    "deprecated": False,
    "headers": {},
}


class ClosedStructs(StructSchemaPlugin):
    """
    Notes every Struct that the document names; `document` asks msgspec itself what they take.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kinds: dict[str, type[msgspec.Struct]] = {}

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        """
        Return the schema of a Struct.

        Raises:
            ValueError: two Structs have one name, which clients would be left to tell apart.
        """
        kind: type[msgspec.Struct] = field_definition.type_
        if self.kinds.setdefault(kind.__name__, kind) is not kind:
            msg = f"two Structs are called {kind.__name__}"
            raise ValueError(msg)
        return super().to_openapi_schema(field_definition, schema_creator)

    def schemas(self) -> Json:
        """
        Return the schema of each noted Struct and of what it is made of, by name.

        The framework's own lose the bounds of list items and of unions, a minimum of zero, and
        that unknown members are refused.
        """
        _, components = msgspec.json.schema_components(
            tuple(self.kinds.values()), ref_template="#/components/schemas/{name}"
        )
        return components


def document(
    app: Litestar,
    examples: Mapping[str, Any] | None = None,
    links: Mapping[str, Json] | None = None,
) -> bytes:
    """
    Return the document as it is committed and served: sorted, indented, ending in a newline.

    Args:
        app: whose interface it describes.
        examples: of bodies, by operation id.
        links: of what succeeded to what may follow, by operation id.
    """
    # over JSON, so that every tuple and enum is plain and nothing of the framework's is changed
    generated = app.openapi_schema.to_schema()
    plain: Json = msgspec.json.decode(msgspec.json.encode(generated, enc_hook=str))
    components = plain.setdefault("components", {})
    components.setdefault("schemas", {}).update(app.plugins.get(ClosedStructs).schemas())
    _finish(plain, _handlers(app), examples or {})
    _link(plain, links or {})
    text = msgspec.json.encode(plain, order="deterministic")
    return msgspec.json.format(text, indent=2) + b"\n"


def _handlers(app: Litestar) -> dict[str, HTTPRouteHandler]:
    return {
        str(handler.operation_id): handler
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
    }


def _finish(
    plain: Json, handlers: Mapping[str, HTTPRouteHandler], examples: Mapping[str, Any]
) -> None:
    components = plain["components"]
    for method, operation in _operations(plain):
        name = operation["operationId"]
        handler = handlers[name]
        for error in ALWAYS if method == "get" else ALWAYS + UNSAFE:
            _declare(operation["responses"], error)
        _authenticate(operation, method, handler, components)
        if name in examples:
            for content in operation["requestBody"]["content"].values():
                content["example"] = examples[name]
        _answer(operation["responses"], components)
    components["schemas"][PROBLEM] = deepcopy(PROBLEM_SCHEMA)
    for node in _nodes(plain):
        _tidy(node)


def _link(plain: Json, links: Mapping[str, Json]) -> None:
    for _, operation in _operations(plain):
        for status, answer in operation["responses"].items():
            if status in _MADE and operation["operationId"] in links:
                answer["links"] = deepcopy(links[operation["operationId"]])


def _operations(plain: Json) -> Iterator[tuple[str, Json]]:
    for item in plain.get("paths", {}).values():
        for method in _METHODS:
            if method in item:
                yield method, item[method]


def _declare(responses: Json, error: type[WalletError]) -> None:
    status = str(error.status)
    said = str(responses.get(status, {}).get("description", ""))
    # the framework's own guess about a bad request is not the shape that we answer
    names = said.removeprefix(_ONE_OF).split(", ") if said.startswith(_ONE_OF) else []
    responses[status] = {"description": _ONE_OF + ", ".join(sorted({*names, error.code}))}


def _authenticate(
    operation: Json, method: str, handler: HTTPRouteHandler, components: Json
) -> None:
    codes = {code for listed in _codes(operation["responses"]).values() for code in listed}
    names = ["IdempotencyKey"] if "IDEMPOTENCY_KEY_MISSING" in codes else []
    schemes = _schemes(handler)
    if schemes:
        operation["security"] = [
            {scheme: [scope] if scope else []}
            for scheme in schemes
            for scope in (handler.opt.get(SCOPES, ("",)) if scheme == TERMINAL_SCHEME else ("",))
        ]
    if method != "get" and TERMINAL_SCHEME in schemes and "SIGNATURE_INVALID" in codes:
        names += SIGNATURE_AT_WILL if handler.opt.get(SIGNATURE_OPTIONAL) else SIGNATURE
    shared = components.setdefault("parameters", {})
    for name in names:
        shared[name] = deepcopy(HEADER_PARAMETERS[name])
        listed = operation.setdefault("parameters", [])
        listed.append({"$ref": f"#/components/parameters/{name}"})


def _schemes(handler: HTTPRouteHandler) -> list[str]:
    parameters = handler.parsed_fn_signature.parameters
    return [scheme for name in CALLERS if name in parameters for scheme in CALLERS[name]]


def _answer(responses: Json, components: Json) -> None:
    shared = components.setdefault("responses", {})
    for status, codes in _codes(responses).items():
        responses[status] = problem_response(int(status), codes)
        if len(codes) == 1:
            shared[codes[0]] = responses[status]
            responses[status] = {"$ref": f"#/components/responses/{codes[0]}"}
    for response in responses.values():
        for media_type, content in response.get("content", {}).items():
            if media_type.startswith("image/"):
                content["schema"] = {"contentMediaType": media_type}


def _codes(responses: Json) -> dict[str, list[str]]:
    """
    Return which codes each status may carry.
    """
    said = {status: str(answer.get("description", "")) for status, answer in responses.items()}
    return {
        status: text.removeprefix(_ONE_OF).split(", ")
        for status, text in said.items()
        if text.startswith(_ONE_OF)
    }


def _tidy(node: Json) -> None:
    for name, nothing in _NOISE.items():
        if node.get(name) == nothing and name in node:
            del node[name]
    for name, value in node.items():
        if isinstance(value, float) and value.is_integer():
            node[name] = int(value)
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        node["pattern"] = pattern.replace("\\A", "^").replace("\\Z", "$")


def _nodes(value: Any) -> Iterator[Json]:  # noqa: ANN401
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
