"""Signed requests: what the signer makes the verifier accepts, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from http_sf import parse
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.hospitals import private_key
from wallet.parties.signatures import Signed, is_signed, message_of, verified
from wallet.parties.signing import sign

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
ORIGIN = "https://wallet.example"
TARGET = "/v1/visits?x=%E9%80%80"
BODY = b'{"amount":"100"}'
NONCE = "n" * 16
_INPUT = r'\A[a-z]+=\("[@a-z-]*"( "[a-z]*")*\)[;a-z=1"]*\Z'
KEYS = {kind: private_key(kind) for kind in ("ed25519", "p256")}


def signed(method="POST", target=TARGET, body=BODY, **changes):
    headers = {"Authorization": "Bearer fwt_x", "Idempotency-Key": "once"}
    return sign(
        method,
        ORIGIN + target,
        headers,
        body,
        key=changes.get("key", KEYS["ed25519"]),
        key_id=changes.get("key_id", "trm_1"),
        created_and_nonce=(changes.get("created", NOW), changes.get("nonce", NONCE)),
    )


def check(headers, method="POST", target=TARGET, body=BODY, key=KEYS["ed25519"], now=SECONDS):
    pairs = headers.items() if isinstance(headers, dict) else headers
    message = message_of(method, ORIGIN, target, pairs)
    return verified(message, body, key=key.public_key(), key_id="trm_1", now_seconds=now)


class TestVerified:
    @pytest.mark.parametrize("kind", KEYS)
    @pytest.mark.parametrize(("method", "body"), [("POST", BODY), ("POST", b""), ("GET", b"")])
    def test_right_one(self, kind, method, body):
        """
        What a terminal signs is accepted, with a body or none.
        """
        headers = signed(method, body=body, key=KEYS[kind])

        assert Signed(nonce=NONCE, created_seconds=SECONDS) == check(
            headers, method, body=body, key=KEYS[kind]
        )

    @pytest.mark.parametrize(
        ("age", "accepted"), [(-6, False), (-5, True), (0, True), (60, True), (61, False)]
    )
    def test_age(self, age, accepted):
        """
        A signature lives a minute, and may come five seconds early.
        """
        assert accepted == (check(signed(created=NOW - timedelta(seconds=age))) is not None)

    @pytest.mark.parametrize(
        "change",
        [
            {"method": "PUT"},
            {"target": "/v1/visits"},
            {"target": "/v1/visits?x=1"},
            {"body": b'{"amount":"900"}'},
            {"body": b""},
            {"key": private_key("ed25519")},
            {"key": private_key("p256")},
        ],
    )
    def test_other_request(self, change):
        """
        A signature of one request is none of another.
        """
        assert check(signed(), **change) is None

    @pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "Content-Digest"])
    def test_covered_header_changed_or_gone(self, name):
        """
        A covered header can be neither changed nor left out nor doubled.
        """
        headers = signed()
        gone = {key: value for key, value in headers.items() if key != name}

        assert check(headers | {name: headers[name] + "x"}) is None
        assert check(gone) is None
        assert check([*headers.items(), (name, "x")]) is None

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"@method" ', ""),
            ('"@target-uri" ', '"@path" '),
            ('"content-digest" ', '"content-digest";key="sha-256" '),
            (' "idempotency-key"', ""),
            ('tag="fusion-wallet"', 'tag="other"'),
            ('keyid="trm_1"', 'keyid="trm_2"'),
            ('alg="ed25519"', 'alg="hmac-sha256"'),
            (f'nonce="{NONCE}"', 'nonce="short"'),
            (f"created={SECONDS}", f"created={SECONDS}.0"),
            (f";created={SECONDS}", ""),
            ("fusion=", "other="),
        ],
    )
    def test_other_parameters(self, old, new):
        """
        What the signature says of itself is covered by it.
        """
        headers = signed()
        changed = headers["Signature-Input"].replace(old, new)

        assert changed != headers["Signature-Input"]
        assert check(headers | {"Signature-Input": changed}) is None

    @pytest.mark.parametrize("key_id", ["trm_2", "", "trm_1 "])
    def test_other_terminal(self, key_id):
        """
        A signature that names another terminal is refused although the key is right.
        """
        assert check(signed(key_id=key_id)) is None

    @pytest.mark.parametrize("nonce", ["", "short", "with a space inside"])
    def test_poor_nonce(self, nonce):
        """
        A nonce too short to be unique is refused.
        """
        assert check(signed(nonce=nonce)) is None

    def test_naming_less(self):
        """
        A right signature over less than it must cover is refused.
        """
        headers = sign(
            "GET",
            ORIGIN + TARGET,
            {"Authorization": "Bearer fwt_x"},
            b"",
            key=KEYS["ed25519"],
            key_id="trm_1",
            created_and_nonce=(NOW, NONCE),
        )

        assert check(headers, "GET", body=b"") is not None
        assert check(headers, "POST", body=b"") is None

    def test_second_signature(self):
        """
        Two signatures for us are as good as none.
        """
        headers, more = signed(), signed(nonce="m" * 16)
        both = {
            name: f"{headers[name]}, {more[name].replace('fusion=', 'again=', 1)}"
            for name in ("Signature", "Signature-Input")
        }

        assert check(headers | both) is None

    def test_unsigned(self):
        """
        A request without a signature has none.
        """
        assert check({"authorization": "Bearer fwt_x"}) is None

    @given(place=st.integers(0, 10_000), letter=st.characters(max_codepoint=0x2FF))
    def test_any_change_of_the_signature_is_refused(self, place, letter):
        """
        No letter of the signature's header lines can be changed without being noticed.
        """
        headers = signed()
        name = ("Signature", "Signature-Input", "Content-Digest")[place % 3]
        text = headers[name]
        at = place // 3 % len(text)
        changed = text[:at] + letter + text[at + 1 :]

        answer = check(headers | {name: changed})
        assert answer is None or _same(changed, text)

    @given(
        first=st.one_of(
            st.text(), st.from_regex(r'\A[a-z]+=\("[@a-z-]*"( "[a-z]*")*\)[;a-z=1"]*\Z')
        ),
        second=st.one_of(st.text(), st.from_regex(r"\A[a-z]+=:[A-Za-z0-9+/=]*:\Z")),
    )
    def test_is_total(self, first, second):
        """
        Any header lines are answered, never with a fault.
        """
        headers = {"authorization": "x", "signature-input": first, "signature": second}

        assert check(headers) is None


def _same(changed, text):
    """
    Tell whether two spellings of a structured field (RFC 9651) mean the same.

    White space may differ, a label may, and bits of base64 that say nothing.
    """
    try:
        mine, theirs = (parse(value.encode(), tltype="dictionary") for value in (changed, text))
    except ValueError:
        return False
    return list(mine.values()) == list(theirs.values())


class TestIsSigned:
    @pytest.mark.parametrize(
        ("name", "claims"),
        [("Signature", True), ("signature-input", True), ("content-digest", False)],
    )
    def test_half_a_signature_counts(self, name, claims):
        """
        A request with any part of a signature claims to have one.
        """
        assert claims == is_signed([(name, "x")])
