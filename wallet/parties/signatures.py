"""
Verifying a request's signature (RFC 9421), without the database: what is spent is not known here.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from msgspec import Struct

from wallet.parties.keys import PublicKey, algorithm_of
from wallet.parties.signing import (
    MAX_AGE_SECONDS,
    SKEW_SECONDS,
    TAG,
    Lines,
    Message,
    covered,
)

_NONCE = re.compile(r"\A[\x21-\x7e]{16,128}\Z")
HEADERS: Final = ("signature", "signature-input")


class Signed(Struct, frozen=True, kw_only=True):
    """
    A signature that is right; only its nonce remains to be spent.

    Attributes:
        nonce: unique for the terminal.
        created_seconds: Unix seconds.
    """

    nonce: str
    created_seconds: int


def is_signed(headers: Iterable[tuple[str, str]]) -> bool:
    """
    Tell whether a request claims to be signed.
    """
    return any(name.lower() in HEADERS for name, _ in headers)


def verified(
    message: Message, body: bytes, *, key: PublicKey, key_id: str, now_seconds: int
) -> Signed | None:
    """
    Return what is left to check of a request's one signature for us, or None if it is not right.

    Total: any headers have an answer.

    Args:
        message: the request; its URL as the client called it, not as a proxy passed it on.
        body: its bytes.
        key: the terminal's.
        key_id: the terminal's id, which the signature must name.
        now_seconds: Unix seconds.
    """
    verifier = _Verifier(
        signature_algorithm=algorithm_of(key),
        key_resolver=MappingKeyResolver(public_keys={key_id: key}, private_keys={}),
    )
    required = covered(message.method)
    try:
        results: list[Any] = verifier.verify(
            message, max_age=None, expect_tag=TAG, require_components=required, body=body
        )
    except (HTTPMessageSignaturesException, ValueError, TypeError, UnicodeError):
        return None
    if len(results) != 1:
        return None
    parameters = results[0].parameters
    nonce, created = parameters.get("nonce", ""), parameters["created"]
    if not _timely(created, parameters.get("expires"), now_seconds):
        return None
    if not _NONCE.match(nonce):
        return None
    return Signed(nonce=nonce, created_seconds=created)


def message_of(
    method: str, origin: str, target: str, headers: Iterable[tuple[str, str]]
) -> Message:
    """
    Return a request as its client saw it.

    Args:
        method: in capitals.
        origin: the public one, such as ``https://wallet.example``; a proxy's own is not signed.
        target: path and query.
        headers: all lines.
    """
    return Message(method, origin.rstrip("/") + target, Lines(tuple(headers)))


class _Verifier(HTTPMessageVerifier):
    """
    Leaves the time to us, who are told it.
    """

    def validate_created_and_expires(
        self,
        sig_input: Any,  # noqa: ANN401
        max_age: timedelta | None = None,
    ) -> None:
        del max_age
        if "created" not in sig_input.params:
            raise HTTPMessageSignaturesException


def _timely(created: int, expires: int | None, now_seconds: int) -> bool:
    return now_seconds - MAX_AGE_SECONDS <= created <= now_seconds + SKEW_SECONDS and (
        expires is None or now_seconds <= expires
    )
