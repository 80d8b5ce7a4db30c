"""What can go wrong: refusal codes, which are values, and faults, which are raised."""

import enum

import msgspec


class RefusalCode(enum.StrEnum):
    """
    The stable problem codes that this package can answer.
    """

    CODE_MALFORMED = "CODE_MALFORMED"
    CODE_UNSUPPORTED = "CODE_UNSUPPORTED"
    CODE_AMBIGUOUS = "CODE_AMBIGUOUS"
    CODE_NOT_ACCEPTED = "CODE_NOT_ACCEPTED"
    CODE_EXPIRED = "CODE_EXPIRED"
    CODE_NOT_YET_VALID = "CODE_NOT_YET_VALID"


class Refused(msgspec.Struct, frozen=True):
    """
    A code that is not accepted.

    Attributes:
        code: the stable problem code; `CODE_NOT_ACCEPTED` is one answer for all causes.

    """

    code: RefusalCode


class CodesError(Exception):
    """
    The base of all faults of this package; never raised itself.
    """


class KeyMaterialError(CodesError):
    """
    A key or a key ring was built from material of the wrong length, range or order.
    """


class NoIssuingKeyError(CodesError):
    """
    The key ring holds no key that may issue at this time, or none that lives long enough.
    """


class OutOfRangeError(CodesError):
    """
    A value does not fit the field of the code that was to carry it.
    """


class PublicKeyError(CodesError):
    """
    The bytes are not an uncompressed point on the curve of the suite.
    """


class ProfileMismatchError(CodesError):
    """
    A code of one profile was handed to the check of another: a fault of the caller.
    """


class SignatureShapeError(CodesError):
    """
    A signature is not what its encoding demands.
    """


class ForeignRulesError(CodesError):
    """
    A table of rules for foreign codes cannot be read.
    """


class ImageError(CodesError):
    """
    A text cannot be drawn: it is empty, not alphanumeric, or too long.
    """
