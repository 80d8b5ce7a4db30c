"""
The headers of a signed request (RFC 9421).

The terminal's key is at hand: what the fuzzer writes into ``Signature-Input`` is signed as far as
it can be, so that what comes after the signature was found right is reached too.
"""

import base64
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from tests.fuzz.target import Target, chosen
from wallet.parties.keys import algorithm_of
from wallet.parties.signatures import Signed, message_of, verified
from wallet.parties.signing import MAX_AGE_SECONDS, SKEW_SECONDS, Message, sign

_NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
_SECONDS = int(_NOW.timestamp())
_ORIGIN, _PATH = "https://wallet.example", "/v1/visits?x=1"
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_SIGNER = HTTPMessageSigner(
    signature_algorithm=algorithm_of(_KEY),
    key_resolver=MappingKeyResolver(public_keys={}, private_keys={"trm_1": _KEY}),
)
_BODY = b'{"amount":100}'
_HEADERS = {"Authorization": "Bearer fwt_x", "Idempotency-Key": "once"}


def _signed(method: str) -> dict[str, str]:
    return sign(
        method,
        _ORIGIN + _PATH,
        _HEADERS,
        _BODY if method == "POST" else b"",
        key=_KEY,
        key_id="trm_1",
        created_and_nonce=(_NOW, "n" * 16),
    )


_RIGHT = {method: _signed(method) for method in ("GET", "POST")}


def run(data: bytes) -> str:
    """
    Judge a request whose headers are the input: as they are, or signed anew.
    """
    way, content = chosen(data, 4)
    method = ("GET", "POST")[way % 2]
    text = content.decode("latin-1")
    headers = _anew(method, text) if way >= len(_RIGHT) else _lines(text)
    body = _BODY if method == "POST" else b""
    message = message_of(method, _ORIGIN, _PATH, headers)
    judged = verified(message, body, key=_KEY.public_key(), key_id="trm_1", now_seconds=_SECONDS)
    if judged is None:
        return "refused"
    assert isinstance(judged, Signed)
    assert -SKEW_SECONDS <= _SECONDS - judged.created_seconds <= MAX_AGE_SECONDS
    assert judged.nonce.isascii()
    assert 16 <= len(judged.nonce) <= 128
    if way < len(_RIGHT):
        assert _RIGHT[method]["Signature"] in dict(headers).values()
    return "signed"


def _lines(text: str) -> list[tuple[str, str]]:
    parted = (line.partition(":") for line in text.split("\n"))
    return [(name, value.strip(" ")) for name, _, value in parted]


def _anew(method: str, text: str) -> list[tuple[str, str]]:
    headers = [
        (name, value)
        for name, value in _RIGHT[method].items()
        if name not in {"Signature", "Signature-Input"}
    ]
    headers.append(("Signature-Input", text))
    message = message_of(method, _ORIGIN, _PATH, headers)
    try:
        signatures = [
            f"{label}=:{base64.b64encode(_KEY.sign(_base(message, node))).decode()}:"
            for label, node in _SIGNER._parse_signature_dictionary(text).items()
        ]
    except (HTTPMessageSignaturesException, ValueError, TypeError, AttributeError):
        signatures = []
    return [*headers, ("Signature", ", ".join(signatures))]


def _base(message: Message, node: object) -> bytes:
    base, *_ = _SIGNER._build_signature_base(
        message,
        covered_component_ids=list(node),  # type: ignore[call-overload]
        signature_params=dict(node.params),  # type: ignore[attr-defined]
    )
    return str(base).encode()


TARGET = Target(
    name="signatures",
    run=run,
    seeds=(
        *(
            bytes([way])
            + "\n".join(f"{name}: {value}" for name, value in headers.items()).encode()
            for way, headers in enumerate(_RIGHT.values())
        ),
        *(
            bytes([way + 2]) + headers["Signature-Input"].encode() + more
            for way, headers in enumerate(_RIGHT.values())
            for more in (b"", b";expires=1", b";nonce=7", b", x=1", b";created=1.5")
        ),
        b"\x00Signature-Input: a=();created=1\nSignature: a=:AA==:",
        b"\x03",
    ),
    reaches=frozenset({"signed", "refused"}),
    words=(
        b";created=",
        b";expires=",
        b';nonce="',
        b';keyid="trm_1"',
        b';tag="fusion-wallet"',
        b';alg="ed25519"',
        b'"@query-param";name="x"',
        b'"content-digest";sf',
        b'"authorization";bs',
        b'"@target-uri"',
        b"?1",
        b"=:AAAA:",
        b"Signature-Input: ",
        b"Content-Digest: sha-256=:",
    ),
    longest=1_024,
)
