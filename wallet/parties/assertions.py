"""
Client assertions: how a terminal asks for a token (RFC 7523 §2.2, ``private_key_jwt``).
"""

import re
import warnings
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey
from msgspec import Struct

from wallet.errors import ValidationFailedError
from wallet.http import json_text
from wallet.parties.keys import PrivateKey, PublicKey

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE_SECONDS_MAX: Final = 300
SKEW_SECONDS: Final = 5
_TOKEN_ID = re.compile(r"\A[\x21-\x7e]{8,128}\Z")
_SHAPE = re.compile(r"\A[A-Za-z0-9_-]{2,512}\.[A-Za-z0-9_-]{2,2048}\.[A-Za-z0-9_-]{86}\Z")
_EDDSA: Final = ("EdDSA", "Ed25519")  # RFC 8037, and RFC 9864 for the same thing
_ECDSA: Final = ("ES256",)


class Claims(Struct, frozen=True, kw_only=True):
    """
    The claims of RFC 7523 §3 that matter here; others may stand beside them.
    """

    iss: str
    sub: str
    aud: str | tuple[str, ...]
    exp: int
    jti: str
    iat: int | None = None
    nbf: int | None = None


class Assertion:
    """
    A client assertion whose signature nobody has looked at yet.

    Args:
        text: as the terminal sent it.

    Raises:
        ValueError: it is no JWT with the claims it needs.
    """

    def __init__(self, text: str) -> None:
        if not _SHAPE.match(text):
            raise ValueError("no assertion")
        try:
            self._signature = jws.extract_compact(text.encode())
            payload = self._signature.payload or b""
            json_text.check(payload)
            self._claims = msgspec.json.decode(payload, type=Claims)
        except (JoseError, ValidationFailedError, msgspec.DecodeError) as fault:
            raise ValueError("no assertion") from fault

    @property
    def claimed_subject(self) -> str:
        """
        Who it says it is from.
        """
        return self._claims.sub

    def verified(self, key: PublicKey, audience: str, now_seconds: int) -> Claims | None:
        """
        Return the claims if a key signed them for this audience and time, else None.

        Args:
            key: of the terminal that it says it is from.
            audience: the token endpoint's URL, and nothing beside it.
            now_seconds: Unix seconds.
        """
        signed = self._signed_by(key) and _timely(self._claims, now_seconds)
        claims = self._claims
        fits = (
            claims.iss == claims.sub
            and claims.aud in (audience, (audience,))
            and _TOKEN_ID.match(claims.jti) is not None
        )
        return claims if signed and fits else None

    def _signed_by(self, key: PublicKey) -> bool:
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        edwards = isinstance(key, Ed25519PublicKey)
        # the algorithm follows from the key; what the header says must agree and decides nothing
        algorithms = _EDDSA if edwards else _ECDSA
        try:
            with _quiet():
                return jws.validate_compact(
                    self._signature,
                    OKPKey.import_key(pem) if edwards else ECKey.import_key(pem),
                    algorithms,
                )
        except (JoseError, ValueError, TypeError):  # the last: of headers in no shape for it
            return False


def make(key: PrivateKey, claims: Claims) -> str:
    """
    Return a client assertion, signed with EdDSA or ES256 as the key is.
    """
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    edwards = isinstance(key, Ed25519PrivateKey)
    algorithm = _EDDSA[0] if edwards else _ECDSA[0]
    present = {name: value for name, value in msgspec.to_builtins(claims).items() if value}
    with _quiet():
        return jws.serialize_compact(
            {"alg": algorithm, "typ": "JWT"},
            msgspec.json.encode(present),
            OKPKey.import_key(pem) if edwards else ECKey.import_key(pem),
            [algorithm],
        )


def _quiet() -> "warnings.catch_warnings[None]":
    # "EdDSA" is the name of RFC 8037 that every client still sends; the library advises against it
    return warnings.catch_warnings(action="ignore", category=SecurityWarning)


def _timely(claims: Claims, now_seconds: int) -> bool:
    latest = now_seconds + SKEW_SECONDS
    return (
        now_seconds < claims.exp <= now_seconds + LIFE_SECONDS_MAX + SKEW_SECONDS
        and (claims.iat is None or claims.iat <= latest)
        and (claims.nbf is None or claims.nbf <= latest)
    )
