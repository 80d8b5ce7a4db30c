"""Client assertions."""

import base64
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.hospitals import private_key
from wallet.parties.assertions import Assertion, Claims, make

NOW = 1_772_415_000
AUDIENCE = "https://wallet.example/oauth/token"
KEYS = {kind: private_key(kind) for kind in ("ed25519", "p256")}


def claims(**changes):
    given = {"iss": "trm_1", "sub": "trm_1", "aud": AUDIENCE, "exp": NOW + 60, "jti": "j" * 16}
    return Claims(**(given | changes))


def verified(text, key):
    return Assertion(text).verified(key.public_key(), AUDIENCE, NOW)


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class TestVerified:
    @pytest.mark.parametrize("kind", KEYS)
    def test_right_one(self, kind):
        """
        An assertion signed with the terminal's key yields its claims.
        """
        text = make(KEYS[kind], claims())

        assert "trm_1" == Assertion(text).claimed_subject
        assert claims() == verified(text, KEYS[kind])

    @pytest.mark.parametrize(
        "changes",
        [
            {"iss": "trm_2"},
            {"aud": "https://other.example/oauth/token"},
            {"aud": (AUDIENCE, "https://other.example/oauth/token")},
            {"exp": NOW},
            {"exp": NOW + 306},
            {"iat": NOW + 6},
            {"nbf": NOW + 6},
            {"jti": "short"},
            {"jti": "with space in it"},
        ],
    )
    def test_claims_that_do_not_fit(self, changes):
        """
        A signed assertion for somebody else or another time is refused.
        """
        assert verified(make(KEYS["ed25519"], claims(**changes)), KEYS["ed25519"]) is None

    @pytest.mark.parametrize(
        "changes", [{"aud": (AUDIENCE,)}, {"exp": NOW + 305}, {"iat": NOW + 5}, {"nbf": NOW + 5}]
    )
    def test_claims_that_just_fit(self, changes):
        """
        A list of one audience and small differences between clocks are accepted.
        """
        text = make(KEYS["ed25519"], claims(**changes))

        assert verified(text, KEYS["ed25519"]) is not None

    @pytest.mark.parametrize("other", ["ed25519", "p256"])
    def test_other_key(self, other):
        """
        Another terminal's key proves nothing, of the same kind or not.
        """
        assert verified(make(private_key(other), claims()), KEYS["ed25519"]) is None

    @pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256", "RS256", "ES384", 7])
    def test_header_decides_nothing(self, algorithm):
        """
        The algorithm follows from the key, whatever the header says.
        """
        _, payload, signature = make(KEYS["ed25519"], claims()).split(".")
        text = f"{encoded({'alg': algorithm})}.{payload}.{signature}"
        try:
            answer = verified(text, KEYS["ed25519"])
        except ValueError:
            answer = None

        assert answer is None

    @pytest.mark.parametrize(
        "header",
        ["alg", ["alg"], {"crit": 1}, {"crit": [1]}, {"crit": [[]]}, {"crit": None}, {"b64": 0}],
        ids=str,
    )
    def test_header_in_no_shape(self, header):
        """
        A header of any other shape proves nothing.
        """
        _, payload, signature = make(KEYS["ed25519"], claims()).split(".")
        given = {"alg": "EdDSA"} | header if isinstance(header, dict) else header

        try:
            answer = verified(f"{encoded(given)}.{payload}.{signature}", KEYS["ed25519"])
        except ValueError:
            answer = None

        assert answer is None

    @given(place=st.integers(0, 400), letter=st.sampled_from("Aa0-_z9"))
    def test_any_change_is_refused(self, place, letter):
        """
        An assertion with one letter changed is worth nothing.
        """
        text = make(KEYS["ed25519"], claims())
        place %= len(text) - 1  # the last letter has bits that say nothing
        changed = text[:place] + letter + text[place + 1 :]
        try:
            answer = verified(changed, KEYS["ed25519"])
        except ValueError:
            answer = None

        assert (changed == text) == (answer is not None)


class TestAssertion:
    @pytest.mark.parametrize(
        "payload",
        [
            {},
            [],
            {"iss": "a"},
            {"iss": 1, "sub": 1, "aud": 1, "exp": "x", "jti": 1},
        ],
    )
    def test_claims_missing(self, payload):
        """
        A JWT without the claims it needs is no assertion.
        """
        with pytest.raises(ValueError, match="no assertion"):
            Assertion(f"{encoded({'alg': 'EdDSA'})}.{encoded(payload)}.{'A' * 86}")

    def test_deep_payload(self):
        """
        A payload nested without end is refused, not followed.
        """
        body = base64.urlsafe_b64encode(b"[" * 1400).rstrip(b"=").decode()
        with pytest.raises(ValueError, match="no assertion"):
            Assertion(f"{encoded({'alg': 'EdDSA'})}.{body}.{'A' * 86}")

    def test_claim_said_twice(self):
        """
        A payload that two readers could read differently is refused.
        """
        raw = msgspec.json.encode(claims()).replace(b'{"iss"', b'{"sub":"trm_9","iss"', 1)
        body = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        with pytest.raises(ValueError, match="no assertion"):
            Assertion(f"{encoded({'alg': 'EdDSA'})}.{body}.{'A' * 86}")

    @given(text=st.one_of(st.text(), st.from_regex(r"\A[\w-]{2,9}\.[\w-]{2,9}\.[\w-]{86}\Z")))
    def test_is_total(self, text):
        """
        Any text is an assertion or refused as none, never a fault.
        """
        with pytest.raises(ValueError, match="no assertion"):
            Assertion(text)
