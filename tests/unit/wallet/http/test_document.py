"""The OpenAPI document and its viewer."""

import json
import re

import pytest
from litestar._openapi.schema_generation.schema import SchemaCreator
from litestar.typing import FieldDefinition
from msgspec import Struct

from wallet.http.document import ClosedStructs, document


@pytest.fixture
def made(shop):
    """
    The document as data.
    """
    return json.loads(document(shop.app))


class TestDocument:
    def test_same_bytes_every_time(self, shop):
        """
        Two runs over two applications give the same bytes.
        """
        assert document(type(shop)().app) == document(shop.app)

    async def test_served_as_committed(self, shop, client):
        """
        What is served is byte for byte what is committed.
        """
        response = await client.get("/openapi/openapi.json")

        assert document(shop.app) == response.content

    def test_closed_is_closed_and_open_is_open(self, made):
        """
        A Struct that refuses unknown members is documented so, and only such a one.
        """
        schemas = made["components"]["schemas"]

        assert (False, None) == (
            schemas["Bill"]["additionalProperties"],
            schemas["Open"].get("additionalProperties"),
        )

    def test_bounds_that_the_framework_forgets(self, made):
        """
        Items of a list keep their pattern, and a minimum of zero is one.
        """
        properties = made["components"]["schemas"]["Open"]["properties"]

        assert {"type": "string", "pattern": "^[a-z]{1,4}$"} == properties["marks"]["items"]
        assert 0 == properties["pieces"]["minimum"]

    def test_one_name_for_one_struct(self):
        """
        Two Structs of one name are a fault, found before anybody reads the document.
        """

        def bill():
            class Bill(Struct):
                number: str

            return Bill

        plugin, creator = ClosedStructs(), SchemaCreator(plugins=[ClosedStructs()])
        plugin.to_openapi_schema(FieldDefinition.from_annotation(bill()), creator)

        with pytest.raises(ValueError, match="Bill"):
            plugin.to_openapi_schema(FieldDefinition.from_annotation(bill()), creator)

    def test_patterns_are_ecma(self, made):
        """
        Patterns are written as readers of JSON Schema read them.
        """
        assert (
            "^[0-9]{1,4}$"
            == made["components"]["schemas"]["Bill"]["properties"]["number"]["pattern"]
        )

    def test_errors_of_every_route(self, made):
        """
        Every route declares what the edge may answer, beside its own.
        """
        answers = made["paths"]["/v1/bills"]["post"]["responses"]
        missing = made["components"]["responses"]["NOT_FOUND"]

        assert ["201", "400", "404", "408", "413", "415", "500", "503", "507"] == sorted(answers)
        assert (
            "One of: IDEMPOTENCY_KEY_MISSING, VALIDATION_FAILED" == answers["400"]["description"]
        )
        assert {"$ref": "#/components/responses/NOT_FOUND"} == answers["404"]
        assert "One of: NOT_FOUND" == missing["description"]
        assert {"application/problem+json"} == set(answers["400"]["content"])

    def test_codes_of_every_error(self, made):
        """
        Each answer says which codes it may carry, as data.
        """
        answers = made["paths"]["/v1/bills"]["post"]["responses"]
        schema = answers["400"]["content"]["application/problem+json"]["schema"]

        assert {
            "code": {"enum": ["IDEMPOTENCY_KEY_MISSING", "VALIDATION_FAILED"]},
            "status": {"const": 400},
        } == schema["properties"]

    def test_headers_of_errors(self, made):
        """
        An answer that says when to come back, or how to get in, says so in the document.
        """
        shared = made["components"]["responses"]

        assert (["Retry-After"], None) == (
            list(shared["OVERLOADED"]["headers"]),
            shared["NOT_FOUND"].get("headers"),
        )

    def test_every_error_refers_to_one_shape(self, made):
        """
        Every reference leads somewhere.
        """
        for kind, name in re.findall(
            r'"#/components/([a-z]+)/([^"]+)"', json.dumps(made, indent=1)
        ):
            assert name in made["components"][kind]

    def test_bodyless_route_declares_less(self, made):
        """
        A route without a body cannot answer that it is too large.
        """
        answers = made["paths"]["/livez"]["get"]["responses"]

        assert {"200", "400", "500", "503", "507"} == set(answers)

    def test_the_key_is_required(self, made):
        """
        Where a key may be found missing, one is documented as required.
        """
        (reference,) = made["paths"]["/v1/bills"]["post"]["parameters"]
        header = made["components"]["parameters"][reference["$ref"].rpartition("/")[2]]

        assert ("Idempotency-Key", True, "header") == tuple(
            header[name] for name in ("name", "required", "in")
        )

    def test_who_may_call(self, made):
        """
        Terminals' routes, residents' and those of anybody are told apart.
        """
        paths = made["paths"]

        assert ([{"terminal": []}], [{"resident": []}], None) == (
            paths["/v1/bills"]["post"]["security"],
            paths["/v1/bills/{number}"]["get"]["security"],
            paths["/livez"]["get"].get("security"),
        )

    def test_any_one_scope(self, made):
        """
        Scopes of which one suffices are alternatives.
        """
        assert [{"terminal": ["bills:a"]}, {"terminal": ["bills:b"]}] == made["paths"][
            "/v1/bills/signed"
        ]["post"]["security"]

    @pytest.mark.parametrize(("path", "required"), [("signed", True), ("at-will", False)])
    def test_signatures(self, made, path, required):
        """
        An unsafe call of a terminal is signed, and says whether it has to be.
        """
        listed = made["paths"][f"/v1/bills/{path}"]["post"]["parameters"]
        headers = [
            made["components"]["parameters"][each["$ref"].rpartition("/")[2]] for each in listed
        ]

        assert [
            ("Signature-Input", required),
            ("Signature", required),
            ("Content-Digest", required),
        ] == [(header["name"], header["required"]) for header in headers]

    def test_examples(self, shop):
        """
        An example stands with the body of its operation.
        """
        made = json.loads(document(shop.app, {"make_bill": {"number": "7"}}))
        body = made["paths"]["/v1/bills"]["post"]["requestBody"]

        assert {"number": "7"} == body["content"]["application/json"]["example"]

    def test_pictures(self, made):
        """
        A picture is described by its media type.
        """
        answer = made["paths"]["/v1/bills/picture"]["get"]["responses"]["200"]

        assert {"image/png": {"schema": {"contentMediaType": "image/png"}}} == answer["content"]

    def test_whole_numbers(self, made):
        """
        Bounds of integers are integers.
        """
        (limit,) = made["paths"]["/v1/bills"]["get"]["parameters"]

        assert ("1", "9") == tuple(
            json.dumps(limit["schema"][name]) for name in ("minimum", "maximum")
        )

    def test_viewer_is_not_in_it(self, made):
        """
        The document tells of the interface alone.
        """
        assert [] == [path for path in made["paths"] if path.startswith("/openapi")]


class TestViewer:
    @pytest.mark.parametrize(
        ("path", "media_type"),
        [
            ("/openapi", "text/html; charset=utf-8"),
            ("/openapi/viewer.js", "text/javascript; charset=utf-8"),
            ("/openapi/viewer.css", "text/css; charset=utf-8"),
        ],
    )
    async def test_is_served_from_here(self, client, path, media_type):
        """
        Page, script and style come from us and name no other host.
        """
        response = await client.get(path)

        assert (200, media_type) == (response.status_code, response.headers["content-type"])
        assert "//" not in response.text.replace("// Shows", "")

    async def test_page_asks_only_for_what_exists(self, client):
        """
        Every link of the page is answered.
        """
        page = (await client.get("/openapi")).text
        for link in re.findall(r'(?:href|src)="([^"]+)"', page):
            assert 200 == (await client.get(link)).status_code
