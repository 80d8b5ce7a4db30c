"""
From the scanned text to whose code it is; no database, no clock.
"""

from hashlib import sha256

from msgspec import Struct

import codes
from codes import Accepted, KeyRing, Opened, ParsedCode, Profile, RefusalCode, Refused, Rules
from wallet.errors import WalletError
from wallet.resolving.errors import (
    CodeAmbiguousError,
    CodeExpiredError,
    CodeMalformedError,
    CodeNotAcceptedError,
    CodeNotYetValidError,
    CodeUnsupportedError,
)

FUSION = "fusion"
BARCODE = "fusion_numeric"
_BLANKS = " \t\r\n"  # what scan guns and input fields add

_REFUSALS: dict[RefusalCode, type[WalletError]] = {
    RefusalCode.CODE_NOT_ACCEPTED: CodeNotAcceptedError,
    RefusalCode.CODE_EXPIRED: CodeExpiredError,
    RefusalCode.CODE_NOT_YET_VALID: CodeNotYetValidError,
}


class Barcode(Struct, frozen=True):
    """
    A well-formed numeric code; the digest finds it, if it was issued.
    """

    digest: bytes


class Foreign(Struct, frozen=True):
    """
    A code of another issuer.
    """

    family: str
    text: str

    def __repr__(self) -> str:
        """
        Name the family only.
        """
        return f"Foreign({self.family!r})"


class WrongProof(Struct, frozen=True):
    """
    A valid pass with a wrong one-time password: counted, then refused.
    """

    resident_id: int
    device_no: int


Scanned = ParsedCode | Barcode | Foreign
Verified = Accepted | Opened | WrongProof


def parse(text: str, rules: Rules = codes.BUILT_IN_RULES) -> Scanned:
    """
    Say what kind of code was scanned.

    Args:
        text: as the scanner sent it, surrounding blanks included.
        rules: by which kinds are told apart.

    Raises:
        WalletError: ``CODE_MALFORMED``, ``CODE_UNSUPPORTED`` or ``CODE_AMBIGUOUS``.
    """
    trimmed = text.strip(_BLANKS)
    match codes.classify(trimmed, rules):
        case codes.Family(family="fusion"):
            return _fusion(trimmed)
        case codes.Family(family="fusion_numeric"):
            return _numeric(trimmed)
        case codes.Family(family=family):
            return Foreign(family, trimmed)
        case codes.Ambiguous(families=families):
            raise CodeAmbiguousError(families=list(families))
        case codes.Unknown():
            raise CodeMalformedError


def verify(parsed: ParsedCode, ring: KeyRing, now_seconds: int) -> Verified:
    """
    Open the pass and check a one-time password; an `Opened` still needs the device's public key.

    Raises:
        WalletError: ``CODE_NOT_ACCEPTED``, ``CODE_EXPIRED`` or ``CODE_NOT_YET_VALID``.
    """
    opened = codes.open_code(parsed, ring, now_seconds)
    if isinstance(opened, Refused):
        raise judged(opened)
    if opened.profile is Profile.SIGNED:
        return opened
    verified = codes.verify_otp(opened, now_seconds)
    if isinstance(verified, Accepted):
        return verified
    if verified.code is RefusalCode.CODE_NOT_ACCEPTED:
        return WrongProof(opened.resident_id, opened.device_no)
    raise judged(verified)


def judged(refused: Refused) -> WalletError:
    """
    Return the error that stands for a refusal of `codes`.
    """
    return _REFUSALS[refused.code]()


def _fusion(text: str) -> ParsedCode:
    parsed = codes.parse(text)
    match parsed:
        case codes.Malformed():
            raise CodeMalformedError
        case codes.Unsupported():
            raise CodeUnsupportedError(family=FUSION)
        case _:
            return parsed


def _numeric(text: str) -> Barcode:
    if isinstance(codes.parse_numeric(text), codes.Malformed):
        raise CodeMalformedError
    return Barcode(sha256(text.encode()).digest())
