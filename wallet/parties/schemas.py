"""
What terminals send to get in, and what they are answered.
"""

from typing import Annotated

from msgspec import Meta, Struct

from wallet.http.described import one_of
from wallet.parties.keys import EcJwk, OkpJwk
from wallet.parties.words import TerminalKind

EnrolmentText = Annotated[
    str,
    Meta(
        pattern=r"\Afwe_[A-Za-z0-9_-]{43}\Z",
        max_length=47,
        description="What the operator gave you; good once.",
        examples=["fwe_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
    ),
]
Pem = Annotated[
    str,
    Meta(
        pattern=r"\A-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\r\n]{40,400}-----END PUBLIC KEY-----"
        r"[\r\n]{0,2}\Z",
        max_length=500,
        description="SubjectPublicKeyInfo in PEM (RFC 7468 §13).",
    ),
]
TerminalName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"\A[^\x00-\x1f\x7f]+\Z",
        description="For people, such as the window it stands at.",
        examples=["门诊收费 3 号窗口"],
    ),
]
Proof = Annotated[
    str,
    Meta(
        pattern=r"\A[A-Za-z0-9_-]{86}\Z",
        max_length=86,
        description="base64url of the 64-byte signature over three parts, each after its length "
        "in two bytes: `fusion-wallet terminal enrolment v1`, the token's text, the DER of the "
        "public key. An ECDSA signature is r and s, 32 bytes each.",
    ),
]
FormText = Annotated[str, Meta(max_length=256)]
AssertionText = Annotated[
    str,
    Meta(
        max_length=4096,
        pattern=r"\A[A-Za-z0-9_.-]+\Z",
        description="A JWT signed with the terminal's key (EdDSA or ES256): `iss` and `sub` the "
        "terminal's id, `aud` this URL, `exp` within 5 minutes, `jti` never used before.",
    ),
]


class Enrol(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A terminal enrols itself.
    """

    token: EnrolmentText
    public_key: OkpJwk | EcJwk | Pem
    name: TerminalName
    proof: Proof


class EnrolledTerminal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The terminal as it is known from now on.
    """

    terminal_id: str
    party: str
    kind: Annotated[str, one_of(TerminalKind)]
    scope: str
    token_url: str


class TokenForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A token request (RFC 6749 §4.4.2 with RFC 7523 §2.2).
    """

    grant_type: FormText
    client_assertion_type: FormText
    client_assertion: AssertionText
    scope: FormText = ""
    client_id: FormText = ""


class Token(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A token (RFC 6749 §5.1).
    """

    access_token: str
    token_type: str
    expires_in: Annotated[int, Meta(ge=1, le=300, description="Seconds.", examples=[300])]
    scope: str
