"""
What an outside sign-in provider sends: its documents, its keys, its ID tokens.

Of some inputs header and claims are what the fuzzer writes, and the signature is right.
"""

from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from integrations.spi import Person
from tests.fakes.clock import StandingClock
from tests.fuzz.target import Target, at_once, chosen
from tests.fuzz.targets.assertions import signed
from wallet.clock import seconds
from wallet.errors import ValidationFailedError
from wallet.http import json_text
from wallet.oidc.configuration import Names, ResidentClient
from wallet.oidc.errors import SignInRefusedError, SignInUnavailableError
from wallet.oidc.judging import insist_on_assurance, lacks_person, person, signed_in_at
from wallet.oidc.provider import Provider
from wallet.oidc.tokens import Expected, verified

_ISSUER = "https://idp.example"
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_CLOCK = StandingClock()
_NOW = seconds(_CLOCK.now())
_METADATA = {
    "issuer": _ISSUER,
    "authorization_endpoint": f"{_ISSUER}/a",
    "token_endpoint": f"{_ISSUER}/t",
    "jwks_uri": f"{_ISSUER}/k",
}
_JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
}
_CLIENT = ResidentClient(
    issuer=_ISSUER,
    client_id="us",
    client_secret="s" * 16,
    name=Names(zh="甲", en="a"),
    amr=("mfa",),
    required={"verified": True},
)
_EXPECTED = Expected(issuer=_ISSUER, client_id="us", nonce="n" * 16, now_seconds=_NOW)
_CLAIMS = {
    "iss": _ISSUER,
    "sub": "s",
    "aud": "us",
    "exp": _NOW + 60,
    "iat": _NOW,
    "nonce": "n" * 16,
    "amr": ["mfa"],
    "auth_time": _NOW,
    "verified": True,
    "name": "李明",
    "document_type": "id_card",
    "document_number": "440104198807213314",
}
_WAYS = ("token", "signed", "metadata", "keys")


class _Documents:
    """
    What a provider's addresses answer; one of them comes from the fuzzer.
    """

    def __init__(self, way: str, content: bytes) -> None:
        self._told = {
            name: _told(content) if way == name else right
            for name, right in (("metadata", _METADATA), ("keys", {"keys": [_JWK]}))
        }

    async def get(self, address: str) -> dict[str, Any]:
        return self._told["metadata" if address.endswith("openid-configuration") else "keys"]


def _told(content: bytes) -> dict[str, Any]:
    # what the fetcher does with a body, and the error that it makes of the rest
    try:
        json_text.check(content)
        return msgspec.json.decode(content, type=dict[str, Any])
    except (ValidationFailedError, msgspec.DecodeError):
        raise SignInUnavailableError from None


def run(data: bytes) -> str:
    """
    Judge what a provider sent.
    """
    number, content = chosen(data, len(_WAYS))
    way = _WAYS[number]
    text: object = signed(_KEY, msgspec.json.encode(_CLAIMS))
    if way == "signed":
        text = signed(_KEY, content)
    elif way == "token":
        text = content.decode("utf-8", "surrogateescape")
    try:
        documents: Any = _Documents(way, content)
        provider = Provider(_ISSUER, clock=_CLOCK, fetcher=documents)
        token = at_once(verified(text, provider, _EXPECTED))
        if token is None:
            return "refused"
        assert token.iss == _ISSUER
        assert token.nonce == _EXPECTED.nonce
        return _judged(token)
    except SignInUnavailableError:
        return "unavailable"


def _judged(token: Any) -> str:
    try:
        insist_on_assurance(_CLIENT, token)
        at = signed_in_at(token, not_before=_NOW - 60, now_seconds=_NOW)
        assert at is not None
        assert at <= _CLOCK.now()
        found = person(_CLIENT, token.everything)
        assert isinstance(found, Person)
        assert not lacks_person(_CLIENT, token.everything)
    except SignInRefusedError:
        return "not_let_in"
    return "let_in"


def _seeds() -> tuple[bytes, ...]:
    claims, metadata = msgspec.json.encode(_CLAIMS), msgspec.json.encode(_METADATA)
    keys = msgspec.json.encode({"keys": [_JWK, {"kty": "RSA", "n": "AQAB", "e": "AQAB"}]})
    headers = (
        b'{"alg":"none"}',
        b'{"alg":"HS256"}',
        b'{"alg":"EdDSA","kid":["a"]}',
        b'{"alg":"Ed25519","crit":["b64"],"b64":false}',
    )
    return (
        b"\x00" + signed(_KEY, claims).encode(),
        b"\x00a.b.c",
        b"\x01" + claims,
        *(b"\x01" + header + b"\x00" + claims for header in headers),
        b"\x01" + claims.replace(b'"mfa"', b'"pwd"'),
        b"\x01" + claims.replace(b'"auth_time":', b'"auth_time":-'),
        b"\x01" + claims.replace(b'"us"', b'["us","others"]'),
        b"\x02" + metadata,
        b"\x02" + metadata.replace(b"/t", b"/\\u0000"),
        b"\x03" + keys,
        b'\x03{"keys":[{"kty":"EC","crv":1},{"kty":"OKP","crv":"X25519","x":1}]}',
    )


TARGET = Target(
    name="id_tokens",
    run=run,
    seeds=_seeds(),
    reaches=frozenset({"let_in", "not_let_in", "refused", "unavailable"}),
    words=(
        b'"kty":"RSA"',
        b'"kty":"EC"',
        b'"crv":"P-256"',
        b'"key_ops":["verify"]',
        b'"x5c":[""]',
        b'"azp":"us"',
        b'"alg":"EdDSA"',
        b'"auth_time":1e300',
        b"-1",
    ),
    longest=2_048,
)
