"""JSON, fields and amounts as they travel."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.nhsa.sandbox.refusals import BODY_MALFORMED, Refusal
from integrations.nhsa.sandbox.wire import (
    Field,
    JsonNumber,
    amount,
    fen,
    may,
    moment,
    must,
    parse_date,
    parse_decimal,
    parse_object,
    parse_time,
    read_fields,
    read_node,
    read_rows,
    scaled,
    time_text,
    yuan_number,
    yuan_text,
)


def code(answer):
    return answer.infcode if isinstance(answer, Refusal) else 0


class TestParseObject:
    """One JSON object and nothing else."""

    def test_keeps_the_text_of_numbers(self):
        """
        No number goes through a float.
        """
        assert {"a": "12.30", "b": "1E2"} == parse_object(b'{"a": 12.30, "b": 1E2}')

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b'"text"',
            b'{"a": NaN}',
            b'{"a": 1, "a": 2}',
            b"\xff",
            b'{"a": "\\ud800"}',
            b'{"a":' * 40 + b"1" + b"}" * 40,
            b'{"a":' * 100_000,
        ],
    )
    def test_refuses_anything_else(self, body):
        """
        Lists, duplicate keys, NaN, bad UTF-8, lone surrogates and great depth are refused.
        """
        assert BODY_MALFORMED == parse_object(body)

    @given(st.binary(max_size=200))
    def test_never_fails(self, body):
        """
        Whatever arrives becomes an object or a refusal.
        """
        assert isinstance(parse_object(body), dict | Refusal)


class TestReadFields:
    """Field tables."""

    def test_reads_what_is_declared(self):
        """
        Absent optional fields are empty, undeclared ones are ignored.
        """
        values = read_fields({"a": "x", "z": 1}, (must("a", 3), may("b", 3)))

        assert {"a": "x", "b": ""} == values

    @pytest.mark.parametrize("value", [None, ""])
    def test_misses_what_is_required(self, value):
        """
        Null and empty count as absent.
        """
        assert 1002 == code(read_fields({"a": value}, (must("a", 3),)))

    @pytest.mark.parametrize(
        ("value", "field"),
        [
            ("xxxx", must("a", 3)),
            ("x\0", must("a", 3)),
            (JsonNumber("1"), must("a", 3)),
            ([], must("a", 3)),
            (True, must("a", 3)),
            ("3", must("a", 1, "1", "2")),
            ("-1", amount("a")),
            ("1.234", amount("a")),
            ("1E2", amount("a")),
            ("01", amount("a")),
            ("１", amount("a")),
            ("1" * 15, amount("a")),
            ("2026-02-30 00:00:00", moment("a")),
            ("2026-2-3 00:00:00", moment("a")),
            ("20260203", Field("a", 10, kind="D")),
        ],
    )
    def test_refuses_what_does_not_fit(self, value, field):
        """
        Length, type, choice, decimal and time are checked.
        """
        assert 1003 == code(read_fields({"a": value}, (field,)))

    def test_refuses_a_node_that_is_none(self):
        """
        A text is no node.
        """
        assert 1003 == code(read_fields("x", ()))

    def test_misses_an_absent_node(self):
        """
        The node's own name is required.
        """
        assert 1002 == code(read_node({}, "data", ()))


class TestReadRows:
    """Lists of nodes."""

    def test_reads_each_row(self):
        """
        One dictionary for each row.
        """
        assert [{"a": "1"}, {"a": "2"}] == read_rows(
            {"rows": [{"a": "1"}, {"a": "2"}]}, "rows", (must("a", 1),)
        )

    @pytest.mark.parametrize(
        ("node", "expected"), [({}, 1002), ({"rows": {}}, 1003), ({"rows": [{}]}, 1002)]
    )
    def test_refuses_what_is_no_list_of_rows(self, node, expected):
        """
        Absent, not a list, or with a bad row.
        """
        assert expected == code(read_rows(node, "rows", (must("a", 1),)))


class TestAmounts:
    """Yuan and fen."""

    @given(st.integers(0, 10**15))
    def test_goes_there_and_back(self, value):
        """
        Fen to yuan text to fen is the same amount.
        """
        assert value == fen(yuan_text(value))

    def test_writes_negative_amounts(self):
        """
        The sign stands before the yuan.
        """
        assert (b"-0.05", "-12.30") == (bytes(yuan_number(-5)), yuan_text(-1230))

    def test_scales_to_the_last_place(self):
        """
        1.5 with four places is 15000.
        """
        assert (15000, 1500000) == (scaled("1.5", 4), parse_decimal("1.5", 16, 6))

    def test_has_no_pity_with_unchecked_text(self):
        """
        What was never checked is a fault, not a refusal.
        """
        with pytest.raises(ValueError, match="unchecked"):
            scaled("x", 2)


class TestTimes:
    """China Standard Time."""

    def test_reads_and_writes_the_same_instant(self):
        """
        Eight hours ahead of UTC, the whole year.
        """
        instant = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)

        assert instant == parse_time(time_text(instant))
        assert "2026-03-02 01:00:00" == time_text(instant)

    def test_begins_days_at_midnight_in_china(self):
        """
        A date is the instant its day begins.
        """
        assert datetime(2026, 3, 1, 16, 0, tzinfo=UTC) == parse_date("2026-03-02")

    def test_refuses_no_date(self):
        """
        Neither text nor an impossible day is one.
        """
        assert (None, None) == (parse_date("x"), parse_date("2026-02-30"))
