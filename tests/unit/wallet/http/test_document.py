"""The OpenAPI document and its viewer."""

import json
import re

import pytest

from wallet.http.document import document


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

        assert ["201", "400", "404", "408", "413", "415", "500", "503", "507"] == sorted(answers)
        assert (
            "One of: IDEMPOTENCY_KEY_MISSING, VALIDATION_FAILED" == answers["400"]["description"]
        )
        assert "One of: NOT_FOUND" == answers["404"]["description"]
        assert {"application/problem+json"} == set(answers["400"]["content"])

    def test_every_error_refers_to_one_shape(self, made):
        """
        Every reference leads somewhere.
        """
        for reference in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(made)):
            assert reference in made["components"]["schemas"]

    def test_bodyless_route_declares_less(self, made):
        """
        A route without a body cannot answer that it is too large.
        """
        answers = made["paths"]["/livez"]["get"]["responses"]

        assert {"200", "500", "503", "507"} == set(answers)

    def test_the_key_is_required(self, made):
        """
        Where a key may be found missing, one is documented as required.
        """
        (header,) = made["paths"]["/v1/bills"]["post"]["parameters"]

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
