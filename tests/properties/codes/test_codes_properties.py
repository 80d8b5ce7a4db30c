"""What holds for every code, not only for the golden ones."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes import (
    BUILT_IN_RULES,
    Accepted,
    Ambiguous,
    Family,
    Header,
    Holder,
    Issue,
    KeyRing,
    Malformed,
    NumericCode,
    Opened,
    ParsedCode,
    Profile,
    RefusalCode,
    Refused,
    Suite,
    Unknown,
    Unsupported,
    classify,
    counter_at,
    draw_online,
    instant_of,
    make_numeric,
    new_key,
    open_code,
    parse,
    parse_numeric,
    verify_otp,
)
from codes.counter import counter_in_pass, low_byte
from codes.text import CODE_LENGTHS, encode
from tests.vectors.codes.setting import octets

RINGS = {suite: KeyRing(1, [new_key(1, suite, octets("property", 64), 0)]) for suite in Suite}
OTHER_RINGS = {suite: KeyRing(1, [new_key(1, suite, octets("other", 64), 0)]) for suite in Suite}
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LAST_SECOND = 2**32 - 600 - 1

suites = st.sampled_from(Suite)
seconds = st.integers(0, LAST_SECOND)
subs = st.integers(0, 7)
expiries = st.integers(20, 2**32 // 30).map(lambda step: 30 * step)
delays = st.integers(-95, 95) | st.integers(-(2**32), 2**32)
holders = st.builds(
    Holder, st.integers(0, 2**64 - 1), st.integers(0, 2**16 - 1), st.binary(min_size=4, max_size=4)
)
issues = st.builds(Issue, holders, st.just(Profile.OTP), st.integers(0, 255))
salts = st.binary(min_size=5, max_size=5)


@st.composite
def headers(draw):
    return Header(
        draw(suites),
        draw(st.sampled_from(Profile)),
        draw(st.integers(0, 2**24 - 1)),
        draw(st.integers(0, 255)),
    )


@st.composite
def near_codes(draw):
    """
    Texts that are almost codes: the prefix, the alphabet, and the lengths that matter.
    """
    length = draw(st.sampled_from([0, 1, 2, 86, 87, 88, 175, 176, 177]))
    body = draw(st.text(LETTERS, min_size=length, max_size=length))
    return "FW" + draw(st.sampled_from(["", "2", "28"])) + body


class TestParse:
    @given(st.text() | st.text(string.printable) | near_codes())
    def test_total(self, text):
        """
        Every string has an answer, and what is parsed is spelled in one way only.
        """
        parsed = parse(text)

        assert isinstance(parsed, ParsedCode | Malformed | Unsupported)
        if isinstance(parsed, ParsedCode):
            low = parsed.counter_low.to_bytes(1)

            assert text == encode(parsed.header_bytes + parsed.sealed_pass + low + parsed.proof)

    @given(headers(), st.data())
    def test_round_trip(self, header, data):
        """
        Any bytes of a known header come back from their text.
        """
        length = CODE_LENGTHS[header.profile] - 5
        raw = header.to_bytes() + data.draw(st.binary(min_size=length, max_size=length))
        parsed = parse(encode(raw))

        assert isinstance(parsed, ParsedCode)
        assert header == parsed.header == Header.from_bytes(raw[:5])
        assert raw == (
            parsed.header_bytes
            + parsed.sealed_pass
            + parsed.counter_low.to_bytes(1)
            + parsed.proof
        )


class TestCounter:
    @given(expiries, st.integers(0, 19), subs)
    def test_rebuilt(self, expiry, step, sub):
        """
        Each counter of a pass comes back from its low byte and the pass alone.
        """
        counter = counter_at(expiry - 600 + 30 * step, sub)

        assert counter == counter_in_pass(low_byte(counter), expiry)

    @given(expiries, st.integers(0, 255))
    def test_within(self, expiry, low):
        """
        What is rebuilt has the low byte and lies in the window; else no counter there has it.
        """
        counter = counter_in_pass(low, expiry)
        if counter is None:
            shown = range((expiry - 600) // 30 * 8, expiry // 30 * 8)

            assert low not in {low_byte(each) for each in shown}
        else:
            assert low == low_byte(counter)
            assert expiry - 600 <= instant_of(counter) < expiry


class TestVerify:
    @given(
        suites, issues, salts, seconds, subs, st.integers(-95, 95) | st.integers(-(2**32), 2**32)
    )
    def test_time(self, suite, issue, salt, at, sub, later):
        """
        A code is accepted in its own step and in one on either side, and else refused by time.
        """
        drawn = draw_online(RINGS[suite], issue, randomness=salt, at_seconds=at, sub=sub)
        now = max(at + later, 0)
        opened = open_code(parse(drawn.text), RINGS[suite], now)
        assert isinstance(opened, Opened)
        verdict = verify_otp(opened, now)
        offset = at // 30 - now // 30

        if abs(offset) <= 1:
            assert isinstance(verdict, Accepted)
            assert (issue.holder.resident_id, drawn.counter, offset, issue.flags) == (
                verdict.resident_id,
                verdict.counter,
                verdict.step_offset,
                verdict.flags,
            )
        else:
            late = offset < 0
            expected = RefusalCode.CODE_EXPIRED if late else RefusalCode.CODE_NOT_YET_VALID

            assert Refused(expected) == verdict

    @given(suites, issues, salts, seconds, st.integers(0, 53), st.integers(1, 255))
    def test_changed(self, suite, issue, salt, at, octet, change):
        """
        A code with any byte changed is never accepted.
        """
        drawn = draw_online(RINGS[suite], issue, randomness=salt, at_seconds=at)
        parsed = parse(drawn.text)
        raw = bytearray(
            parsed.header_bytes
            + parsed.sealed_pass
            + parsed.counter_low.to_bytes(1)
            + parsed.proof
        )
        raw[octet] ^= change
        changed = parse(encode(bytes(raw)))
        if isinstance(changed, ParsedCode):
            opened = open_code(changed, RINGS[suite], at)
            verdict = verify_otp(opened, at) if isinstance(opened, Opened) else opened

            assert Refused(RefusalCode.CODE_NOT_ACCEPTED) == verdict

    @given(suites, issues, salts, seconds)
    def test_other_keys(self, suite, issue, salt, at):
        """
        Under other keys of the same id nothing opens.
        """
        drawn = draw_online(RINGS[suite], issue, randomness=salt, at_seconds=at)

        assert Refused(RefusalCode.CODE_NOT_ACCEPTED) == open_code(
            parse(drawn.text), OTHER_RINGS[suite], at
        )

    @given(suites, headers(), st.binary(min_size=49, max_size=49), seconds)
    def test_forged(self, suite, header, rest, now):
        """
        Random bytes under any header never open.
        """
        forged = ParsedCode(header, header.to_bytes(), rest[:40], rest[40], rest[41:])

        assert Refused(RefusalCode.CODE_NOT_ACCEPTED) == open_code(forged, RINGS[suite], now)


class TestNumeric:
    @given(st.binary(min_size=16, max_size=16))
    def test_round_trip(self, randomness):
        """
        Every numeric code reads as itself and belongs to its own family.
        """
        code = make_numeric(randomness)

        assert code == parse_numeric(code.digits)
        assert Family("fusion_numeric") == classify(code.digits, BUILT_IN_RULES)

    @given(st.text() | st.text("0123456789", min_size=20, max_size=20))
    def test_total(self, text):
        """
        Every string has an answer.
        """
        assert isinstance(parse_numeric(text), NumericCode | Malformed)


class TestClassify:
    @given(
        st.text() | st.text("0123456789", max_size=40) | st.text("0123456789abcdef:", max_size=140)
    )
    def test_total(self, text):
        """
        Every string has an answer.
        """
        assert isinstance(classify(text, BUILT_IN_RULES), Family | Ambiguous | Unknown)

    @given(st.text() | st.text(string.printable) | st.text(LETTERS, min_size=505, max_size=515))
    def test_prefix_decides(self, rest):
        """
        Under the built-in table `FW` means ours or nobody's, and nobody's is malformed to us too.
        """
        text = "FW" + rest
        classified = classify(text, BUILT_IN_RULES)

        assert classified in (Family("fusion"), Unknown())
        assert classified == Family("fusion") or parse(text) == Malformed()

    @given(st.text("0123456789", max_size=40))
    def test_digits_do_not_overlap(self, digits):
        """
        No run of digits belongs to two families of the built-in table.
        """
        assert not isinstance(classify(digits, BUILT_IN_RULES), Ambiguous)

    @pytest.mark.parametrize("suite", Suite)
    @given(issue=issues, salt=salts, at=seconds)
    def test_our_own(self, suite, issue, salt, at):
        """
        Every code of ours is of our family and of no other.
        """
        drawn = draw_online(RINGS[suite], issue, randomness=salt, at_seconds=at)

        assert Family("fusion") == classify(drawn.text, BUILT_IN_RULES)
