"""Every scalar of the document at its edges: never a fault, an echo, or what is not documented."""

import pytest

from tests.fakes.whole import whole
from tests.fixtures.asking import Asker, blank, body_of
from tests.fixtures.callers import Resident, Terminal
from tests.fixtures.edges import (
    TYPES,
    bodies,
    headers,
    is_allowed,
    targets,
)
from tests.fixtures.fuzz_option import FEW
from tests.fixtures.hostility import CANARY, DOCUMENT, INSIDES, OPERATIONS, documented
from tests.fixtures.towns import Town

WITH_JSON = sorted(
    name for name, (*_, each) in OPERATIONS.items() if body_of(each)[0] == "application/json"
)
WITH_TARGET = sorted(
    name
    for name, (*_, each) in OPERATIONS.items()
    if any(parameter.get("in") in {"path", "query"} for parameter in each.get("parameters", ()))
)
SLICES = 3
# of the table on SQLite; the other database takes every so manieth request of it
SAMPLE = 41
# what the router and the server answer before there is an operation
BEFORE = {(404, "NOT_FOUND"), (405, "METHOD_NOT_ALLOWED"), (401, "SIGNATURE_INVALID")}


def complaint(asker, name, ask):
    """
    Send a request and return what is wrong with the answer, or nothing.
    """
    answer = asker.answer(asker.entitled(ask))
    if answer.status < 400:
        known = str(answer.status) in OPERATIONS[name][2]["responses"]
        allowed = not ask.body or ask.headers.get("content-type") != "application/json"
        allowed = allowed or is_allowed(name, ask.body)
        return "" if known and allowed else f"{answer.status} for what is not allowed"
    try:
        status, code = answer.problem
        assert status < 500
        if (status, code) not in BEFORE:
            documented(name, status, code)
    except AssertionError as fault:
        return f"{answer.status} {answer.body[:200]!r} {fault}"
    text = (answer.body.decode() + str(answer.headers)).lower()
    told = [word for word in (CANARY, *INSIDES) if word.lower() in text]
    return f"tells of {told}" if told else ""


def complaints(asker, cases):
    """
    Return what is wrong with the answers to many requests, each with its name.
    """
    found = ((name, what, complaint(asker, name, ask)) for name, what, ask in cases)
    return [each for each in found if each[-1]]


def of_bodies(names, every):
    """
    Give the requests with bodies at their edges.
    """
    for name in names:
        right = blank(DOCUMENT, name)
        for what, body in bodies(name, every):
            yield name, what, right.but(body=body)
        for changed in TYPES:
            yield name, str(changed), right.but(headers=changed)


def of_targets():
    """
    Give the requests with paths and queries at their edges.
    """
    for name in WITH_TARGET:
        for what, ask in targets(name):
            yield name, what, ask


@pytest.fixture
def every(request):
    """
    One in so many of the edges that all members share; all of them in a long run.
    """
    return 1 if request.config.getoption("--fuzz-examples") > FEW else 4


class TestEdges:
    @pytest.mark.parametrize("part", range(SLICES))
    def test_of_bodies(self, asker, part, every):
        """
        No member of a body breaks anything at its edges.
        """
        cases = of_bodies(WITH_JSON[part::SLICES], every)

        assert [] == complaints(asker, cases)

    def test_of_paths_and_queries(self, asker):
        """
        No parameter of a path or a query breaks anything at its edges.
        """
        assert [] == complaints(asker, of_targets())

    @pytest.mark.parametrize("name", ["openVisit", "getMe"])
    def test_of_headers(self, asker, name):
        """
        No header breaks anything at its edges, whoever's it is.
        """
        found = []
        for what, ask in headers(asker.entitled(blank(DOCUMENT, name))):
            answer = asker.answer(ask)
            if answer.status >= 400:
                status, code = answer.problem
                documented(name, status, code)
            text = (answer.body.decode() + str(answer.headers)).lower()
            if answer.status >= 500 or CANARY.lower() in text:
                found.append((what, answer.status, text[:200]))

        assert [] == found


class TestOnPostgreSQL:
    def test_sample(self, empty_postgres_url, every):
        """
        The stricter database has no other answers.
        """
        town = Town(empty_postgres_url, *whole())
        try:
            asker = Asker(town, Terminal(town), Resident(town), DOCUMENT)
            cases = [*of_bodies(WITH_JSON, every), *of_targets()][::SAMPLE]
            found = complaints(asker, cases)
        finally:
            town.close()

        assert [] == found
