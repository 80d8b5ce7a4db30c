"""
How we prove to a provider who we are: a signature of ours, or a secret of theirs.
"""

import warnings
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote_plus

import msgspec
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import JWKRegistry, Key, RSAKey

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS: Final[Mapping[str, str]] = {
    "ES256": "EC",
    "EdDSA": "OKP",
    "Ed25519": "OKP",
    "PS256": "RSA",
    "RS256": "RSA",
}
_USUAL: Final = {"EC": "ES256", "OKP": "EdDSA", "RSA": "PS256"}
_LIFE_SECONDS: Final = 60
_RSA_BITS: Final = 2048


class UnusableClientKeyError(ValueError):
    """
    Not a private key of an algorithm we sign with; no value is told.
    """


class ClientKey:
    """
    Our private key at a provider.

    Args:
        jwk: the key; ``alg`` may name the algorithm.

    Raises:
        UnusableClientKeyError: it is not a private key of one of `ALGORITHMS`.
    """

    def __init__(self, jwk: Mapping[str, Any]) -> None:
        kind = jwk.get("kty")
        self._algorithm = jwk.get("alg") or _USUAL.get(str(kind), "")
        if ALGORITHMS.get(self._algorithm) != kind:
            raise UnusableClientKeyError("kty and alg have to be of ES256, EdDSA, PS256 or RS256")
        try:
            with quiet():
                self._key = JWKRegistry.import_key(dict(jwk))
            private = self._key.is_private
            signed = private and self._sign({"try": True})
        except (JoseError, ValueError, TypeError, AttributeError):
            raise UnusableClientKeyError("not a key") from None
        if not signed:
            raise UnusableClientKeyError("not a private key")
        if is_short(self._key):
            raise UnusableClientKeyError("an RSA key has to have 2048 bits")

    def __repr__(self) -> str:
        """
        Name the type and nothing else.
        """
        return "ClientKey(…)"

    def assertion(self, *, client_id: str, audience: str, token_id: str, now_seconds: int) -> str:
        """
        Return a client assertion (RFC 7523 §2.2), good for a minute.
        """
        return self._sign(
            {
                "iss": client_id,
                "sub": client_id,
                "aud": audience,
                "jti": token_id,
                "iat": now_seconds,
                "exp": now_seconds + _LIFE_SECONDS,
            }
        )

    def _sign(self, claims: Mapping[str, object]) -> str:
        header = {"alg": self._algorithm, "typ": "JWT"}
        if self._key.kid:
            header["kid"] = self._key.kid
        with quiet():
            return jws.serialize_compact(
                header, msgspec.json.encode(claims), self._key, [self._algorithm]
            )


def is_short(key: Key) -> bool:
    """
    Tell whether an RSA key is shorter than anybody should still use.
    """
    return isinstance(key, RSAKey) and key.raw_value.key_size < _RSA_BITS


def basic(client_id: str, secret: str) -> str:
    """
    Return the header of client_secret_basic (RFC 6749 §2.3.1: both are form-encoded first).
    """
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def quiet() -> "warnings.catch_warnings[None]":
    """
    Let the name of RFC 8037, which providers still use, be used without the library's advice.
    """
    return warnings.catch_warnings(action="ignore", category=SecurityWarning)
