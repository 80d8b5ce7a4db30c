"""Hostile paths, methods, queries and keys to every operation of the document."""

import pytest

from tests.fixtures.asking import blank, schemes
from tests.fixtures.hostility import (
    CANARY,
    JSON,
    NOT_THERE,
    OPERATIONS,
    REFUSED,
    UNHEARD_OF,
    answered,
    wire,
)

WITH_PATH = sorted(name for name, (path, *_) in OPERATIONS.items() if "{" in path)
PATHS = sorted({path for path, *_ in OPERATIONS.values()})
NO_IDS = (
    "cAnArY",
    "{0}%0A",
    "%20{0}",
    "{0}%00",
    "{0}%E2%80%8B",
    "%E2%80%AE{0}",
    "{0}%FF",
    "{0}%C0%AF",
    "%EF%BC%97",
    "7%EF%BC%97",
    "+7",
    "-7",
    "07",
    "7e1",
    "0x7",
    "7" * 4_000,
    "a" * 30_000,
    "%2e%2e",
    "..%2F..%2FcAnArY",
    "'%20or%201=1--",
)


METHODS = {"GET", "PUT", "POST", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "CANARY"}


class TestPaths:
    @pytest.mark.parametrize("name", WITH_PATH)
    def test_of_nothing(self, asker, document, name):
        """
        A path with anything but a well-formed id leads to nothing, and its text is not repeated.
        """
        path = OPERATIONS[name][0]
        before, after = path[: path.index("{")], path[path.rindex("}") + 1 :]
        well_formed = blank(document, name).target
        handle = well_formed[len(before) :].partition("/")[0]
        between = well_formed[len(before) + len(handle) : len(well_formed) - len(after)]
        for text in NO_IDS:
            target = before + text.format(handle) + between + after
            answered(
                asker, blank(document, name).but(target=target), REFUSED, NOT_THERE, UNHEARD_OF
            )

    @pytest.mark.parametrize(
        "target",
        ["/v1/" + "cAnArY/" * 4_000, "/" + "%2e%2e/" * 500, "//v1/resolve", "/V1/resolve"],
    )
    def test_that_lead_nowhere(self, asker, document, target):
        """
        What is not there is not there, however it is asked for.
        """
        ask = blank(document, "livez").but(target=target)

        assert asker.answer(ask).problem in {NOT_THERE, UNHEARD_OF}
        assert CANARY.encode() not in asker.answer(ask).body

    @pytest.mark.parametrize("name", sorted(OPERATIONS))
    def test_spelt_otherwise(self, asker, document, name):
        """
        A path with an empty segment, also at its end, is nobody's: each route has one spelling.
        """
        ask = blank(document, name)
        for target in (ask.target + "/", "/" + ask.target, ask.target.replace("/", "//")):
            assert NOT_THERE == asker.answer(ask.but(target=target)).problem

    @pytest.mark.parametrize("path", PATHS)
    def test_other_methods(self, asker, document, path):
        """
        A resource names the methods that it knows, and knows no other.
        """
        known = {method for at, method, _ in OPERATIONS.values() if at == path}
        name = next(name for name, (at, *_) in OPERATIONS.items() if at == path)
        for method in sorted(METHODS - known):
            answer = asker.answer(blank(document, name).but(method=method, body=b"", headers=JSON))
            assert UNHEARD_OF == answer.problem
            assert known <= set(answer.headers["allow"].split(", "))

    @pytest.mark.parametrize("name", WITH_PATH)
    def test_half_an_escape(self, asker, document, name):
        """
        A percent sign that escapes nothing is no fault of ours.
        """
        ask = asker.entitled(blank(document, name))
        answer = asker.answer(ask.but(target=ask.target + "%"))

        assert answer.problem in {REFUSED, NOT_THERE, UNHEARD_OF, (401, "SIGNATURE_INVALID")}


NO_QUERIES = (
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=1.5",
    "limit=%EF%BC%91",
    "limit=1%0A",
    "limit=" + "9" * 4_500,
    "limit=cAnArY",
    "limit=",
    "limit=1&limit=2",
    "cursor=&lim%69t=1&limit=1",
    "cursor=cAnArY",
    "cursor=" + "a" * 5_000,
    "cursor=jrn_" + "0" * 52 + "%0A",
    "cursor=jrn_" + "0" * 52,
    "cursor=%FF",
    "cursor=%00",
)


class TestQueries:
    @pytest.mark.parametrize("name", ["listPresentations", "listSettlements", "listVisits"])
    def test_of_another_form(self, asker, document, name):
        """
        A query that is not as documented is refused without being repeated.
        """
        for query in NO_QUERIES:
            ask = blank(document, name)
            ask = ask.but(target=f"{ask.target}?{query}")
            answered(asker, ask, REFUSED, operation=name)


class TestKeys:
    @pytest.mark.parametrize(
        "name",
        sorted(
            name
            for name, (_, method, each) in OPERATIONS.items()
            if method != "GET" and "terminal" in schemes(each)
        ),
    )
    def test_of_another_form(self, asker, document, name):
        """
        A key that is none is refused.
        """
        for key in ("", " ", "cAnArY cAnArY", "k" * 256, wire("kéy"), "a\tb", wire("７")):
            ask = asker.entitled(blank(document, name)).but(headers={"idempotency-key": key})
            answer = asker.answer(ask)
            assert answer.problem in {REFUSED, (401, "SIGNATURE_INVALID")}
            assert CANARY.encode() not in answer.body
