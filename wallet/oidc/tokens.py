"""
ID tokens: whose, for whom, until when, and signed by whom (OpenID Connect Core 1.0 §3.1.3.7).
"""

import hmac
from typing import Annotated, Any, Final

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key
from msgspec import Meta, Struct

from wallet.errors import ValidationFailedError
from wallet.http import json_text
from wallet.oidc.clients import ALGORITHMS, quiet
from wallet.oidc.provider import Provider

SKEW_SECONDS: Final = 30
_AGE_SECONDS_MAX: Final = 600
_CHARACTERS_MAX: Final = 32 * 1024


class Expected(Struct, frozen=True, kw_only=True):
    """
    What a token has to be made for.
    """

    issuer: str
    client_id: str
    nonce: str
    now_seconds: int


class IdToken(Struct, frozen=True, kw_only=True):
    """
    The claims that are judged; all of them stand in `everything`.
    """

    iss: str
    sub: Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\A[\x20-\x7e]+\Z")]
    aud: str | tuple[str, ...]
    exp: float
    iat: float
    nonce: str
    azp: str | None = None
    acr: str | None = None
    amr: tuple[str, ...] = ()
    auth_time: float | None = None
    everything: dict[str, Any] = {}

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "IdToken(…)"


async def verified(text: object, provider: Provider, expected: Expected) -> IdToken | None:
    """
    Return the claims of an ID token, or None for one that is wrong in any way.

    Raises:
        SignInUnavailableError: the provider's keys cannot be had.
    """
    if not isinstance(text, str) or not text.isascii() or len(text) > _CHARACTERS_MAX:
        return None
    try:
        signature = jws.extract_compact(text.encode())
        algorithm, key_id = signature.headers().get("alg"), signature.headers().get("kid")
    except (JoseError, ValueError, TypeError):
        return None
    # "none" and everything with a shared secret are simply not among these
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        return None
    if not (key_id is None or isinstance(key_id, str)):
        return None
    key = await provider.key(key_id, algorithm)
    if key is None or not _signed(signature, key, algorithm):
        return None
    token = _read(signature.payload)
    return token if token is not None and _fits(token, expected) else None


def _signed(signature: jws.CompactSignature, key: Key, algorithm: str) -> bool:
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    try:
        with quiet():
            return jws.validate_compact(signature, key, [algorithm], registry)
    except (JoseError, ValueError, TypeError):
        return False


def _read(payload: bytes | None) -> IdToken | None:
    try:
        json_text.check(payload or b"")
        claims = msgspec.json.decode(payload or b"", type=dict[str, Any])
        return msgspec.convert(claims | {"everything": claims}, IdToken)
    except (ValidationFailedError, msgspec.DecodeError):
        return None


def _fits(token: IdToken, expected: Expected) -> bool:
    audience = (token.aud,) if isinstance(token.aud, str) else token.aud
    party = token.azp if token.azp is not None or len(audience) > 1 else expected.client_id
    now = expected.now_seconds
    return (
        token.iss == expected.issuer
        and expected.client_id in audience
        and party == expected.client_id
        and now - SKEW_SECONDS < token.exp
        and now - _AGE_SECONDS_MAX - SKEW_SECONDS < token.iat < now + SKEW_SECONDS
        and hmac.compare_digest(token.nonce.encode(), expected.nonce.encode())
    )
