"""JSON bodies are read strictly."""

import pytest

JSON = {"content-type": "application/json"}


class TestStrictRequest:
    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            (b'{"pieces":"1"}', "Look at: pieces"),
            (b'{"pieces":true}', "Look at: pieces"),
            (b'{"pieces":1.0}', "Look at: pieces"),
            (b'{"marks":["ab",1]}', "Look at: marks[1]"),
            (b'{"number":1}', "Look at: number"),
            (b"[]", None),
            (b'{"pieces":', None),
        ],
    )
    async def test_nothing_is_converted(self, client, body, detail):
        """
        A value of another type is refused and its place is named.
        """
        response = await client.post("/v1/bills/large", content=body, headers=JSON)

        assert (400, detail) == (response.status_code, response.json().get("detail"))

    async def test_as_documented(self, client):
        """
        A value of the documented type arrives.
        """
        response = await client.post("/v1/bills/large", json={"pieces": 2, "marks": ["ab"]})

        assert {"number": "", "pieces": 2, "marks": ["ab"]} == response.json()

    async def test_names_only_members(self, client):
        """
        The name of an unknown member is not repeated.
        """
        response = await client.post("/v1/bills", content=b'{"secret":1}', headers=JSON)

        assert 400 == response.status_code
        assert b"secret" not in response.content
