"""Who may call what, of every operation in the document."""

import json

import pytest

from tests.fixtures.asking import blank, body_of, operations, schemes
from tests.fixtures.callers import Terminal
from tests.fixtures.stock import Stock
from wallet.cli.documenting import document_bytes
from wallet.parties.words import Scope

OPERATIONS = operations(json.loads(document_bytes()))
GUARDED = sorted(name for name, (*_, each) in OPERATIONS.items() if schemes(each))
OF_TERMINALS = sorted(
    name for name, (*_, each) in OPERATIONS.items() if "terminal" in schemes(each)
)
OF_RESIDENTS = sorted(
    name for name, (*_, each) in OPERATIONS.items() if "resident" in schemes(each)
)
SIGNED = sorted(
    name for name in OF_TERMINALS if OPERATIONS[name][1] != "GET" and name != "resolve"
)
WITH_BODY = sorted(name for name in GUARDED if body_of(OPERATIONS[name][2])[0])


def scopes(name):
    """
    Return the scopes of which any one lets a terminal call an operation.
    """
    return {
        scope for each in OPERATIONS[name][2]["security"] for scope in each.get("terminal", ())
    }


@pytest.fixture(scope="module")
def stranger(asker):
    """
    A terminal of another party.
    """
    return Terminal(asker.town)


@pytest.fixture(scope="module")
def revoked(asker):
    """
    A terminal that got its token just before it was revoked.
    """
    terminal = Terminal(asker.town)
    asker.town.run(terminal.token())
    party_id, terminal_id = terminal.people.parties.terminal_named(terminal.name)
    asker.town.run(terminal.people.administration.revoke_terminal(party_id, terminal_id))
    return terminal


@pytest.fixture(scope="module")
def ids(asker):
    """
    A visit and a settlement of the first hospital.
    """
    stock = Stock(asker.terminal, asker.resident)
    settlement, refund = stock.payout()
    return {
        "visit_id": stock.visit()["id"],
        "settlement_id": settlement,
        "refund_id": refund,
    }


class TestTokens:
    @pytest.mark.parametrize("name", GUARDED)
    @pytest.mark.parametrize(
        "authorization",
        [
            None,
            "",
            "Bearer",
            "Bearer x",
            "Basic dXNlcjpwYXNz",
            "Bearer ses_" + "0" * 52 + "." + "A" * 43,
            "Bearer " + "A" * 5_000,
        ],
        ids=["none", "empty", "bare", "nonsense", "basic", "forged", "long"],
    )
    def test_that_are_none(self, asker, document, name, authorization):
        """
        Without a token of ours nobody learns more than that it is not one, and how to get in.
        """
        ask = blank(document, name)
        if authorization is not None:
            ask = ask.but(headers={"authorization": authorization})
        answer = asker.answer(ask)

        assert (401, "TOKEN_INVALID") == answer.problem
        assert answer.headers["www-authenticate"].startswith("Bearer ")

    @pytest.mark.parametrize("name", WITH_BODY)
    def test_before_the_body(self, asker, document, name):
        """
        A stranger is not told what is wrong with a body.
        """
        ask = blank(document, name).but(body=b"{")

        assert (401, "TOKEN_INVALID") == asker.answer(ask).problem

    @pytest.mark.parametrize("name", OF_TERMINALS)
    def test_of_a_resident_at_a_terminals_door(self, asker, document, name):
        """
        A resident's session is no token of a terminal.
        """
        ask = blank(document, name).but(
            headers={"authorization": f"Bearer {asker.resident.session}"}
        )
        shared = name in OF_RESIDENTS

        assert (
            (404, "NOT_FOUND") if shared else (401, "TOKEN_INVALID") == asker.answer(ask).problem
        )

    @pytest.mark.parametrize("name", OF_RESIDENTS)
    def test_of_a_terminal_at_a_residents_door(self, asker, document, name):
        """
        A terminal's token is no session, however many scopes it has.
        """
        ask = asker.as_terminal(blank(document, name), asker.terminal)
        shared = name in OF_TERMINALS

        assert (
            (404, "NOT_FOUND") if shared else (401, "TOKEN_INVALID") == asker.answer(ask).problem
        )

    @pytest.mark.parametrize("name", OF_RESIDENTS)
    def test_of_a_session_that_was_closed(self, asker, document, name):
        """
        A session is over as soon as it is closed.
        """
        session = asker.town.run(asker.resident.new_session())
        headers = {"authorization": f"Bearer {session}"}
        assert 204 == asker.answer(blank(document, "closeSession").but(headers=headers)).status

        assert (401, "TOKEN_INVALID") == asker.answer(
            blank(document, name).but(headers=headers)
        ).problem

    @pytest.mark.parametrize("name", OF_TERMINALS)
    def test_that_are_over(self, asker, document, name):
        """
        A token is over after its five minutes, whatever it is signed with.
        """
        ask = asker.entitled(blank(document, name))
        asker.town.advance(301)

        assert (401, "TOKEN_INVALID") == asker.answer(ask).problem


class TestTerminals:
    @pytest.mark.parametrize("name", OF_TERMINALS)
    def test_that_were_revoked(self, asker, document, revoked, name):
        """
        A revoked terminal is nobody, whatever its token says.
        """
        ask = asker.as_terminal(blank(document, name), revoked)

        assert (401, "TERMINAL_UNKNOWN") == asker.answer(ask).problem

    @pytest.mark.parametrize("name", OF_TERMINALS)
    def test_without_the_scope(self, asker, document, name):
        """
        Every scope but those that the document names is not enough.
        """
        others = sorted(
            {scope.value for scope in Scope if scope is not Scope.IDENTITY_FULL} - scopes(name)
        )
        ask = asker.entitled(blank(document, name), scope=" ".join(others))

        assert (403, "SCOPE_DENIED") == asker.answer(ask).problem

    @pytest.mark.parametrize("name", OF_TERMINALS)
    def test_with_nothing_but_the_scope(self, asker, document, name):
        """
        What the document names is enough to get past the door.
        """
        wanted = "resolve:settlement" if name == "resolve" else " ".join(scopes(name))
        ask = asker.entitled(blank(document, name), scope=wanted)
        answer = asker.answer(ask)

        # a terminal that did nothing yet has a shift as well, an empty one
        assert (name, answer.status) == ("getShiftTotals", 200) or answer.problem[1] in {
            "CODE_NOT_ACCEPTED",
            "HANDLE_MISMATCH",
            "NOT_FOUND",
        }


class TestSignatures:
    @pytest.mark.parametrize("name", SIGNED)
    @pytest.mark.parametrize("missing", ["signature", "signature-input", "content-digest"])
    def test_in_part(self, asker, document, name, missing):
        """
        Without one of its headers there is no signature.
        """
        ask = asker.entitled(blank(document, name))
        del ask.headers[missing]

        assert (401, "SIGNATURE_INVALID") == asker.answer(ask).problem

    @pytest.mark.parametrize("name", SIGNED)
    def test_of_another_body(self, asker, document, name):
        """
        A signature of one body is none of another.
        """
        ask = asker.entitled(blank(document, name))
        other = ask.but(body=ask.body + b" " if ask.body else b"{}")
        if not ask.body:
            other = other.but(headers={"content-type": "application/json"})

        assert (401, "SIGNATURE_INVALID") == asker.answer(other).problem

    @pytest.mark.parametrize("name", SIGNED)
    def test_of_another_target_key_or_time(self, asker, document, name):
        """
        A signature stands for its target, its idempotency key and a minute, and works once.
        """
        ask = asker.entitled(blank(document, name))
        others = [
            ask.but(target=ask.target + "?again"),
            ask.but(headers={"idempotency-key": "another"}),
        ]
        answers = [asker.answer(other).problem for other in others]
        asker.answer(ask)
        answers.append(asker.answer(ask).problem)
        stale = asker.entitled(blank(document, name))
        asker.town.advance(61)
        answers.append(asker.answer(stale).problem)

        assert [(401, "SIGNATURE_INVALID")] * 4 == answers

    @pytest.mark.parametrize("name", SIGNED)
    def test_of_another_terminal(self, asker, document, stranger, name):
        """
        A token with another terminal's signature is of no use.
        """
        ask = asker.as_terminal(blank(document, name), asker.terminal)
        headers = {
            each: value
            for each, value in ask.headers.items()
            if each in {"authorization", "idempotency-key", "content-type"}
        }
        signed = stranger.signed(ask.method, ask.target, headers, ask.body)
        forged = ask.but(headers={each.lower(): value for each, value in signed.items()})

        assert (401, "SIGNATURE_INVALID") == asker.answer(forged).problem

    @pytest.mark.parametrize("name", SIGNED)
    def test_without_a_key(self, asker, document, name):
        """
        Without an idempotency key nothing is done.
        """
        ask = asker.entitled(blank(document, name))
        del ask.headers["idempotency-key"]

        assert asker.answer(ask).problem in {
            (400, "IDEMPOTENCY_KEY_MISSING"),
            (401, "SIGNATURE_INVALID"),
        }


class TestOthers:
    @pytest.mark.parametrize("name", [name for name in OF_TERMINALS if "{" in OPERATIONS[name][0]])
    def test_see_nothing(self, asker, document, stranger, ids, name):
        """
        What another party has cannot be told from what nobody has, even by its very id.
        """
        path = OPERATIONS[name][0].format(**ids)
        ask = asker.as_terminal(blank(document, name).but(target=path), stranger)

        assert (404, "NOT_FOUND") == asker.answer(ask).problem

    @pytest.mark.parametrize(
        "name", [name for name in OF_RESIDENTS if "{settlement_id}" in OPERATIONS[name][0]]
    )
    def test_residents_see_nothing(self, asker, document, ids, name):
        """
        The id that a desk has of a settlement is none for its resident.
        """
        path = OPERATIONS[name][0].format(**ids)
        headers = {"authorization": f"Bearer {asker.resident.session}"}
        ask = blank(document, name).but(target=path, headers=headers)

        assert (404, "NOT_FOUND") == asker.answer(ask).problem
