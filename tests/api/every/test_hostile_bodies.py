"""Hostile bodies to every operation of the document: a problem, never a fault, never an echo."""

import msgspec
import pytest

from tests.fixtures.asking import blank, body_of
from tests.fixtures.hostility import (
    CANARY,
    DOCUMENT,
    JSON,
    OPERATIONS,
    OTHER_TYPE,
    REFUSED,
    TOO_LARGE,
    answered,
    wire,
)
from tests.fixtures.no_bodies import NO_BODIES

WITH_JSON = sorted(
    name for name, (*_, each) in OPERATIONS.items() if body_of(each)[0] == "application/json"
)
WITH_FORM = sorted(
    name for name, (*_, each) in OPERATIONS.items() if "urlencoded" in body_of(each)[0]
)
WITHOUT = sorted(
    name
    for name, (_, method, each) in OPERATIONS.items()
    if method != "GET" and not body_of(each)[0]
)
READING = sorted(name for name, (_, method, _each) in OPERATIONS.items() if method == "GET")


def members(name):
    """
    Return the example of an operation's body.
    """
    return body_of(OPERATIONS[name][2])[1]


class TestBytes:
    @pytest.mark.parametrize("name", WITH_JSON)
    def test_that_are_no_body(self, asker, document, name):
        """
        Bytes that are not the documented JSON are refused before anything is done.
        """
        for body in NO_BODIES:
            answered(asker, blank(document, name).but(body=body), REFUSED, operation=name)

    @pytest.mark.parametrize("name", WITH_JSON + WITH_FORM)
    def test_too_many(self, asker, document, name):
        """
        A body longer than the route takes is refused, announced or not.
        """
        ask = blank(document, name).but(body=b" " * (512 * 1024 + 1))

        answered(asker, ask, TOO_LARGE, operation=name)
        answered(asker, ask.but(headers={"content-length": "9" * 11}), TOO_LARGE, operation=name)

    @pytest.mark.parametrize("name", WITH_JSON + WITH_FORM)
    def test_of_no_length(self, asker, document, name):
        """
        A length that is none is refused.
        """
        for length in ("-1", "+2", "2 ", "0x2", wire("２"), "1" * 40):
            ask = blank(document, name).but(headers={"content-length": length})
            answered(asker, ask, REFUSED, operation=name)


OTHER_TYPES = (
    {"content-type": "text/plain"},
    {"content-type": "text/html; cAnArY"},
    {"content-type": "application/msgpack"},
    {"content-type": "multipart/form-data; boundary=cAnArY"},
    {"content-type": "application/json; charset=gbk"},
    {"content-type": "application/x-www-form-urlencoded; charset=utf-16"},
    {"content-type": "application/jsonx"},
    {"content-type": "*/*"},
    {"content-type": ""},
    {"content-encoding": "gzip"},
    {"content-encoding": "identity"},
)


class TestMediaTypes:
    @pytest.mark.parametrize("name", WITH_JSON + WITH_FORM)
    def test_others(self, asker, document, name):
        """
        A body of another kind is not even looked at.
        """
        for headers in OTHER_TYPES:
            ask = blank(document, name).but(headers=headers)
            answered(asker, ask, OTHER_TYPE, operation=name)


class TestMembers:
    @pytest.mark.parametrize("name", WITH_JSON)
    def test_unknown_ones(self, asker, document, name):
        """
        A member that is not documented is refused, whatever it is called.
        """
        for member in ("is_admin", "status", "resident_id", "party_id", "__proto__", CANARY):
            body = msgspec.json.encode(members(name) | {member: CANARY})
            answered(asker, blank(document, name).but(body=body), REFUSED, operation=name)

    @pytest.mark.parametrize("name", WITH_JSON)
    def test_missing_ones(self, asker, document, name):
        """
        A required member that is missing is refused.
        """
        schema = OPERATIONS[name][2]["requestBody"]["content"]["application/json"]["schema"]
        required = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["required"]
        for member in required:
            body = {key: value for key, value in members(name).items() if key != member}
            ask = blank(document, name).but(body=msgspec.json.encode(body))
            answered(asker, ask, REFUSED, operation=name)

    @pytest.mark.parametrize("name", WITH_JSON)
    def test_of_another_type(self, asker, document, name):
        """
        No member takes a value of another type, however alike the two may look.
        """
        for member, value in members(name).items():
            for other in others(value):
                body = msgspec.json.encode(members(name) | {member: other})
                answered(asker, blank(document, name).but(body=body), REFUSED, operation=name)

    @pytest.mark.parametrize("name", WITH_JSON)
    def test_written_otherwise(self, asker, document, name):
        """
        No handle, number or signature may be dressed up with what people do not see.
        """
        for member, value in members(name).items():
            if not isinstance(value, str) or not value.isascii() or member == "code":
                continue
            for dressed in (
                value + "\n",
                "\n" + value,
                value + "\u200b",
                "\u202e" + value,
                value.translate(FULL_WIDTH),
                value + "\u0301",
            ):
                if dressed == value:
                    continue
                body = msgspec.json.encode(members(name) | {member: dressed})
                ask = blank(document, name).but(body=body)
                answered(asker, ask, REFUSED, operation=name)


FULL_WIDTH = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}


def others(value):
    """
    Return values that are like one, but of another type.
    """
    match value:
        case bool():
            return (int(value), str(value).lower(), None, [], {})
        case int():
            return (str(value), value + 0.5, float(value), True, None, [], {}, 10**30, -(10**30))
        case str():
            return (7, True, None, [], {}, [value])
        case list():
            return (str(value), 7, True, None, {}, [None])
        case _:
            return (CANARY, 7, True, None, [], [value])


class TestNoBody:
    @pytest.mark.parametrize("name", WITHOUT)
    def test_none_belongs(self, asker, document, name):
        """
        Where no body belongs an empty object is the most that is taken.
        """
        ask = blank(document, name).but(headers=JSON)

        answered(asker, ask.but(body=b'{"cAnArY":1}'), REFUSED, operation=name)
        answered(asker, ask.but(body=b"[]"), REFUSED, operation=name)
        answered(asker, ask.but(body=b"cAnArY"), REFUSED, operation=name)
        answered(asker, ask.but(body=b" " * 20_000), TOO_LARGE, operation=name)
        answered(
            asker,
            ask.but(body=b"{}", headers={"content-type": "text/plain"}),
            OTHER_TYPE,
            operation=name,
        )

    @pytest.mark.parametrize("name", READING)
    def test_of_what_only_reads(self, asker, document, name):
        """
        What only reads takes no body at all.
        """
        ask = blank(document, name).but(headers=JSON)

        answered(asker, ask.but(body=b"{}"), REFUSED, operation=name)
        answered(asker, ask.but(headers={"transfer-encoding": "chunked"}), REFUSED, operation=name)
