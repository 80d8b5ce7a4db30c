"""
Client assertions of terminals (JWT).

Of half of the inputs header and claims are what the fuzzer writes, and the signature is right.
"""

import base64

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.fuzz.target import Target, chosen
from wallet.parties.assertions import LIFE_SECONDS_MAX, SKEW_SECONDS, Assertion, Claims, make

_NOW = 1_772_415_000
_AUDIENCE = "https://wallet.example/v1/token"
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_CLAIMS = Claims(iss="t", sub="t", aud=_AUDIENCE, exp=_NOW + 60, jti="j" * 16, iat=_NOW)
_RIGHT = make(_KEY, _CLAIMS)
_HEADER = b'{"alg":"EdDSA","typ":"JWT"}'


def run(data: bytes) -> str:
    """
    Read and judge an assertion.
    """
    way, content = chosen(data, 2)
    text = signed(_KEY, content) if way else content.decode("utf-8", "surrogateescape")
    try:
        assertion = Assertion(text)
        assert isinstance(assertion.claimed_subject, str)
    except ValueError as fault:
        assert "no assertion" == str(fault)  # noqa: PT017 - a finding, not a test
        return "malformed"
    claims = assertion.verified(_KEY.public_key(), _AUDIENCE, _NOW)
    if claims is None:
        return "refused"
    assert way or text == _RIGHT
    assert claims.iss == claims.sub
    assert claims.aud in (_AUDIENCE, (_AUDIENCE,))
    assert _NOW < claims.exp <= _NOW + LIFE_SECONDS_MAX + SKEW_SECONDS
    return "verified"


def signed(key: Ed25519PrivateKey, content: bytes) -> str:
    """
    Make a JWT of a header and claims, with NUL between them; without a header the usual one.
    """
    header, _, payload = content.rpartition(b"\x00")
    head = f"{_base64url(header or _HEADER)}.{_base64url(payload)}"
    return f"{head}.{_base64url(key.sign(head.encode()))}"


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _seeds() -> tuple[bytes, ...]:
    claims = msgspec.json.encode(_CLAIMS)
    headers = (
        b'{"alg":"none"}',
        b'{"alg":["EdDSA"]}',
        b'{"alg":"Ed25519","crit":["b64"],"b64":false}',
        b'{"alg":"EdDSA","kid":1,"jwk":{}}',
        b"[]",
        b'"alg"',
        b'["alg"]',
        b'{"alg":"EdDSA","crit":1}',
        b'{"alg":"EdDSA","crit":[1]}',
    )
    return (
        b"\x00" + _RIGHT.encode(),
        b"\x00a.b.c",
        b"\x01" + claims,
        *(b"\x01" + header + b"\x00" + claims for header in headers),
        b"\x01" + claims.replace(b'"exp":', b'"exp":1'),
        b"\x01" + claims.replace(b'"aud":', b'"aud":[') + b"]}",
        b'\x01{"iss":"t"}',
    )


TARGET = Target(
    name="assertions",
    run=run,
    seeds=_seeds(),
    reaches=frozenset({"verified", "refused", "malformed"}),
    words=(
        b'"alg":"',
        b'"crit":["',
        b'"b64":false',
        b'"nbf":',
        b'"aud":["',
        b'"exp":1772415060',
        _AUDIENCE.encode(),
        b"1e400",
    ),
    longest=2_048,
)
