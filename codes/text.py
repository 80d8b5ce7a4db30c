"""The text in the QR: `FW`, then Crockford base32 of the code's bytes, one spelling only."""

import re
from typing import TypeAlias

import msgspec

from codes.errors import OutOfRangeError, RefusalCode
from codes.profiles import FUSION_1, Profile, Suite
from codes.redacted import Redacted

PREFIX = "FW"
HEADER_LENGTH = 5
PASS_LENGTH = 40
PROOF_LENGTHS = {Profile.OTP: 8, Profile.SIGNED: 64}
CODE_LENGTHS = {
    profile: HEADER_LENGTH + PASS_LENGTH + 1 + proof for profile, proof in PROOF_LENGTHS.items()
}
TEXT_LENGTHS = {
    profile: len(PREFIX) + -(-length * 8 // 5) for profile, length in CODE_LENGTHS.items()
}

# A later version may be longer; what is longer than this is not even looked at.
_LONGEST_TEXT = 512
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PYTHON_32 = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
_FROM_CROCKFORD = str.maketrans(_CROCKFORD, _PYTHON_32)
_SHAPE = re.compile(r"FW[0-9A-HJKMNP-TV-Z]{2,}", re.ASCII)
_KINDS = {suite << 2 | profile: (suite, profile) for suite in Suite for profile in Profile}


class Header(msgspec.Struct, frozen=True):
    """
    The five bytes in clear that route a code and select its keys.

    Attributes:
        suite: which algorithms.
        profile: one-time password or signature.
        issuer: the issuer region, 24 bits, for routing.
        key_id: selects pass key and seed master together, 8 bits.

    """

    suite: Suite
    profile: Profile
    issuer: int
    key_id: int

    def to_bytes(self) -> bytes:
        """
        Lay the header out: version and kind, issuer (3 B, big endian), key id.

        Raises:
            OutOfRangeError: issuer or key id do not fit.

        """
        if not (0 <= self.issuer < 1 << 24 and 0 <= self.key_id < 1 << 8):
            raise OutOfRangeError
        first = FUSION_1.version << 4 | self.suite << 2 | self.profile
        return first.to_bytes(1) + self.issuer.to_bytes(3) + self.key_id.to_bytes(1)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Header":
        """
        Read the five bytes of a header.

        Raises:
            OutOfRangeError: they are of a version, suite or profile that is not known here.

        """
        kind = _kind_of(raw[0])
        if kind is None:
            raise OutOfRangeError
        return cls(*kind, int.from_bytes(raw[1:4]), raw[4])


class ParsedCode(Redacted, frozen=True):
    """
    A well-formed code, nothing of it verified yet.

    Attributes:
        header: the five bytes in clear, decoded.
        header_bytes: the same as bytes; associated data of the pass.
        sealed_pass: 40 bytes.
        counter_low: the low byte of the counter.
        proof: 8 bytes of one-time password or 64 of signature.

    """

    shown = ("header",)

    header: Header
    header_bytes: bytes
    sealed_pass: bytes
    counter_low: int
    proof: bytes


class Malformed(msgspec.Struct, frozen=True):
    """
    The text is not a code of any version: answer `CODE_MALFORMED`.
    """

    code: RefusalCode = RefusalCode.CODE_MALFORMED


class Unsupported(msgspec.Struct, frozen=True):
    """
    The text looks like a code of a version, suite or profile that is not served here.
    """

    code: RefusalCode = RefusalCode.CODE_UNSUPPORTED


Parsed: TypeAlias = ParsedCode | Malformed | Unsupported

_MALFORMED = Malformed()
_UNSUPPORTED = Unsupported()


def encode(raw: bytes) -> str:
    """
    Write the bytes of a code as text; unused low bits of the last letter are zero.
    """
    padding = -len(raw) * 8 % 5
    number = int.from_bytes(raw) << padding
    digits = -(-len(raw) * 8 // 5)
    letters = [_CROCKFORD[number >> shift & 31] for shift in range(5 * digits - 5, -5, -5)]
    return PREFIX + "".join(letters)


def parse(text: str) -> Parsed:
    """
    Read a text as a code.

    Total: any string has an answer, and nothing is raised. Only the canonical spelling is read:
    ASCII, upper case, none of the letters I, L, O, U, unused bits zero, no surrounding space.
    """
    if len(text) > _LONGEST_TEXT or not text.isascii() or _SHAPE.fullmatch(text) is None:
        return _MALFORMED
    body = text[len(PREFIX) :].translate(_FROM_CROCKFORD)
    kind = _kind_of(int(body[:2], 32) >> 2)
    if kind is None:
        return _UNSUPPORTED
    if len(text) != TEXT_LENGTHS[kind[1]]:
        return _MALFORMED
    return _decode(body, kind)


def _kind_of(first: int) -> tuple[Suite, Profile] | None:
    return _KINDS.get(first & 0x0F) if first >> 4 == FUSION_1.version else None


def _decode(body: str, kind: tuple[Suite, Profile]) -> ParsedCode | Malformed:
    suite, profile = kind
    length = CODE_LENGTHS[profile]
    spare = len(body) * 5 - length * 8
    number = int(body, 32)
    if number & ((1 << spare) - 1):
        return _MALFORMED
    raw = (number >> spare).to_bytes(length)
    end_of_pass = HEADER_LENGTH + PASS_LENGTH
    return ParsedCode(
        header=Header(suite, profile, int.from_bytes(raw[1:4]), raw[4]),
        header_bytes=raw[:HEADER_LENGTH],
        sealed_pass=raw[HEADER_LENGTH:end_of_pass],
        counter_low=raw[end_of_pass],
        proof=raw[end_of_pass + 1 :],
    )
