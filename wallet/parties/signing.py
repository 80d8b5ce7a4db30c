"""
Signing a request as RFC 9421 wants it; for terminals, and for people with a shell.

What is covered and which parameters a signature has is said here once, for the server too.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from msgspec import Struct

from wallet.parties.keys import PrivateKey, algorithm_of

TAG: Final = "fusion-wallet"
LABEL: Final = "fusion"
MAX_AGE_SECONDS: Final = 60
SKEW_SECONDS: Final = 5
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
COVERED_SAFE: Final = ("@method", "@target-uri", "authorization")
COVERED: Final = (
    "@method",
    "@target-uri",
    "content-digest",
    "authorization",
    "idempotency-key",
)


class Message(Struct, frozen=True):
    """
    A request as the signature library reads one.

    Attributes:
        method: in capitals.
        url: absolute, as the client called it.
        headers: all lines, in order.
    """

    method: str
    url: str
    headers: "Lines"


class Lines(Struct, frozen=True):
    """
    Header lines, several of one name included.
    """

    pairs: tuple[tuple[str, str], ...]

    def items(self) -> Iterator[tuple[str, str]]:
        """
        Give each line.
        """
        return iter(self.pairs)


def covered(method: str) -> tuple[str, ...]:
    """
    Return what a signature must cover at least.
    """
    return COVERED_SAFE if method in SAFE_METHODS else COVERED


class _Draft(Struct):
    method: str
    url: str
    headers: dict[str, str]


def sign(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    key: PrivateKey,
    key_id: str,
    created_and_nonce: tuple[datetime, str],
) -> dict[str, str]:
    """
    Return the headers of a request with its digest (RFC 9530) and signature added.

    Args:
        method: in capitals.
        url: absolute, with the query, as it will be sent.
        headers: among them ``Authorization``, and ``Idempotency-Key`` for an unsafe method.
        body: its bytes; empty for none, which is signed as well.
        key: the terminal's own.
        key_id: the terminal's id, as enrolment gave it.
        created_and_nonce: the present instant, and at least 16 characters that never come again.

    Raises:
        http_message_signatures.HTTPMessageSignaturesException: a covered header is missing.
    """
    created, nonce = created_and_nonce
    draft = _Draft(method, url, dict(headers))
    HTTPMessageSigner(
        signature_algorithm=algorithm_of(key),
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={key_id: key}),
    ).sign(
        draft,
        key_id=key_id,
        created=created.astimezone(UTC),
        nonce=nonce,
        label=LABEL,
        tag=TAG,
        covered_component_ids=covered(method),
        body=None if method in SAFE_METHODS else body,
    )
    return draft.headers
