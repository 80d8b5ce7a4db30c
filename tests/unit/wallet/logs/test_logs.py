"""Logging: nothing personal or secret ever stands in a line."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.clock import StandingClock
from tests.fixtures.logs import log_put_back
from wallet.logs import ALLOWED, configure, masked, redact

NAME = "张三丰"
ID_NUMBER = "11010519491231002X"
PHONE = "13800138000"
CODE = "FW0123456789ABCDEFGHJKMNPQRSTVWXYZ0123456789ABCDEF"
TOKEN = "fwt_Ae5i8BDxZ0RJMgpUMTifECuG5SKIBBi5ov1jJsu8aIgolLfy9kqQqkK8"
JWT = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ0cm1fMSJ9.c2lnbmF0dXJl"
CANARIES = (NAME, ID_NUMBER, PHONE, CODE, TOKEN, JWT)


class Person:
    def __str__(self):
        return NAME

    __repr__ = __str__


@pytest.fixture
def stream():
    """
    Where the log goes; set up as in production, for libraries too.
    """
    stream = io.BytesIO()
    with log_put_back():
        configure(stream, StandingClock())
        yield stream


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def assert_clean(stream):
    text = stream.getvalue().decode()
    assert text
    assert [] == [canary for canary in CANARIES if (canary[3:11] or canary) in text]


class TestCanaries:
    @pytest.mark.parametrize("canary", CANARIES)
    @pytest.mark.parametrize("key", ["name", "code", "document_number", "reason", "outcome"])
    def test_planted_in_a_value(self, stream, canary, key):
        """
        What is planted under any key, allowed or not, does not come out.
        """
        structlog.get_logger().info("resolved " + canary, **{key: canary, "kind": f"of {canary}"})

        assert_clean(stream)

    @pytest.mark.parametrize("canary", CANARIES)
    def test_planted_in_an_exception(self, stream, canary):
        """
        Neither the text of an exception, nor its causes, notes, arguments or variables come out.
        """

        def fail(secret):
            fault = ValueError(f"no {secret}", secret)
            fault.add_note(secret)
            try:
                {}[secret]
            except KeyError as cause:
                raise fault from cause

        try:
            fail(canary)
        except ValueError:
            structlog.get_logger().exception("failed")

        assert_clean(stream)
        (line,) = lines(stream)
        assert ["ValueError", "KeyError"] == [part["type"] for part in line["exception"]]
        assert "test_logs.py" in line["exception"][0]["frames"][0]

    @pytest.mark.parametrize("canary", CANARIES)
    def test_planted_in_a_library(self, stream, canary):
        """
        Of what a library logs the template comes out, its arguments do not.
        """
        logging.getLogger("sqlalchemy.pool").error("cannot store %s", canary)
        logging.getLogger("other").warning("told " + canary)  # noqa: G003 - as libraries do

        assert_clean(stream)
        assert ("cannot store %s", "sqlalchemy.pool") == (
            lines(stream)[0]["event"],
            lines(stream)[0]["component"],
        )

    def test_planted_in_a_key_or_an_object(self, stream):
        """
        A key that nobody allowed is named only as far as it is harmless, an object by its type.
        """
        structlog.get_logger().info("x", **{PHONE: 1, NAME: 2}, reason=Person(), count=[ID_NUMBER])

        assert_clean(stream)
        (line,) = lines(stream)
        assert (["?", "[number]"], "[Person]", "[list]") == (
            line["dropped"],
            line["reason"],
            line["count"],
        )

    def test_planted_as_a_number(self, stream):
        """
        A number that could be a phone's or a person's is masked as a number too.
        """
        structlog.get_logger().info("x", count=13_800_138_000, status=200)

        (line,) = lines(stream)
        assert ("[number]", 200) == (line["count"], line["status"])

    @pytest.mark.parametrize("request_id", [ID_NUMBER, "1" * 20, NAME, "a" * 15])
    def test_planted_as_a_request_id(self, stream, request_id):
        """
        A request id that is none is masked as any text.
        """
        structlog.get_logger().info("x", request_id=request_id)

        assert masked(request_id) == lines(stream)[0]["request_id"]
        assert_clean(stream)


class TestMasked:
    @pytest.mark.parametrize(
        ("text", "safe"),
        [
            ("attempt 3 of 10, 2207 answered 0", "attempt 3 of 10, 2207 answered 0"),
            (f"id {ID_NUMBER}.", "id [number]."),
            ("110105 19491231 002x", "[number]"),
            ("138-0013-8000", "[number]"),
            (f"Authorization: Bearer {TOKEN}", "Authorization: [token]"),
            (f"jwt {JWT}!", "jwt [token]!"),
            (f"scanned {CODE}", "scanned [code]"),
            (f"for {NAME}", "for ?"),
            ("a\nforged line", "a?forged line"),
        ],
    )
    def test_examples(self, text, safe):
        """
        Numbers of people, tokens, codes and names are masked, the rest is left readable.
        """
        assert safe == masked(text)

    def test_long_text_ends(self):
        """
        A text that goes on and on is cut.
        """
        assert 303 == len(masked("ab " * 1000))

    @given(text=st.text(), digits=st.from_regex(r"\A[0-9]{11,20}[Xx]?\Z"))
    def test_no_long_number_survives(self, text, digits):
        """
        Wherever a long number stands, it does not come through.
        """
        assert digits not in masked(f"{text}{digits}{text}")


class TestRedact:
    @given(event=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=5))
    def test_only_allowed_keys_remain(self, event):
        """
        Whatever is logged, only keys of the list are left.
        """
        assert set(redact(None, "info", event)) <= ALLOWED | {"dropped"}


class TestConfigure:
    def test_json_lines(self, stream):
        """
        A line is JSON, stamped in UTC, with its level.
        """
        structlog.get_logger().warning("check failed", check="clock")

        assert [
            {
                "check": "clock",
                "event": "check failed",
                "level": "warning",
                "timestamp": "2026-03-02T01:30:00.000+00:00",
            }
        ] == lines(stream)

    def test_level(self, stream):
        """
        What is beneath the level is not written.
        """
        structlog.get_logger().debug("noise")

        assert [] == lines(stream)

    def test_exception_as_a_value(self, stream):
        """
        An exception may be given as a value, or as nothing.
        """
        log = structlog.get_logger()
        log.error("a", exc_info=OSError("hush"))
        log.error("b", exc_info=None)

        assert ["OSError", None] == [
            line["exception"][0]["type"] if "exception" in line else None for line in lines(stream)
        ]

    def test_library_that_logs_an_object(self, stream):
        """
        A library that logs something else than text is known by its type.
        """
        logging.getLogger("odd").error(Person())

        assert "Person" == lines(stream)[0]["event"]
