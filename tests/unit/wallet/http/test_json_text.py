"""The look at a JSON body before it is decoded."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.errors import ValidationFailedError
from wallet.http.json_text import DEPTH_MAX, check

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def refused(body):
    try:
        check(body)
    except ValidationFailedError:
        return True
    return False


class TestCheck:
    @given(value=VALUES, ascii_only=st.booleans())
    def test_ordinary_bodies_pass(self, value, ascii_only):
        """
        Whatever a JSON writer writes passes, escaped or not.
        """
        check(json.dumps(value, ensure_ascii=ascii_only).encode())

    @pytest.mark.parametrize(
        "body",
        [
            b'{"a":1,"a":2}',
            b'{"a":1,"\\u0061":2}',
            b'{"x":{"a":1,"b":[],"a":2}}',
            b'[{"a":1},{"a":1,"a":1}]',
            b'"\\u0000"',
            b'"\\\\\\u0000"',
            b'"\x00"',
            b'"\xff"',
            b'"\xed\xa0\x80"',
            b'{"a":1' + b"0" * 40 + b"}",
            b"[1E+3000000000000000000000000000000000]",
            b'"never ends',
            b'{"a":"\\"}',
            b"}",
            b":",
            b'["a":1]',
            b"{1:2}",
            b'{"\\x":1}',
        ],
    )
    def test_what_readers_could_read_differently(self, body):
        """
        Duplicate keys, NUL, endless numbers and broken strings are refused.
        """
        assert refused(body)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"a":{"a":{"a":1}}}',
            b'[{"a":1},{"a":1}]',
            b'"\\\\u0000"',
            b'{"a:a":":","b":"{["}',
            b"",
        ],
    )
    def test_what_only_looks_like_it(self, body):
        """
        The same key in another object, an escaped backslash, marks inside strings all pass.
        """
        check(body)

    @pytest.mark.parametrize(("depth", "too_deep"), [(DEPTH_MAX, False), (DEPTH_MAX + 1, True)])
    @pytest.mark.parametrize("opening", [b"[", b'{"a":'])
    def test_depth(self, opening, depth, too_deep):
        """
        Nesting ends at the limit, for arrays and objects.
        """
        assert too_deep == refused(opening * depth)

    @pytest.mark.parametrize(
        "body", [b'"\\' * 250_000, b'"' * 500_001, b"[" * 500_000, b"9" * 500_000]
    )
    def test_hostile_bodies_are_cheap(self, body):
        """
        Half a megabyte made to be read again and again is refused in one pass.
        """
        assert refused(body)

    @pytest.mark.parametrize(("count", "too_many"), [(49_999, False), (50_001, True)])
    def test_parts(self, count, too_many):
        """
        A body of nothing but small parts ends somewhere.
        """
        assert too_many == refused(b"[" + b"1," * (count - 1) + b"1]")

    @given(body=st.binary(max_size=60))
    def test_is_total(self, body):
        """
        Any bytes pass or are refused, never a fault; and what passes has no key twice.
        """
        if refused(body):
            return
        try:
            msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return

        assert json.loads(body, object_pairs_hook=_once) is not ...


def _once(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))
    return dict(pairs)
